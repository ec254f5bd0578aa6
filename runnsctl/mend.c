/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mend.c - take an error out of a text, so that the next one can be found
 */
#include <string.h>

#include "runnsctl/mend.h"

/* The newline that ends the line at @p, or @end. */
static char *line_end(char *p, char *end)
{
	char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline : end;
}

/* In a map a rule goes on behind a backslash at a line's end. */
static bool is_continued(const struct source *s, const char *start,
			 const char *newline)
{
	return s->kind == SOURCE_MAP && newline > start && newline[-1] == '\\';
}

/* Finds all lines of the rule, or the one line, that line @number is part of. */
static bool find_lines(const struct source *s, unsigned int number,
		       char **first, char **last)
{
	char *end = s->text + s->len, *p = s->text, *stop;
	unsigned int line = 1;

	*first = p;
	while (p < end) {
		stop = line_end(p, end);
		if (line >= number && !is_continued(s, p, stop)) {
			*last = stop;
			return true;
		}
		if (!is_continued(s, p, stop))
			*first = stop + 1;
		p = stop + 1;
		line++;
	}
	return false;
}

/* Return: the first byte that was not blank, NUL if there was none. */
static char blank(char *p, const char *end)
{
	char first = '\0';

	for (; p < end; p++) {
		if (!first && *p != ' ' && *p != '\t' && *p != '\n')
			first = *p;
		if (*p != '\n')
			*p = ' ';
	}
	return first;
}

static bool is_last_line(const struct source *s, unsigned int number)
{
	const char *p = s->text, *end = s->text + s->len;
	unsigned int lines = 1;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return number == lines;
}

bool mend_text(struct source *s, const struct diag *d)
{
	char *first, *last, byte;

	if (!d->line || !s->len)
		return false;
	if (s->text[s->len - 1] != '\n' && is_last_line(s, d->line)) {
		s->text[s->len++] = '\n'; /* where the terminator was */
		return true;
	}
	if (!find_lines(s, d->line, &first, &last))
		return false;
	byte = blank(first, last);
	/* Keys below a heading that is wrong belong nowhere. */
	return byte && !(s->kind == SOURCE_CONF && byte == '[');
}
