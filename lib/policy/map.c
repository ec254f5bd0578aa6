/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.c - runns.map(5) as rows
 *
 * One pass over the text, line by line, column by column.
 */
#include "lib/policy/map.h"

#include "lib/policy/map_parse.h"
#include "lib/policy/who.h"
#include "lib/policy/word.h"

/* Has the word stood in the list before? */
static bool map_is_repeated(struct slice list, struct slice word)
{
	struct slice before;

	while (map_list_next(&list, &before) && before.p < word.p)
		if (slice_equal(before, word))
			return true;
	return false;
}

static int map_set_who(struct map_parser *ps, struct slice text)
{
	struct slice list = text, word;
	bool includes = who_is_plain(text);
	int ret = includes ? 0 : map_check_list(ps, text, who_check);

	ps->rule->who = text;
	if (ret < 0 || includes)
		return ret;
	while (map_list_next(&list, &word)) {
		includes = includes || word.p[0] != '!';
		if (word.p != text.p && map_is_repeated(text, word))
			return map_bad(ps, word.p, "\"%.*s\" stands in this "
				       "list already", MAP_QUOTE(word));
	}
	if (!includes)
		return map_bad(ps, text.p, "only '!' words match nobody: "
			       "expected one without, such as *");
	return 0;
}

static int map_set_session(struct map_parser *ps, struct slice text)
{
	static const struct slice keywords[] = {
		[MAP_STAY] = SLICE("-"),
		[MAP_HOST] = SLICE("host"),
		[MAP_PRIVATE] = SLICE("+"),
		[MAP_DENY] = SLICE("deny"),
	};
	const char *bad;

	ps->rule->name = text;
	for (unsigned int i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (slice_equal(text, keywords[i])) {
			ps->rule->session = (enum map_session)i;
			return 0;
		}
	}
	bad = word_check_name(text);
	if (bad)
		return map_bad(ps, text.p, "\"%.*s\" is no SESSION (-, host, "
			       "+, deny or a name): %s", MAP_QUOTE(text), bad);
	ps->rule->session = MAP_NAME;
	return 0;
}

static int map_set_also(struct map_parser *ps, struct slice text)
{
	if (slice_is(text, "-"))
		return 0;
	ps->rule->also = text;
	return map_check_list(ps, text, word_check_also);
}

/* Begins a rule behind the last one. */
static int map_begin_rule(struct map_parser *ps)
{
	struct map *map = ps->map;

	if (map->n >= MAP_RULES_MAX || map->n >= map->cap)
		return map_bad(ps, ps->start, "more than %d rules",
			       MAP_RULES_MAX);
	ps->rule = &map->rules[map->n];
	*ps->rule = (struct map_rule){ .file = ps->cursor.file,
				       .line = ps->cursor.field_line };
	ps->seen = 0;
	return 0;
}

/* Takes over the field in column @column, from 0. */
static int map_set_field(struct map_parser *ps, unsigned int column,
			 struct slice field)
{
	int ret;

	switch (column) {
	case 0:
		ret = map_begin_rule(ps);
		return ret < 0 ? ret : map_set_who(ps, field);
	case 1:
		return map_set_session(ps, field);
	case 2:
		return map_set_also(ps, field);
	default:
		return map_set_option(ps, field);
	}
}

/* Is the line too long that ends, so far, at @end? */
static int map_check_length(const struct map_parser *ps, const char *end)
{
	const struct cursor *c = &ps->cursor;

	if (end - ps->start <= MAP_LINE_MAX)
		return 0;
	return diag_set(c->d, c->file, ps->line, 0,
			"a line has at most %d bytes", MAP_LINE_MAX);
}

/* Reads one line, with those that continue it. */
static int map_parse_line(struct map_parser *ps)
{
	struct cursor *c = &ps->cursor;
	unsigned int n = 0;
	struct slice field;
	int ret;

	ps->start = c->p;
	ps->line = c->line;
	while ((ret = cursor_field(c, &field)) > 0) {
		ret = map_check_length(ps, c->p);
		if (ret == 0)
			ret = map_set_field(ps, n++, field);
		if (ret < 0)
			return ret;
	}
	if (ret == 0 && n == 1)
		return map_bad(ps, c->p, "expected SESSION after WHO: "
			       "-, host, +, deny or a name");
	if (ret == 0)
		ret = cursor_line_end(c);
	if (ret == 0)
		ret = map_check_length(ps, c->p - 1);
	ps->map->n += ret == 0 && n > 0;
	return ret;
}

/* What can be told of the text as a whole. */
static int map_check_text(const struct map_parser *ps, size_t len)
{
	const struct cursor *c = &ps->cursor;

	if (len == 0)
		return diag_set(c->d, c->file, 0, 0, "the file is empty: "
				"expected rules, or a comment at least");
	if (len > MAP_TEXT_MAX)
		return diag_set(c->d, c->file, 0, 0,
				"more than %d bytes", MAP_TEXT_MAX);
	if (len >= 3 && memcmp(c->text, "\xef\xbb\xbf", 3) == 0)
		return map_bad(ps, c->text, "byte order mark: expected text");
	if (*c->last != '\n')
		return map_bad(ps, c->last + 1, "the last line is not complete: "
			       "expected a newline");
	return 0;
}

int map_parse(struct map *map, const char *file, const char *text, size_t len,
	      struct diag *d)
{
	struct map_parser ps = {
		.cursor = { .p = text, .text = text,
			    .last = len > 0 ? text + len - 1 : text,
			    .file = file, .line = 1, .d = d },
		.map = map,
	};
	int ret = map_check_text(&ps, len);

	while (ret == 0 && ps.cursor.p <= ps.cursor.last)
		ret = map_parse_line(&ps);
	return ret;
}

size_t map_count(const char *text, size_t len)
{
	size_t n = 0, i = 0;

	while (i < len && n < MAP_RULES_MAX) {
		const char *end = memchr(text + i, '\n', len - i);

		while (i < len && (text[i] == ' ' || text[i] == '\t'))
			i++;
		n += i < len && text[i] != '#' && text[i] != '\n';
		i = end ? (size_t)(end - text) + 1 : len;
	}
	return n;
}
