/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_pamtext.c - the text of a PAM service from any bytes
 *
 * Every slice lies within the text, and the text comes to its end.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/policy/pamtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct slice s, const uint8_t *data, size_t size)
{
	const char *from = (const char *)data;

	if (s.len && (s.p < from || s.p + s.len > from + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct pamtext_line line;
	struct slice word;

	while (pamtext_next(&text, &line)) {
		check_within(line.control, data, size);
		check_within(line.target, data, size);
		check_within(line.args, data, size);
		pamtext_refuses(line.control);
		pamtext_is_ours(line.target);
		while (pamtext_word(&line.args, &word))
			check_within(word, data, size);
	}
	if (text.len)
		abort();
	return 0;
}
