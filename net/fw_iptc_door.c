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
static bool door_is_at(const struct ipt_entry *e,
		       const struct profile_forward *f)
{
	const struct xt_entry_match *m = (const void *)(e + 1);
	const struct xt_udp *ports = (const void *)m->data;

	return e->target_offset > sizeof(*e) &&
	       e->ip.proto == (f->udp ? IPPROTO_UDP : IPPROTO_TCP) &&
	       memcmp(&e->ip.dst, f->addr, sizeof(f->addr)) == 0 &&
	       strcmp(m->u.user.name, f->udp ? "udp" : "tcp") == 0 &&
	       ports->dpts[0] == f->port;
}

static bool door_is_taken(struct xtc_handle *h, const struct profile_forward *f)
{
	const struct ipt_entry *e = iptc_first_rule(DOOR_CHAIN, h);

	while (e && !door_is_at(e, f))
		e = iptc_next_rule(e, h);
	return e;
}

int iptc_doors_add(struct xtc_handle *h, const struct fw_member *m)
{
	static const uint8_t any[4];
	size_t i;

	for (i = 0; i < m->n_forwards; i++) {
		const struct profile_forward *f = &m->forwards[i];
		const struct iptc_rule rule = {
			.table = "nat",
			.chain = DOOR_CHAIN,
			.place = memcmp(f->addr, any, sizeof(any)) ? IPTC_HEAD :
								     IPTC_TAIL,
			.target = "DNAT",
			.door = f,
			.inside = &m->inside,
			.owner = m->link,
		};
		int r;

		if (door_is_taken(h, f))
			return log_errno(-EEXIST, "%s: Forward: another "
					 "network that is up has port %u of "
					 "the host", m->name, f->port);
		r = iptc_rule_add(h, &rule);
		if (r < 0)
			return r;
	}
	return 1;
}
