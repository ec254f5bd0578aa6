/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_map.c - runns.map(5) from any bytes
 *
 * What is accepted must keep what the rest of the program relies on: words
 * inside the text, valid names, and never a decision by accident.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/policy/decide.h"
#include "lib/policy/map_check.h"
#include "lib/policy/match.h"
#include "lib/policy/who.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text and what it was read into. */
struct input {
	const char *text;
	size_t len;
	struct map map;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_lie_in(struct slice s, const struct input *in)
{
	if (s.len == 0)
		return;
	must(s.p >= in->text && s.p + s.len <= in->text + in->len);
	must(!memchr(s.p, '\0', s.len) && !memchr(s.p, '#', s.len));
	must(!memchr(s.p, ' ', s.len) || memchr(s.p, '\\', s.len));
}

/* The words of a list: none is empty, none is left over. */
static size_t count_words(struct slice list)
{
	const char *end = list.p + list.len;
	struct slice word = { list.p, 0 };
	size_t n = 0;

	while (map_list_next(&list, &word)) {
		must(word.len > 0 && word.p + word.len <= end);
		must(!memchr(word.p, ',', word.len));
		must(!memchr(word.p, '\n', word.len));
		must(!memchr(word.p, ' ', word.len));
		n++;
	}
	must(word.p + word.len == end);
	return n;
}

static void must_be_list(struct slice list, const struct input *in)
{
	must_lie_in(list, in);
	if (list.len > 0)
		must(count_words(list) <= MAP_LIST_MAX);
}

static void must_be_name(struct slice name)
{
	if (name_is_template(name))
		must(!name_template_check(name));
	else
		must(name_is_valid(name));
}

static void check_also(const struct map_rule *rule)
{
	struct slice list = rule->also, word;

	while (map_list_next(&list, &word)) {
		bool glob = memchr(word.p, '*', word.len) ||
			    memchr(word.p, '?', word.len);

		if (!glob && !slice_is(word, "host"))
			must_be_name(word);
		must(!glob || !name_is_template(word));
	}
}

static bool has_word(struct slice list, const char *text)
{
	struct slice word;

	while (map_list_next(&list, &word))
		if (slice_is(word, text))
			return true;
	return false;
}

static void check_who(const struct map_rule *rule)
{
	struct slice list = rule->who, word;
	bool includes = false;

	while (map_list_next(&list, &word)) {
		struct who_word w;

		must(!who_check(word) && !who_read(word, &w));
		must(w.kind != WHO_UID || (w.hi > 0 && w.lo <= w.hi));
		must(w.hi != UINT32_MAX || (w.kind != WHO_UID &&
					    w.kind != WHO_GID));
		includes = includes || !w.exclude;
	}
	must(includes);
}

static void check_rule(const struct map_rule *rule, const struct input *in)
{
	must(rule->line > 0 && rule->who.len > 0 && rule->name.len > 0);
	must_be_list(rule->who, in);
	must_lie_in(rule->name, in);
	must_be_list(rule->also, in);
	must_lie_in(rule->section, in);
	must_be_list(rule->service, in);
	must_be_list(rule->tty, in);
	must_be_list(rule->rhost, in);
	must_lie_in(rule->uplink, in);
	must(rule->veth <= MAP_VETH_MAX && rule->uplink.len <= 15);
	must(rule->section.len == 0 || rule->create);
	must(rule->section.len == 0 || name_is_valid(rule->section));
	must(rule->session == MAP_NAME || (!rule->create && !rule->optional));
	if (rule->session == MAP_NAME)
		must_be_name(rule->name);
	else
		must(slice_is(rule->name, "-") || slice_is(rule->name, "+") ||
		     slice_is(rule->name, "host") ||
		     slice_is(rule->name, "deny"));
	check_who(rule);
	check_also(rule);
}

/* Says yes, no or nothing, as the bytes of the name happen to be. */
static int by_name(void *ctx, struct slice name)
{
	(void)ctx;
	switch (name.p[0] % 4) {
	case 0:
		return -ENOENT;
	case 1:
		return 1;
	default:
		return 0;
	}
}

static int by_gid(void *ctx, uint32_t lo, uint32_t hi)
{
	(void)ctx;
	return lo <= 100 && 100 <= hi;
}

static const char *primary(void *ctx)
{
	return ctx;
}

static const struct group_source groups = { by_name, by_gid, primary,
					    (void *)"users" };
static const struct group_source unnamed = { by_name, by_gid, primary, NULL };

static const struct subject subjects[] = {
	{ "root", 0, &groups, "sshd", "", "" },
	{ "toor", 0, &groups, "login", "tty1", "" },
	{ "alice", 1000, &groups, "sshd", "pts/3", "10.1.2.3" },
	{ "bob", 1001, &unnamed, "runns", "", "" },
	{ "root", 1002, &groups, "su", "", "localhost" },
	{ "DOM\\carol", 4294967294, &groups, "sshd", ":0", "example.org" },
	{ "../x", 65534, &groups, "cron", "", "fe80::1%eth0" },
	{ "-", 7, &groups, "sshd", "", "::ffff:127.0.0.1" },
};

static void check_decision(const struct decision *out, const struct subject *s,
			   const struct input *in)
{
	struct slice name = { out->name, strlen(out->name) };

	must(out->session == MAP_NAME ? name_is_valid(name) : name.len == 0);
	must(out->section[0] == '\0' || out->create);
	if (!out->rule)
		return;
	must(out->rule >= in->map.rules &&
	     out->rule < in->map.rules + in->map.n);
	must(s->uid != 0 || has_word(out->rule->who, "root"));
	must(s->uid == 0 || !slice_is(out->rule->who, "root"));
}

/* May the rule be left for "host"?  Only if that is written. */
static void check_launch(const struct input *in, const struct subject *s,
			 const char *requested)
{
	struct diag d = { 0 };
	struct decision out;
	int ret = decide_launch(&in->map, s, requested, &out, &d);

	must(ret <= 0);
	if (ret < 0) {
		must((ret == -EACCES) == (d.text[0] == '\0'));
		return;
	}
	check_decision(&out, s, in);
	must(out.rule && !out.optional);
	must(out.session == MAP_HOST || out.session == MAP_NAME);
	must(out.rule->session != MAP_DENY);
	if (out.session == MAP_HOST)
		must(strcmp(requested, "host") == 0 &&
		     (out.rule->session == MAP_HOST ||
		      has_word(out.rule->also, "host")));
	else if (requested)
		must(strcmp(requested, out.name) == 0);
}

static void check_subject(const struct input *in, const struct subject *s)
{
	static const char *const requests[] = {
		NULL, "host", "work", "u-alice", "u-bob", "n1000", "deny",
		"-", "..", "",
	};
	struct diag d = { 0 };
	struct decision out;
	int ret = decide_session(&in->map, s, &out, &d);

	must(ret <= 0 && (ret == 0 || (d.text[0] && d.line > 0)));
	if (ret == 0)
		check_decision(&out, s, in);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		check_launch(in, s, requests[i]);
}

static void take_warning(void *ctx, const struct diag *d)
{
	unsigned int *n = ctx;

	must(d->text[0] && memchr(d->text, '\0', sizeof(d->text)));
	++*n;
}

/*
 * What the check promises: a result of one rule's template is covered by no
 * other word, "*" included.
 */
static void check_templates(const struct map *map)
{
	for (size_t i = 0; i < map->n && i < 8; i++) {
		const struct map_rule *rule = &map->rules[i];
		char name[NAME_SIZE];

		if (rule->session != MAP_NAME ||
		    !name_is_template(rule->name) ||
		    match_expand(name, rule->name, &subjects[2]) < 0)
			continue;
		for (size_t j = 0; j < map->n && j < 32; j++) {
			struct slice result = { name, strlen(name) };
			struct slice other = map->rules[j].name;

			must(slice_equal(other, rule->name) ||
			     !slice_equal(other, result));
			if (!name_is_template(map->rules[j].also))
				must(!match_also(map, &map->rules[j],
						 &subjects[3], result));
		}
	}
}

static void check_map(struct input *in)
{
	unsigned int told = 0;
	struct diag d = { 0 };

	for (size_t i = 0; i < in->map.n; i++)
		check_rule(&in->map.rules[i], in);
	must(map_warn(&in->map, take_warning, &told) == told);
	if (map_check(&in->map, &d) < 0) {
		must(d.text[0] && d.line > 0);
		return;
	}
	check_templates(&in->map);
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		check_subject(in, &subjects[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .text = (const char *)data, .len = size };
	size_t cap = map_count(in.text, size);
	struct diag d = { 0 };

	in.map.rules = malloc((cap + 1) * sizeof(*in.map.rules));
	in.map.cap = cap;
	if (!in.map.rules)
		return 0;
	if (map_parse(&in.map, "fuzz", in.text, size, &d) == 0) {
		must(size > 0 && in.text[size - 1] == '\n');
		must(!memchr(in.text, '\0', size));
		must(!memchr(in.text, '\r', size));
		check_map(&in);
	} else {
		must(d.text[0] && memchr(d.text, '\0', sizeof(d.text)));
		must(cap >= MAP_RULES_MAX ||
		     strncmp(d.text, "more than", 9) != 0 ||
		     strstr(d.text, " words"));
		must(d.line == 0 || d.line <= size + 1);
	}
	free(in.map.rules);
	return 0;
}
