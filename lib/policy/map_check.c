/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_check.c - what only the rules of a map together can tell
 *
 * It runs at each login.  Maps have few different templates, and a glance at
 * the literal ends of two patterns tells nearly all of them apart.
 */
#include "lib/policy/map_check.h"

#include <errno.h>

#include "lib/policy/map_parse.h"
#include "lib/policy/name.h"

/**
 * struct map_templates - the different templates of a map
 * @rules:	where each was seen first
 * @begins:	whether a result can begin with a byte
 */
struct map_templates {
	struct slice texts[MAP_TEMPLATES_MAX];
	const struct map_rule *rules[MAP_TEMPLATES_MAX];
	size_t n;
	bool begins[256];
};

/* Remembers @word if it is a template that was not seen before. */
static int map_add_template(struct map_templates *t,
			    const struct map_rule *rule, struct slice word,
			    struct diag *d)
{
	if (!name_is_template(word))
		return 0;
	for (size_t i = 0; i < t->n; i++)
		if (slice_equal(t->texts[i], word))
			return 0;
	if (t->n == ARRAY_SIZE(t->texts))
		return diag_set(d, rule->file, rule->line, 0,
				"\"%.*s\": more than %d different templates",
				MAP_QUOTE(word), MAP_TEMPLATES_MAX);
	t->texts[t->n] = word;
	t->rules[t->n] = rule;
	t->n++;
	if (word.p[0] == '%')
		memset(t->begins, true, sizeof(t->begins));
	t->begins[(unsigned char)word.p[0]] = true;
	return 0;
}

static int map_add_templates(struct map_templates *t,
			     const struct map_rule *rule, struct diag *d)
{
	struct slice list = rule->also, word;
	int ret = 0;

	if (rule->session == MAP_NAME)
		ret = map_add_template(t, rule, rule->name, d);
	if (ret < 0 || !name_is_template(list))
		return ret;
	while (ret == 0 && map_list_next(&list, &word))
		ret = map_add_template(t, rule, word, d);
	return ret;
}

/* Could @word be told apart from all results by its first byte? */
static bool map_begins_apart(const struct map_templates *t, struct slice word)
{
	char c = word.p[0];

	return !t->begins[(unsigned char)c] && c != '*' && c != '?' &&
	       c != '%';
}

/* "host" is never what a template gives, and "*" covers no such thing. */
static int map_check_word(const struct map_templates *t,
			  const struct map_rule *rule, struct slice word,
			  struct diag *d)
{
	if (map_begins_apart(t, word) || slice_is(word, "*") ||
	    slice_is(word, "host"))
		return 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct map_rule *other = t->rules[i];

		if (slice_equal(word, t->texts[i]) ||
		    !name_patterns_overlap(t->texts[i], word))
			continue;
		return diag_set(d, rule->file, rule->line, 0,
				"\"%.*s\" could be what \"%.*s\" gives for "
				"some user (%.40s:%u)", MAP_QUOTE(word),
				MAP_QUOTE(t->texts[i]), other->file,
				other->line);
	}
	return 0;
}

static int map_check_words(const struct map_templates *t,
			   const struct map_rule *rule, struct diag *d)
{
	struct slice list = rule->also, word;
	int ret = 0;

	if (rule->session == MAP_NAME)
		ret = map_check_word(t, rule, rule->name, d);
	while (ret == 0 && map_list_next(&list, &word))
		ret = map_check_word(t, rule, word, d);
	return ret;
}

int map_check(const struct map *map, struct diag *d)
{
	struct map_templates t = { .n = 0 };
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < map->n; i++)
		ret = map_add_templates(&t, &map->rules[i], d);
	if (t.n == 0)
		return ret;
	for (size_t i = 0; ret == 0 && i < map->n; i++)
		ret = map_check_words(&t, &map->rules[i], d);
	return ret;
}
