/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_guard.c - networks that are in the hands of strangers, by iptables
 *
 * Rules for each, since a legacy table cannot look up which hardware address
 * goes with which device.  The device has no IPv6.
 */
#include "net/fw_iptc_guard.h"

#include <string.h>

#include "net/fw_iptc_rule.h"

int iptc_guard_add(const struct iptc *t, const struct fw_member *m)
{
	/* IPTC_SECOND is behind the rule that lets answers pass. */
	const struct iptc_rule rules[] = {
		{ "raw", "runns-raw", IPTC_HEAD, .in = m->link,
		  .not_mac = m->mac, .target = "DROP" },
		{ "raw", "runns-raw", IPTC_HEAD, .in = m->link,
		  .not_from = &m->inside, .target = "DROP" },
		{ "filter", "runns-forward", IPTC_SECOND, .in = m->link,
		  .match = IPTC_CROWDED, .target = "DROP" },
		{ "filter", "runns-local", IPTC_SECOND, .in = m->link,
		  .match = IPTC_CROWDED, .target = "DROP" },
	};
	int r = 0;
	size_t i;

	if (!m->mac || t->lib->family != 4)
		return 0;
	for (i = 0; i < ARRAY_SIZE(rules) && r >= 0; i++) {
		if (strcmp(rules[i].table, t->name) == 0)
			r = iptc_rule_add(t, &rules[i]);
	}
	return r;
}
