/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide.c - the only place that says yes
 */
#include "lib/policy/decide.h"

#include <errno.h>

#include "lib/policy/match.h"

/* Fills @d with why a rule could not be judged; returns @err. */
static int decide_unknown(int err, const struct map_rule *rule,
			  struct slice word, struct diag *d)
{
	const char *why = err == -ENOENT ?
				  "there is no such group" :
				  "its members could not be looked up";

	diag_set(d, rule->file, rule->line, 0, "cannot tell \"%.*s\": %s",
		 SLICE_ARG(word), why);
	return err;
}

/*
 * The narrowing comes first: a group that only a rule for other services
 * names need not be asked for.
 */
static int decide_matches(const struct map_rule *rule,
			  const struct subject *subject, struct diag *d)
{
	int narrowing = match_narrowing(rule, subject);
	struct slice unknown;
	int who;

	if (narrowing == 0)
		return 0;
	who = match_who(rule, subject, &unknown);
	if (who < 0)
		return decide_unknown(who, rule, unknown, d);
	if (who == 0 || narrowing > 0)
		return who;
	diag_set(d, rule->file, rule->line, 0, "cannot tell \"rhost=%.*s\": "
		 "the remote host is known by name only",
		 SLICE_ARG(rule->rhost));
	return narrowing;
}

/* The name of the SESSION column for this subject. */
static int decide_name(const struct map_rule *rule,
		       const struct subject *subject, char out[NAME_SIZE],
		       struct diag *d)
{
	int ret = match_expand(out, rule->name, subject);

	if (ret == -ENODATA)
		diag_set(d, rule->file, rule->line, 0, "\"%.*s\": the primary "
			 "group of %s has no name", SLICE_ARG(rule->name),
			 subject->user);
	else if (ret < 0)
		diag_set(d, rule->file, rule->line, 0, "\"%.*s\" gives no "
			 "valid name for user %s", SLICE_ARG(rule->name),
			 subject->user);
	return ret;
}

/* Takes over what @rule says about its own SESSION. */
static int decide_by_rule(const struct map_rule *rule,
			  const struct subject *subject, struct decision *out,
			  struct diag *d)
{
	struct decision result = {
		.session = rule->session,
		.rule = rule,
		.create = rule->create,
		.optional = rule->optional,
	};
	int ret = 0;

	if (rule->session == MAP_NAME)
		ret = decide_name(rule, subject, result.name, d);
	if (ret < 0)
		return ret;
	if (rule->section.len > 0)
		memcpy(result.section, rule->section.p, rule->section.len);
	*out = result;
	return 0;
}

int decide_session(const struct map *map, const struct subject *subject,
		   struct decision *out, struct diag *d)
{
	for (size_t i = 0; i < map->n; i++) {
		int ret = decide_matches(&map->rules[i], subject, d);

		if (ret < 0)
			return ret;
		if (ret > 0)
			return decide_by_rule(&map->rules[i], subject, out, d);
	}
	*out = (struct decision){ .session = MAP_STAY };
	return 0;
}

static bool decide_lists_runns(const struct map_rule *rule)
{
	struct slice list = rule->service, word;

	while (map_list_next(&list, &word))
		if (slice_is(word, "runns"))
			return true;
	return false;
}

/* The first rule for @subject, of those that list the service or of all. */
static int decide_find(const struct map *map, const struct subject *subject,
		       bool listed, const struct map_rule **rule,
		       struct diag *d)
{
	*rule = NULL;
	for (size_t i = 0; i < map->n; i++) {
		const struct map_rule *r = &map->rules[i];
		struct slice unknown;
		int ret;

		if (listed && !decide_lists_runns(r))
			continue;
		ret = match_who(r, subject, &unknown);
		if (ret < 0)
			return decide_unknown(ret, r, unknown, d);
		if (ret > 0) {
			*rule = r;
			return 0;
		}
	}
	return 0;
}

/* A launch without "-n": into the rule's own SESSION, if that is a place. */
static int decide_default(const struct map_rule *rule,
			  const struct subject *subject, struct decision *out,
			  struct diag *d)
{
	int ret;

	if (rule->session != MAP_NAME) {
		diag_set(d, rule->file, rule->line, 0,
			 "SESSION is %.*s: say with -n which namespace",
			 SLICE_ARG(rule->name));
		return -EDESTADDRREQ;
	}
	ret = decide_by_rule(rule, subject, out, d);
	if (ret == 0)
		out->optional = false;
	return ret;
}

/* May @subject be in the host's network because a rule says so? */
static bool decide_allows_host(const struct map *map,
			       const struct map_rule *rule,
			       const struct subject *subject)
{
	return rule->session == MAP_HOST ||
	       match_also(map, rule, subject, SLICE("host"));
}

static int decide_requested(const struct map *map,
			    const struct map_rule *rule,
			    const struct subject *subject,
			    struct slice requested, struct decision *out)
{
	struct decision result = { .session = MAP_NAME, .rule = rule };
	struct diag ignored;

	if (slice_is(requested, "host")) {
		if (!decide_allows_host(map, rule, subject))
			return -EACCES;
		result.session = MAP_HOST;
		*out = result;
		return 0;
	}
	if (!name_is_valid(requested))
		return -EACCES;
	if (rule->session == MAP_NAME &&
	    decide_by_rule(rule, subject, &result, &ignored) == 0 &&
	    slice_is(requested, result.name)) {
		result.optional = false;
		*out = result;
		return 0;
	}
	if (!match_also(map, rule, subject, requested))
		return -EACCES;
	result = (struct decision){ .session = MAP_NAME, .rule = rule };
	memcpy(result.name, requested.p, requested.len);
	*out = result;
	return 0;
}

/* The rule for what @subject starts by himself; -EACCES: there is none. */
static int decide_own_rule(const struct map *map,
			   const struct subject *subject,
			   const struct map_rule **rule, struct diag *d)
{
	int ret = decide_find(map, subject, true, rule, d);

	if (ret == 0 && !*rule)
		ret = decide_find(map, subject, false, rule, d);
	if (ret < 0)
		return ret;
	return *rule && (*rule)->session != MAP_DENY ? 0 : -EACCES;
}

int decide_veth(const struct map *map, const struct subject *subject,
		struct grant *out, struct diag *d)
{
	const struct map_rule *rule;
	int ret = decide_own_rule(map, subject, &rule, d);

	if (ret < 0)
		return ret;
	if (rule->veth == 0)
		return -EACCES;
	*out = (struct grant){ .n = rule->veth, .uplink = rule->uplink };
	return 0;
}

int decide_launch(const struct map *map, const struct subject *subject,
		  const char *requested, struct decision *out, struct diag *d)
{
	const struct map_rule *rule;
	int ret = decide_own_rule(map, subject, &rule, d);

	if (ret < 0)
		return ret;
	if (!requested)
		return decide_default(rule, subject, out, d);
	return decide_requested(map, rule, subject,
				(struct slice){ requested, strlen(requested) },
				out);
}
