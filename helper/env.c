/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * env.c - the whole environment that a set-user-ID program was started with
 */
#include "helper/env.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

int env_split(char *from, const char *to, char ***out)
{
	char **list;
	size_t n = 0;

	if (from > to || (from < to && to[-1] != '\0'))
		return -EINVAL;
	for (const char *p = from; p < to; p += strlen(p) + 1)
		n++;
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		list[i] = from;
		from += strlen(from) + 1;
	}
	*out = list;
	return 0;
}

int env_recover(int argc, char **argv, char ***out)
{
	const char *end = (const char *)getauxval(AT_EXECFN);
	char *last = argv[argc - 1];

	if (!end)
		return -ENOENT;
	return env_split(last + strlen(last) + 1, end, out);
}
