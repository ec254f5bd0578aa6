/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_special.c - rules that networks have beside those for all
 */
#include "net/fw_iptc_special.h"

#include <string.h>

#include "net/fw_iptc_rule.h"
#include "net/pool.h"

/* What a special network adds. */
enum iptc_kind {
	IPTC_OWN_NAME = 1,	/* its device is not rn-N */
	IPTC_IS_OPEN = 2,
	IPTC_NO_NAT = 4,
	IPTC_IS_BYWAY = 8,
};

static const struct iptc_special {
	int all;		/* kinds that it must be */
	int none;		/* kinds that it must not be */
	bool by_out;		/* its device is where packets go, else from */
	struct iptc_rule rule;
} iptc_specials[] = {
	{ IPTC_OWN_NAME, 0, false,
	  { "raw", "runns-raw", .match = IPTC_SPOOFED, .target = "DROP" } },
	{ IPTC_OWN_NAME, IPTC_NO_NAT, false,
	  { "raw", "runns-raw", .target = "MARK", .mark = IPTC_MARK } },
	{ IPTC_NO_NAT, IPTC_OWN_NAME, false,
	  { "raw", "runns-raw", .target = "MARK" } },

	{ IPTC_IS_OPEN, IPTC_OWN_NAME, false,
	  { "filter", "runns-input", IPTC_HEAD, .target = "RETURN" } },
	{ IPTC_OWN_NAME, IPTC_IS_OPEN, false,
	  { "filter", "runns-input", IPTC_HEAD, .target = "runns-local" } },

	{ IPTC_IS_OPEN, 0, true,
	  { "filter", "runns-apart", IPTC_HEAD, .target = "runns-open",
	    .leave = true } },
	{ IPTC_OWN_NAME, IPTC_IS_OPEN, true,
	  { "filter", "runns-apart", IPTC_HEAD, .target = "DROP" } },
	{ IPTC_IS_OPEN, 0, false,
	  { "filter", "runns-open", IPTC_HEAD, .target = "RETURN" } },
	{ IPTC_OWN_NAME, IPTC_IS_OPEN, false,
	  { "filter", "runns-open", .target = "DROP" } },
	{ IPTC_IS_OPEN, 0, true,
	  { "filter", "runns-output", IPTC_HEAD, .target = "RETURN" } },
	{ IPTC_OWN_NAME, IPTC_IS_OPEN, true,
	  { "filter", "runns-output", .target = "DROP" } },
	{ IPTC_OWN_NAME, 0, false,
	  { "filter", "runns-accept", .target = "ACCEPT" } },
	{ IPTC_OWN_NAME, 0, true,
	  { "filter", "runns-accept", .target = "ACCEPT" } },

	/* Behind what iptc_allows_add() puts into the same place later. */
	{ IPTC_IS_BYWAY, 0, false,
	  { "filter", "runns-forward", IPTC_SECOND, .target = "DROP" } },
	{ IPTC_IS_BYWAY, 0, false,
	  { "filter", "runns-local", IPTC_SECOND, .target = "DROP" } },
	{ IPTC_IS_BYWAY, 0, true,
	  { "nat", "runns-into", .target = "MASQUERADE" } },

	{ IPTC_OWN_NAME, 0, true,
	  { "nat", "runns-nat", IPTC_HEAD, .target = "RETURN" } },
	{ IPTC_IS_OPEN, 0, false,
	  { "nat", "runns-doors", IPTC_HEAD, .target = "runns-published",
	    .leave = true } },
	{ IPTC_OWN_NAME, IPTC_IS_OPEN, false,
	  { "nat", "runns-doors", IPTC_HEAD, .target = "RETURN" } },
};

static int iptc_kind(const struct fw_member *m)
{
	bool named = strncmp(m->link, POOL_LINK_PREFIX,
			     sizeof(POOL_LINK_PREFIX) - 1) == 0;

	return (named ? 0 : IPTC_OWN_NAME) | (m->isolate ? 0 : IPTC_IS_OPEN) |
	       (m->nat ? 0 : IPTC_NO_NAT) | (m->byway ? IPTC_IS_BYWAY : 0);
}

int iptc_specials_add(const struct iptc *t, const struct fw_member *m)
{
	int kind = iptc_kind(m);
	int changed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(iptc_specials); i++) {
		const struct iptc_special *s = &iptc_specials[i];
		struct iptc_rule rule = s->rule;

		if (strcmp(rule.table, t->name) != 0 ||
		    (kind & s->all) != s->all || (kind & s->none) != 0)
			continue;
		if (s->by_out)
			rule.out = m->link;
		else
			rule.in = m->link;
		changed = iptc_rule_add(t, &rule);
		if (changed < 0)
			return changed;
	}
	return changed;
}
