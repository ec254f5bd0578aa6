/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command_line.c - a program and its arguments, in one line of runns.conf(5)
 */
#include "lib/policy/command_line.h"

#include <string.h>

#include "lib/policy/profile_keys.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Copies one word to @to; returns where the line goes on, NULL: no end. */
static const char *take_word(const char *p, const char *end, char **to)
{
	char quote = '\0';

	for (; p < end && (quote || !is_blank(*p)); p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? '\0' : *p;
		else
			*(*to)++ = *p;
	}
	*(*to)++ = '\0';
	return quote ? NULL : p;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

const char *command_line_split(struct slice line, struct command_line *out)
{
	const char *end = line.p + line.len;
	const char *p = skip_blanks(line.p, end);
	char *to = out->text;

	out->n = 0;
	if (line.len >= sizeof(out->text))
		return "too long";
	while (p < end) {
		if (out->n == COMMAND_WORDS_MAX)
			return "more than 64 words";
		out->argv[out->n++] = to;
		p = take_word(p, end, &to);
		if (!p)
			return "a quote is not closed";
		p = skip_blanks(p, end);
	}
	out->argv[out->n] = NULL;
	if (!out->n || !profile_path_is_plain((struct slice){
				out->argv[0], strlen(out->argv[0]) }))
		return "the absolute path of a program expected, without "
		       "\"//\", \".\" or \"..\"";
	return NULL;
}
