/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allowed.c - all places in which sessions of a user may live
 */
#include "lib/policy/allowed.h"

#include <errno.h>

#include "lib/policy/match.h"

static bool is_narrowed(const struct map_rule *rule)
{
	return rule->service.len || rule->tty.len || rule->rhost.len;
}

static int allowed_rule(const struct map_rule *rule,
			const struct subject *subject, struct decision *out,
			struct diag *d)
{
	int r;

	*out = (struct decision){
		.session = rule->session,
		.rule = rule,
		.create = rule->create,
		.optional = rule->optional,
	};
	if (rule->session != MAP_NAME)
		return 0;
	r = match_expand(out->name, rule->name, subject);
	if (r < 0)
		diag_set(d, rule->file, rule->line, 0,
			 "\"%.*s\" gives no valid name for user %s",
			 SLICE_ARG(rule->name), subject->user);
	return r;
}

int allowed_each(const struct map *map, const struct subject *subject,
		 void (*fn)(void *ctx, const struct decision *decision),
		 void *ctx, struct diag *d)
{
	struct decision decision = { .session = MAP_STAY };
	struct slice unknown;
	size_t i;
	int r;

	for (i = 0; i < map->n; i++) {
		const struct map_rule *rule = &map->rules[i];

		r = match_who(rule, subject, &unknown);
		if (r < 0) {
			diag_set(d, rule->file, rule->line, 0,
				 "cannot tell \"%.*s\"", SLICE_ARG(unknown));
			return r;
		}
		if (r == 0)
			continue;
		r = allowed_rule(rule, subject, &decision, d);
		if (r < 0)
			return r;
		fn(ctx, &decision);
		if (!is_narrowed(rule))
			return 0;
	}
	decision = (struct decision){ .session = MAP_STAY };
	fn(ctx, &decision);
	return 0;
}
