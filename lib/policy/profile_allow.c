/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_allow.c - Allow of runns.conf(5): ways through the walls of a network
 *
 * A list is kept as it is written, and read again when its network is built:
 * few sections have one, and all have room for it.
 */
#include "lib/policy/profile_allow.h"

#include <errno.h>

#include "lib/policy/profile_inet6.h"

int profile_allow_set(const struct profile_input *in)
{
	struct profile *p = in->profile;
	struct slice rest = in->value, word;
	struct allow_list list;
	struct allow_fault fault;
	struct allow a;

	if (p->n_allows == PROFILE_ALLOWS_MAX)
		return profile_bad(in, in->key.p, "more than %d lines of Allow",
				   PROFILE_ALLOWS_MAX);
	profile_allow_list(p, &list);
	while (profile_word_next(&rest, &word)) {
		if (allow_parse(word, &a, &fault) < 0)
			return profile_bad(in, fault.at.p, "%s, not \"%.*s\"",
					   fault.why, SLICE_ARG(fault.at));
		if (allow_add(&list, &a) < 0)
			return profile_bad(in, word.p, "more than %d "
					   "destinations", ALLOW_MAX);
	}
	if (!p->n_allows)
		p->allow_line = in->line;
	p->allows[p->n_allows++] = in->value;
	return 0;
}

void profile_allow_list(const struct profile *p, struct allow_list *out)
{
	struct allow_fault fault;
	struct allow a;
	uint32_t i;

	out->n = 0;
	for (i = 0; i < p->n_allows; i++) {
		struct slice rest = p->allows[i], word;

		while (profile_word_next(&rest, &word))
			if (allow_parse(word, &a, &fault) == 0 &&
			    allow_add(out, &a) < 0)
				return;
	}
}

/* What the network has no wall by, or none of ours. */
static const char *hindrance(const struct profile *p)
{
	if (p->link != LINK_VETH)
		return "a Link other than veth";
	if (p->isolate == SWITCH_NO && !profile_is_sealed(p))
		return "Isolate=no";
	return NULL;
}

/* What cannot stand beside the tunnels together with Allow or Forward. */
static const char *byway_hindrance(const struct profile *p)
{
	if (p->parent.len)
		return "Parent";
	if (p->isolate == SWITCH_NO)
		return "Isolate=no";
	if (profile_has_inet6(p))
		return "Address6";
	return NULL;
}

static int check_byway(const struct profile *p, struct diag *d)
{
	const char *why = byway_hindrance(p);
	uint32_t line = p->n_allows ? p->allow_line : p->forwards[0].line;

	if (!why)
		return 0;
	return diag_set(d, p->file, line, 0, "[%.*s] has %s, a VPN behind the "
			"kill switch and %s: this version cannot do all three",
			SLICE_ARG(p->section), p->n_allows ? "Allow" :
							     "Forward", why);
}

static bool has_family6(const struct allow_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->list[i].net.addr.family == 6)
			return true;
	return false;
}

static int check_one(const struct profile *p, struct diag *d)
{
	const char *why = hindrance(p);
	struct allow_list list;

	if (why)
		return diag_set(d, p->file, p->allow_line, 0, "[%.*s] has "
				"Allow and %s: there is no wall that a way "
				"could lead through", SLICE_ARG(p->section),
				why);
	profile_allow_list(p, &list);
	if (has_family6(&list) && !profile_has_inet6(p))
		return diag_set(d, p->file, p->allow_line, 0, "[%.*s] has "
				"Allow for an IPv6 address and no Address6",
				SLICE_ARG(p->section));
	return 0;
}

int profile_allow_check(const struct profile_conf *conf, struct diag *d)
{
	int r = 0;
	size_t i;

	for (i = 0; i < conf->n && r == 0; i++) {
		const struct profile *p = &conf->profiles[i];

		if (p->n_allows)
			r = check_one(p, d);
		if (r == 0 && profile_has_byway(p))
			r = check_byway(p, d);
	}
	return r;
}
