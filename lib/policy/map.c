/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.c - runns.map(5) as rows
 *
 * One pass over the text: lines, their columns, the words of a list.
 */
#include "lib/policy/map.h"

#include "lib/policy/map_parse.h"
#include "lib/policy/name.h"
#include "lib/policy/who.h"

bool map_list_next(struct slice *list, struct slice *word)
{
	const char *end = list->p + list->len;
	const char *p = list->p;

	if (list->len == 0)
		return false;
	while (p < end && *p != ',')
		p++;
	*word = (struct slice){ list->p, (size_t)(p - list->p) };
	if (p < end)
		p = cursor_list_comma(p, end);
	*list = (struct slice){ p, (size_t)(end - p) };
	return true;
}

int map_check_list(struct map_parser *ps, struct slice list,
		   const char *(*judge)(struct slice))
{
	const char *end = list.p + list.len;
	struct slice word = { list.p, 0 };
	unsigned int n = 0;

	while (map_list_next(&list, &word)) {
		const char *bad;

		if (word.len == 0)
			break;
		if (++n > MAP_LIST_MAX)
			return map_bad(ps, word.p,
				       "more than %d words in a list: expected "
				       "fewer; make a group, or another rule",
				       MAP_LIST_MAX);
		bad = judge(word);
		if (bad)
			return map_bad(ps, word.p, "\"%.*s\": %s",
				       MAP_QUOTE(word), bad);
	}
	if (word.len == 0 || word.p + word.len != end)
		return map_bad(ps, word.len == 0 ? word.p : end,
			       "an item is missing: expected one on each side "
			       "of a comma, and no blank");
	return 0;
}

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
	bool includes = false;
	int ret = map_check_list(ps, text, who_check);

	if (ret < 0)
		return ret;
	while (map_list_next(&list, &word)) {
		includes = includes || word.p[0] != '!';
		if (map_is_repeated(text, word))
			return map_bad(ps, word.p, "\"%.*s\" stands in this "
				       "list already", MAP_QUOTE(word));
	}
	if (!includes)
		return map_bad(ps, text.p, "only '!' words match nobody: "
			       "expected one without, such as *");
	ps->rule->who = text;
	return 0;
}

static const char *map_judge_name(struct slice word)
{
	if (name_is_template(word))
		return name_template_check(word);
	if (name_is_valid(word))
		return NULL;
	return "a name has 1 to 63 of A-Z a-z 0-9 _ . -, begins with a letter "
	       "or digit, and is not host or deny";
}

static int map_set_session(struct map_parser *ps, struct slice text)
{
	static const struct {
		const char *word;
		enum map_session session;
	} keywords[] = {
		{ "-", MAP_STAY },
		{ "host", MAP_HOST },
		{ "+", MAP_PRIVATE },
		{ "deny", MAP_DENY },
	};
	const char *bad;

	ps->rule->name = text;
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (slice_is(text, keywords[i].word)) {
			ps->rule->session = keywords[i].session;
			return 0;
		}
	}
	bad = map_judge_name(text);
	if (bad)
		return map_bad(ps, text.p, "\"%.*s\" is no SESSION (-, host, "
			       "+, deny or a name): %s", MAP_QUOTE(text), bad);
	ps->rule->session = MAP_NAME;
	return 0;
}

static bool map_is_glob(struct slice word)
{
	return memchr(word.p, '*', word.len) || memchr(word.p, '?', word.len);
}

/* A glob is judged as the name that it is with its wildcards filled in. */
static const char *map_judge_also(struct slice word)
{
	char name[NAME_SIZE];

	if (slice_is(word, "host"))
		return NULL;
	if (!map_is_glob(word))
		return map_judge_name(word);
	if (name_is_template(word))
		return "a template cannot have wildcards";
	if (word.len > NAME_LEN_MAX)
		return "a pattern has at most 63 bytes";
	for (size_t i = 0; i < word.len; i++)
		name[i] = word.p[i] == '*' || word.p[i] == '?' ? 'x' :
								 word.p[i];
	if (!name_is_valid((struct slice){ name, word.len }))
		return "a pattern has only A-Z a-z 0-9 _ . - and the wildcards "
		       "* ?, and begins with a letter, digit or wildcard";
	return NULL;
}

static int map_set_also(struct map_parser *ps, struct slice text)
{
	if (slice_is(text, "-"))
		return 0;
	ps->rule->also = text;
	return map_check_list(ps, text, map_judge_also);
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

static int map_check_length(const struct map_parser *ps)
{
	const struct cursor *c = &ps->cursor;

	if (c->p - ps->start <= MAP_LINE_MAX)
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
		ret = map_check_length(ps);
		if (ret == 0)
			ret = map_set_field(ps, n++, field);
		if (ret < 0)
			return ret;
	}
	if (ret < 0)
		return ret;
	if (n == 1)
		return map_bad(ps, c->p, "expected SESSION after WHO: "
			       "-, host, +, deny or a name");
	ps->map->n += n > 0;
	ret = cursor_line_end(c);
	return ret < 0 ? ret : map_check_length(ps);
}

/* What can be told of the text as a whole. */
static int map_check_text(const struct map_parser *ps, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";
	const struct cursor *c = &ps->cursor;

	if (len == 0)
		return diag_set(c->d, c->file, 0, 0, "the file is empty: "
				"expected rules, or a comment at least");
	if (len > MAP_TEXT_MAX)
		return diag_set(c->d, c->file, 0, 0,
				"more than %d bytes", MAP_TEXT_MAX);
	if (len >= sizeof(mark) - 1 &&
	    memcmp(c->text, mark, sizeof(mark) - 1) == 0)
		return map_bad(ps, c->text, "byte order mark: expected text");
	if (c->end[-1] != '\n')
		return map_bad(ps, c->end, "the last line is not complete: "
			       "expected a newline");
	return 0;
}

int map_parse(struct map *map, const char *file, const char *text, size_t len,
	      struct diag *d)
{
	struct map_parser ps = {
		.cursor = { .p = text, .end = text + len, .text = text,
			    .file = file, .line = 1, .d = d },
		.map = map,
	};
	int ret = map_check_text(&ps, len);

	while (ret == 0 && ps.cursor.p < ps.cursor.end)
		ret = map_parse_line(&ps);
	return ret;
}

size_t map_count(const char *text, size_t len)
{
	const char *end = text + len;
	size_t n = 0;

	for (const char *p = text; p < end && n < MAP_RULES_MAX; p++) {
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (p == end)
			break;
		n += *p != '#' && *p != '\n';
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			break;
	}
	return n;
}
