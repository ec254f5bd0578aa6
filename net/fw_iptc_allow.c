/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_allow.c - where networks may go in spite of Isolate, by iptables
 *
 * A rule each, behind the one that lets answers pass: what it lets pass goes
 * on to the administrator's own rules.
 */
#include "net/fw_iptc_allow.h"

#include "net/fw_iptc_rule.h"

int iptc_allows_add(const struct iptc *t, const struct fw_member *m)
{
	int changed = 0;
	size_t i;

	for (i = 0; m->allows && i < m->allows->n; i++) {
		const struct allow *a = &m->allows->list[i];
		bool here = a->kind == ALLOW_HOST;
		const struct iptc_rule rule = {
			.table = "filter",
			.chain = here ? "runns-local" : "runns-forward",
			.place = IPTC_SECOND,
			.in = m->link,
			.allow = a,
			.target = "RETURN",
		};

		if (!here && a->net.addr.family != t->lib->family)
			continue;
		changed = iptc_rule_add(t, &rule);
		if (changed < 0)
			return changed;
	}
	return changed;
}
