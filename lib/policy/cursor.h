/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.h - where a parser stands in a text of lines and fields
 *
 * Fields are parted by blanks (space, tab), '#' starts a comment, and a
 * backslash directly before a newline continues the line.  The text ends
 * with a newline, which is why no step has to ask for its end.
 */
#ifndef RUNNS_CURSOR_H
#define RUNNS_CURSOR_H

#include "lib/policy/diag.h"
#include "lib/policy/slice.h"

/**
 * struct cursor - a place in a text
 * @p:		next byte
 * @last:	last byte, which is a newline and so continues nothing
 * @text:	first byte
 * @file:	label for messages
 * @line:	of @p, from 1
 * @field_line:	of the field taken last
 * @d:		filled by cursor_error()
 */
struct cursor {
	const char *p;
	const char *last;
	const char *text;
	const char *file;
	unsigned int line;
	unsigned int field_line;
	struct diag *d;
};

/**
 * cursor_field() - take the next field of the line
 * @field:	set when there is one; a list may be continued in it
 *
 * Return: 1; 0 at the line's end or comment; -EINVAL at a byte that cannot
 * stand in such a text, or a backslash that continues nothing.
 */
int cursor_field(struct cursor *c, struct slice *field) _must_check_;

/**
 * cursor_line_end() - move behind comment and newline
 *
 * Return: 0, or -EINVAL at a byte that cannot stand in such a text.
 */
int cursor_line_end(struct cursor *c) _must_check_;

/** cursor_list_comma() - move @p behind a comma and its continuation */
const char *cursor_list_comma(const char *p, const char *end);

/**
 * cursor_error() - say what is wrong at @at, a place in the text
 *
 * Return: always -EINVAL.
 */
int cursor_error(const struct cursor *c, const char *at, const char *fmt, ...)
	_printf_(3, 4);

#endif
