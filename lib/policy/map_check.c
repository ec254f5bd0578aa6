/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_check.c - what only the rules of a map together can tell
 *
 * map_check() runs at each login.  Maps have few different templates, and a glance at
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

/* Comparisons that map_warn() makes: a map of 10,000 rules needs no more. */
enum { MAP_WARN_BUDGET = 100 * 1000 * 1000 };

/**
 * struct map_warner - map_warn() at work
 * @left:	comparisons that may still be made
 * @found:	findings so far
 */
struct map_warner {
	const struct map *map;
	void (*fn)(void *ctx, const struct diag *d);
	void *ctx;
	unsigned int left;
	unsigned int found;
};

static void map_warn_lost(struct map_warner *w, const struct map_rule *rule,
			  struct slice word, const struct map_rule *decider)
{
	struct diag d;

	diag_set(&d, rule->file, rule->line, 0,
		 "\"%.*s\" never gets here: %.40s:%u decides before",
		 MAP_QUOTE(word), decider->file, decider->line);
	w->found++;
	w->fn(w->ctx, &d);
}

/* Does @list hold @word, or "*" if that stands for it? */
static bool map_list_covers(struct map_warner *w, struct slice list,
			    struct slice word)
{
	bool any = !slice_is(word, "root");
	struct slice other;

	while (w->left > 0 && map_list_next(&list, &other)) {
		w->left--;
		if (slice_equal(other, word) || (any && slice_is(other, "*")))
			return true;
	}
	return false;
}

/* Does the rule decide for everybody whom a word of it names? */
static bool map_is_final(const struct map_rule *rule)
{
	return rule->service.len == 0 && rule->tty.len == 0 &&
	       rule->rhost.len == 0 &&
	       !memchr(rule->who.p, '!', rule->who.len);
}

/* The first rule above @rule that decides for @word, or NULL. */
static const struct map_rule *map_find_decider(struct map_warner *w,
					       const struct map_rule *rule,
					       struct slice word)
{
	const struct map_rule *r = w->map->rules;

	for (; r < rule && w->left > 0; r++)
		if (map_is_final(r) && map_list_covers(w, r->who, word))
			return r;
	return NULL;
}

static void map_warn_rule(struct map_warner *w, const struct map_rule *rule)
{
	struct slice list = rule->who, word;

	if (map_list_covers(w, rule->service, SLICE("runns")))
		return;
	while (map_list_next(&list, &word)) {
		const struct map_rule *decider = NULL;

		if (word.p[0] != '!')
			decider = map_find_decider(w, rule, word);
		if (decider)
			map_warn_lost(w, rule, word, decider);
	}
}

unsigned int map_warn(const struct map *map,
		      void (*fn)(void *ctx, const struct diag *d), void *ctx)
{
	struct map_warner w = { map, fn, ctx, MAP_WARN_BUDGET, 0 };
	struct diag d;

	for (size_t i = 0; i < map->n && w.left > 0; i++)
		map_warn_rule(&w, &map->rules[i]);
	if (w.left > 0)
		return w.found;
	diag_set(&d, map->rules[0].file, 0, 0,
		 "too many words to look for rules that never decide");
	fn(ctx, &d);
	return w.found + 1;
}
