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

/** slice_take() - does @s begin with @word?  Then it is taken off. */
static inline bool slice_take(struct slice *s, const char *word)
{
	size_t len = strlen(word);

	if (s->len < len || memcmp(s->p, word, len) != 0)
		return false;
	s->p += len;
	s->len -= len;
	return true;
}

/** slice_trim() - @s without the bytes of @blanks at both ends */
static inline struct slice slice_trim(struct slice s, const char *blanks)
{
	size_t n = strlen(blanks);

	while (s.len && memchr(blanks, s.p[0], n)) {
		s.p++;
		s.len--;
	}
	while (s.len && memchr(blanks, s.p[s.len - 1], n))
		s.len--;
	return s;
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

#endif
