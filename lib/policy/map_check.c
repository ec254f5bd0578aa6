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
 */
struct map_templates {
	struct slice texts[MAP_TEMPLATES_MAX];
	const struct map_rule *rules[MAP_TEMPLATES_MAX];
	size_t n;
};

/*
 * Calls @fn for each word of SESSION and ALSO that can name a namespace.
 * Ends with the first value that is not 0.
 */
static int map_each_name(const struct map *map, struct map_templates *t,
			 int (*fn)(struct map_templates *t,
				   const struct map_rule *rule,
				   struct slice word, struct diag *d),
			 struct diag *d)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct map_rule *rule = &map->rules[i];
		struct slice list = rule->also, word = rule->name;
		int ret = 0;

		if (rule->session == MAP_NAME)
			ret = fn(t, rule, word, d);
		while (ret == 0 && map_list_next(&list, &word))
			ret = fn(t, rule, word, d);
		if (ret < 0)
			return ret;
	}
	return 0;
}

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
	return 0;
}

/* "host" is never what a template gives, and "*" covers no such thing. */
static int map_check_word(struct map_templates *t, const struct map_rule *rule,
			  struct slice word, struct diag *d)
{
	if (slice_is(word, "*") || slice_is(word, "host"))
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

int map_check(const struct map *map, struct diag *d)
{
	struct map_templates templates;
	int ret;

	templates.n = 0;
	ret = map_each_name(map, &templates, map_add_template, d);
	if (ret < 0 || templates.n == 0)
		return ret;
	return map_each_name(map, &templates, map_check_word, d);
}
