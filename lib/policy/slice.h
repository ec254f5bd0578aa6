/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slice.h - a piece of somebody else's text
 */
#ifndef RUNNS_SLICE_H
#define RUNNS_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/**
 * struct slice - @len bytes at @p, not terminated
 *
 * Lives as long as the text that it points into.
 */
struct slice {
	const char *p;
	size_t len;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).len, (s).p

static inline bool slice_is(struct slice s, const char *text)
{
	return strlen(text) == s.len &&
	       (s.len == 0 || memcmp(s.p, text, s.len) == 0);
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

#endif
