/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * num.c - strict reading of decimal numbers
 */
#include "lib/base/num.h"

#include <errno.h>
#include <stdbool.h>

int num_parse(const char *text, size_t len, uint64_t max, uint64_t *value)
{
	bool above = false;
	uint64_t n = 0;

	if (len == 0 || (len > 1 && text[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		unsigned int digit = (unsigned char)text[i] - (unsigned int)'0';

		if (digit > 9)
			return -EINVAL;
		if (above || n > max / 10 || digit > max - n * 10)
			above = true;
		else
			n = n * 10 + digit;
	}
	if (above)
		return -ERANGE;
	*value = n;
	return 0;
}
