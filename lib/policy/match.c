/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match.c - does one column of a rule match one subject?
 */
#include "lib/policy/match.h"

#include <errno.h>

#include "lib/policy/addr.h"
#include "lib/policy/name.h"
#include "lib/policy/who.h"

static bool match_is_group(const struct who_word *w)
{
	return w->kind == WHO_GROUP || w->kind == WHO_GID;
}

/* Does a word match that is not about groups?  Uid 0 is root's alone. */
static bool match_id(const struct who_word *w, const struct subject *subject)
{
	if (w->kind == WHO_ROOT || subject->uid == 0)
		return w->kind == WHO_ROOT && subject->uid == 0;
	switch (w->kind) {
	case WHO_ANY:
		return true;
	case WHO_USER:
		return slice_is(w->name, subject->user);
	case WHO_UID:
		return subject->uid >= w->lo && subject->uid <= w->hi;
	default:
		return false;
	}
}

static int match_group(const struct who_word *w, const struct subject *subject)
{
	const struct group_source *groups = subject->groups;

	if (w->kind == WHO_GROUP)
		return groups->by_name(groups->ctx, w->name);
	return groups->by_gid(groups->ctx, w->lo, w->hi);
}

/*
 * Asks for the groups of @list whose '!' is as @exclude says, until one
 * matches.  A group that cannot be told ends it: it may be the one.
 */
static int match_groups(struct slice list, bool exclude,
			const struct subject *subject, struct slice *unknown)
{
	struct slice word;

	while (map_list_next(&list, &word)) {
		struct who_word w;
		int ret;

		if (who_read(word, &w))
			return -EINVAL;
		if (w.exclude != exclude || !match_is_group(&w))
			continue;
		ret = match_group(&w, subject);
		if (ret < 0)
			*unknown = word;
		if (ret != 0)
			return ret;
	}
	return 0;
}

/**
 * struct match_plain - what a list says without its groups
 * @included:	a word matches
 * @excluded:	a '!' word matches
 * @ask:	there are groups that could include ...
 * @ask_excluded: ... or exclude
 */
struct match_plain {
	bool included;
	bool excluded;
	bool ask;
	bool ask_excluded;
};

static int match_plain(struct slice list, const struct subject *subject,
		       struct match_plain *out)
{
	struct slice word;

	while (map_list_next(&list, &word)) {
		struct who_word w;
		bool matches, group;

		if (who_read(word, &w))
			return -EINVAL;
		matches = match_id(&w, subject);
		group = match_is_group(&w) && subject->uid != 0;
		if (w.exclude) {
			out->excluded = out->excluded || matches;
			out->ask_excluded = out->ask_excluded || group;
		} else {
			out->included = out->included || matches;
			out->ask = out->ask || group;
		}
	}
	return 0;
}

int match_who(const struct map_rule *rule, const struct subject *subject,
	      struct slice *unknown)
{
	struct match_plain plain = { 0 };
	int ret;

	*unknown = rule->who;
	ret = match_plain(rule->who, subject, &plain);
	if (ret < 0)
		return ret;
	if (plain.excluded || !(plain.included || plain.ask))
		return 0;
	if (!plain.included) {
		ret = match_groups(rule->who, false, subject, unknown);
		if (ret <= 0)
			return ret;
	}
	if (!plain.ask_excluded)
		return 1;
	ret = match_groups(rule->who, true, subject, unknown);
	return ret < 0 ? ret : ret == 0;
}

static bool match_word(struct slice list, const char *text)
{
	struct slice word;

	while (map_list_next(&list, &word))
		if (slice_is(word, text))
			return true;
	return false;
}

static bool match_globs(struct slice list, const char *text)
{
	struct slice whole = { text, strlen(text) }, word;

	while (map_list_next(&list, &word))
		if (name_glob_match(word, whole))
			return true;
	return false;
}

/**
 * struct match_host - what PAM calls the remote host
 * @local:	this machine
 * @known:	there is an address: @addr
 * @named:	there is a name instead
 */
struct match_host {
	bool local;
	bool known;
	bool named;
	struct addr addr;
};

static struct match_host match_host_read(const char *rhost)
{
	static const struct addr_net loopback[] = {
		{ .addr = { 4, { 127 } }, .prefix = 8 },
		{ .addr = { 6, { [15] = 1 } }, .prefix = 128 },
	};
	/* "fe80::1%eth0": the zone says where, not who. */
	struct slice text = { rhost, strcspn(rhost, "%") };
	struct match_host h = { 0 };

	h.known = addr_parse(text, &h.addr) == 0;
	h.named = !h.known && rhost[0] != '\0';
	h.local = rhost[0] == '\0' || strcmp(rhost, "localhost") == 0;
	for (size_t i = 0; i < ARRAY_SIZE(loopback); i++)
		h.local = h.local ||
			  (h.known && addr_in_net(&h.addr, &loopback[i]));
	return h;
}

static int match_rhost_word(struct slice word, const struct match_host *host)
{
	struct addr_net net;

	if (slice_is(word, "local"))
		return host->local;
	if (slice_is(word, "remote"))
		return !host->local;
	if (addr_parse_net(word, &net) < 0)
		return -EINVAL;
	if (host->named)
		return -EINVAL;
	return host->known && addr_in_net(&host->addr, &net);
}

static int match_rhost(struct slice list, const char *rhost)
{
	struct match_host host = match_host_read(rhost);
	struct slice word;
	int result = 0;

	while (map_list_next(&list, &word)) {
		int ret = match_rhost_word(word, &host);

		if (ret > 0)
			return 1;
		if (ret < 0)
			result = ret;
	}
	return result;
}

int match_narrowing(const struct map_rule *rule, const struct subject *subject)
{
	if (rule->service.len > 0 &&
	    !match_word(rule->service, subject->service))
		return 0;
	if (rule->tty.len > 0 && !match_globs(rule->tty, subject->tty))
		return 0;
	if (rule->rhost.len > 0)
		return match_rhost(rule->rhost, subject->rhost);
	return 1;
}

/* Could a template of the map's give @name? */
static bool match_is_templated(const struct map *map, struct slice name)
{
	for (size_t i = 0; i < map->n; i++) {
		struct slice also = map->rules[i].also, word;

		if (map->rules[i].session == MAP_NAME &&
		    name_is_template(map->rules[i].name) &&
		    name_patterns_overlap(map->rules[i].name, name))
			return true;
		while (map_list_next(&also, &word))
			if (name_is_template(word) &&
			    name_patterns_overlap(word, name))
				return true;
	}
	return false;
}

int match_expand(char out[NAME_SIZE], struct slice template,
		 const struct subject *subject)
{
	const struct group_source *groups = subject->groups;
	struct name_values values = { subject->user, subject->uid, NULL };

	if (memmem(template.p, template.len, "%g", 2))
		values.group = groups->primary(groups->ctx);
	return name_expand(out, template, &values);
}

/* Does one word of the ALSO column cover @name, which is valid? */
static bool match_also_word(const struct map *map, struct slice word,
			    const struct subject *subject, struct slice name)
{
	char own[NAME_SIZE];

	if (slice_equal(word, name))
		return true;
	if (name_is_template(word))
		return match_expand(own, word, subject) == 0 &&
		       slice_is(name, own);
	return !slice_is(name, "host") && name_glob_match(word, name) &&
	       !match_is_templated(map, name);
}

bool match_also(const struct map *map, const struct map_rule *rule,
		const struct subject *subject, struct slice name)
{
	struct slice list = rule->also, word;

	if (!name_is_valid(name) && !slice_is(name, "host"))
		return false;
	while (map_list_next(&list, &word))
		if (match_also_word(map, word, subject, name))
			return true;
	return false;
}
