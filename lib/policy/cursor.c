/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.c - where a parser stands in a text of lines and fields
 */
#include "lib/policy/cursor.h"

#include <errno.h>
#include <stdint.h>

/* What a byte is to a field: part of it, its end, or wrong anywhere. */
enum { CURSOR_PLAIN, CURSOR_COMMA, CURSOR_BLANK, CURSOR_END, CURSOR_BAD };

static const uint8_t cursor_kinds[256] = {
	[0 ... 8] = CURSOR_BAD,
	['\t'] = CURSOR_BLANK,
	['\n'] = CURSOR_END,
	[11 ... 31] = CURSOR_BAD,
	[' '] = CURSOR_BLANK,
	['#'] = CURSOR_END,
	[','] = CURSOR_COMMA,
	['\\'] = CURSOR_END,
	[127] = CURSOR_BAD,
};

static uint8_t cursor_kind(const char *p)
{
	return cursor_kinds[(unsigned char)*p];
}

static bool cursor_continues(const char *p, const char *end)
{
	return end - p >= 2 && p[0] == '\\' && p[1] == '\n';
}

static const char *cursor_blanks(const char *p, const char *end)
{
	while (p < end && cursor_kind(p) == CURSOR_BLANK)
		p++;
	return p;
}

int cursor_error(const struct cursor *c, const char *at, const char *fmt, ...)
{
	const char *start = c->text;
	unsigned int line = 1;
	va_list ap;

	for (const char *p = c->text; p < at; p++) {
		if (*p == '\n') {
			line++;
			start = p + 1;
		}
	}
	va_start(ap, fmt);
	diag_vset(c->d, c->file, line, (unsigned int)(at - start) + 1, fmt,
		  ap);
	va_end(ap);
	return -EINVAL;
}

/* Says which byte it is that cannot stand here. */
static int cursor_bad_byte(const struct cursor *c)
{
	if (*c->p == '\r')
		return cursor_error(c, c->p,
				    "carriage return: expected UNIX line ends");
	return cursor_error(c, c->p,
			    "control character 0x%02x: expected text",
			    (unsigned int)(unsigned char)*c->p);
}

const char *cursor_list_comma(const char *p, const char *end)
{
	p++;
	return cursor_continues(p, end) ? cursor_blanks(p + 2, end) : p;
}

/* Skips what parts fields: blanks and continued line ends. */
static void cursor_gap(struct cursor *c)
{
	c->p = cursor_blanks(c->p, c->last);
	while (cursor_continues(c->p, c->last)) {
		c->line++;
		c->p = cursor_blanks(c->p + 2, c->last);
	}
}

/* Goes on to the end of a field. */
static void cursor_word(struct cursor *c)
{
	const char *p = c->p;

	for (;;) {
		while (cursor_kind(p) == CURSOR_PLAIN)
			p++;
		if (*p == ',') {
			const char *next = cursor_list_comma(p, c->last);

			c->line += next > p + 1;
			p = next;
		} else if (*p == '\\' && p[1] != '\n') {
			p++;
		} else {
			break;
		}
	}
	c->p = p;
}

int cursor_field(struct cursor *c, struct slice *field)
{
	cursor_gap(c);
	field->p = c->p;
	c->field_line = c->line;
	cursor_word(c);
	field->len = (size_t)(c->p - field->p);
	if (*c->p == '\\' && c->p + 1 == c->last)
		return cursor_error(c, c->p, "the last line is continued: "
					     "expected another line");
	if (cursor_kind(c->p) == CURSOR_BAD)
		return cursor_bad_byte(c);
	if (field->len > 0 && c->p[-1] == '\\')
		return cursor_error(c, c->p - 1, "a backslash continues a line "
				    "only directly before the newline");
	return field->len > 0;
}

int cursor_line_end(struct cursor *c)
{
	if (*c->p == '#')
		while (*c->p != '\n' && cursor_kind(c->p) != CURSOR_BAD)
			c->p++;
	if (*c->p != '\n')
		return cursor_bad_byte(c);
	c->p++;
	c->line++;
	return 0;
}
