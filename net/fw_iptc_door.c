/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_door.c - ports of the host's that lead into networks, by iptables
 *
 * A rule each, in a chain that only packets to the host's own addresses are
 * sent through.  Those that name an address stand before those for any, so
 * that they win, as they do in the map of nf_tables.
 */
#include "net/fw_iptc_door.h"

#include <errno.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_iptc_rule.h"

#define DOOR_CHAIN "runns-published"

/* The matches for TCP and UDP begin alike, with the ports. */
static bool door_is_at(const struct iptc_head *e,
		       const struct profile_forward *f)
{
	const struct xt_entry_match *m = (const void *)(e->entry + e->matches);
	const struct xt_udp *ports = (const void *)m->data;

	return e->target > e->matches &&
	       e->protocol == (f->udp ? IPPROTO_UDP : IPPROTO_TCP) &&
	       memcmp(e->dst, f->addr.bytes, e->dst_len) == 0 &&
	       strcmp(m->u.user.name, f->udp ? "udp" : "tcp") == 0 &&
	       ports->dpts[0] == f->port;
}

static bool door_is_taken(const struct iptc *t, const struct profile_forward *f)
{
	const void *e = t->lib->first_rule(DOOR_CHAIN, t->h);

	for (; e; e = t->lib->next_rule(e, t->h)) {
		struct iptc_head head;

		iptc_look(t->lib, e, &head);
		if (door_is_at(&head, f))
			return true;
	}
	return false;
}

int iptc_doors_add(const struct iptc *t, const struct fw_member *m)
{
	const uint8_t family = t->lib->family;
	size_t i;

	for (i = 0; i < m->n_forwards; i++) {
		const struct profile_forward *f = &m->forwards[i];
		const struct iptc_rule rule = {
			.table = "nat",
			.chain = DOOR_CHAIN,
			.place = f->addr.family ? IPTC_HEAD : IPTC_TAIL,
			.target = "DNAT",
			.door = f,
			.inside = family == 4 ? &m->inside : &m->inside6,
			.owner = m->link,
		};
		int r;

		if (f->addr.family && f->addr.family != family)
			continue;
		if (door_is_taken(t, f))
			return log_errno(-EEXIST, "%s: Forward: another "
					 "network that is up has port %u of "
					 "the host", m->name, f->port);
		r = iptc_rule_add(t, &rule);
		if (r < 0)
			return r;
	}
	return 1;
}
