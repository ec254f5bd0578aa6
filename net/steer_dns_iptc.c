/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns_iptc.c - look-ups go to the network's own name servers: libiptc
 *
 * The same rules as by nf_tables, in one chain of ours in each of the tables
 * nat and filter, for IPv4 and for IPv6, in the network's own namespace.  The
 * tables there are no host's: no other program writes them but one that root
 * starts inside, and then a table that changed meanwhile is read again.
 */
#include "net/steer_dns_iptc.h"

#include <errno.h>
#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "net/fw_iptc_edit.h"

#define STEER_CHAIN IPTC_NAMES

enum { STEER_ENTRY_SIZE = 512, STEER_TRIES = 20 };

/* libiptc is there twice, under two names. */
static const struct steer_lib {
	uint8_t family;
	struct xtc_handle *(*init)(const char *table);
	void (*free)(struct xtc_handle *h);
	int (*commit)(struct xtc_handle *h);
	const char *(*strerror)(int err);
	int (*is_chain)(const char *chain, struct xtc_handle *h);
	int (*create)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*flush)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*delete)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*delete_at)(const xt_chainlabel chain, unsigned int at,
			 struct xtc_handle *h);
} steer_libs[] = {
	{ 4, iptc_init, iptc_free, iptc_commit, iptc_strerror, iptc_is_chain,
	  iptc_create_chain, iptc_flush_entries, iptc_delete_chain,
	  iptc_delete_num_entry },
	{ 6, ip6tc_init, ip6tc_free, ip6tc_commit, ip6tc_strerror,
	  ip6tc_is_chain, ip6tc_create_chain, ip6tc_flush_entries,
	  ip6tc_delete_chain, ip6tc_delete_num_entry },
};

static const char *const steer_tables[] = { "nat", "filter" };

/**
 * struct steer_rule - one rule of ours
 * @to:		prefix that packets are for; family 0: any
 * @protocol:	0, or one whose port STEER_DNS_PORT is meant
 * @target:	a verdict, a chain or REJECT
 * @server:	where it is sent in place of a target
 */
struct steer_rule {
	struct addr_net to;
	uint8_t protocol;
	const char *target;
	const struct addr *server;
};

/* An entry that grows part by part. */
struct steer_entry {
	size_t len;
	union {
		struct ipt_entry v4;
		struct ip6t_entry v6;
		char bytes[STEER_ENTRY_SIZE];
	};
};

/* Room for a match or target with @size bytes of data; zeroed. */
static void *steer_part(struct steer_entry *e, const char *name,
			unsigned int revision, size_t size)
{
	/* Matches and targets begin alike. */
	struct xt_entry_match *m = (void *)(e->bytes + e->len);
	size_t whole = XT_ALIGN(sizeof(*m) + size);

	strncpy(m->u.user.name, name, sizeof(m->u.user.name) - 1);
	m->u.user.revision = (uint8_t)revision;
	m->u.match_size = (uint16_t)whole;
	e->len += whole;
	return m->data;
}

static void steer_mask(uint8_t *mask, unsigned int prefix)
{
	unsigned int bit;

	for (bit = 0; bit < prefix; bit++)
		mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

static void steer_put_head(struct steer_entry *e, uint8_t family,
			   const struct steer_rule *r)
{
	if (family == 4) {
		e->len = XT_ALIGN(sizeof(e->v4));
		e->v4.ip.proto = r->protocol;
		memcpy(&e->v4.ip.dst, r->to.addr.bytes, sizeof(e->v4.ip.dst));
		steer_mask((uint8_t *)&e->v4.ip.dmsk, r->to.prefix);
	} else {
		e->len = XT_ALIGN(sizeof(e->v6));
		e->v6.ipv6.proto = r->protocol;
		e->v6.ipv6.flags = r->protocol ? IP6T_F_PROTO : 0;
		memcpy(&e->v6.ipv6.dst, r->to.addr.bytes,
		       sizeof(e->v6.ipv6.dst));
		steer_mask((uint8_t *)&e->v6.ipv6.dmsk, r->to.prefix);
	}
}

static void steer_put_port(struct steer_entry *e, uint8_t protocol)
{
	struct xt_tcp *tcp;
	struct xt_udp *udp;

	if (protocol == IPPROTO_TCP) {
		tcp = steer_part(e, "tcp", 0, sizeof(*tcp));
		tcp->spts[1] = 0xffff;
		tcp->dpts[0] = tcp->dpts[1] = STEER_DNS_PORT;
	} else if (protocol == IPPROTO_UDP) {
		udp = steer_part(e, "udp", 0, sizeof(*udp));
		udp->spts[1] = 0xffff;
		udp->dpts[0] = udp->dpts[1] = STEER_DNS_PORT;
	}
}

static void steer_put_dnat(struct steer_entry *e, const struct addr *server)
{
	struct nf_nat_range2 *range = steer_part(e, "DNAT", 2, sizeof(*range));

	range->flags = NF_NAT_RANGE_MAP_IPS;
	memcpy(&range->min_addr, server->bytes, server->family == 4 ? 4 : 16);
	range->max_addr = range->min_addr;
}

/* A connection that is being made takes no notice of ICMP. */
static void steer_put_reject(struct steer_entry *e, uint8_t family,
			     uint8_t protocol)
{
	struct ipt_reject_info *v4;
	struct ip6t_reject_info *v6;
	bool reset = protocol == IPPROTO_TCP;

	if (family == 4) {
		v4 = steer_part(e, "REJECT", 0, sizeof(*v4));
		v4->with = reset ? IPT_TCP_RESET : IPT_ICMP_PORT_UNREACHABLE;
	} else {
		v6 = steer_part(e, "REJECT", 0, sizeof(*v6));
		v6->with = reset ? IP6T_TCP_RESET : IP6T_ICMP6_PORT_UNREACH;
	}
}

static void steer_put_target(struct steer_entry *e, uint8_t family,
			     const struct steer_rule *r)
{
	size_t at = e->len;

	if (r->server)
		steer_put_dnat(e, r->server);
	else if (strcmp(r->target, "REJECT") == 0)
		steer_put_reject(e, family, r->protocol);
	else
		/* A verdict or a chain: libiptc looks the name up. */
		steer_part(e, r->target, 0, sizeof(int));
	if (family == 4) {
		e->v4.target_offset = (uint16_t)at;
		e->v4.next_offset = (uint16_t)e->len;
	} else {
		e->v6.target_offset = (uint16_t)at;
		e->v6.next_offset = (uint16_t)e->len;
	}
}

/* Our own chain's rules are appended, those of the kernel's come first. */
static int steer_add(const struct steer_lib *lib, struct xtc_handle *h,
		     const char *chain, const struct steer_rule *r)
{
	struct steer_entry e = { .len = 0 };
	bool first = strcmp(chain, STEER_CHAIN) != 0;
	int ok;

	steer_put_head(&e, lib->family, r);
	steer_put_port(&e, r->protocol);
	steer_put_target(&e, lib->family, r);
	if (lib->family == 4)
		ok = first ? iptc_insert_entry(chain, &e.v4, 0, h)
			   : iptc_append_entry(chain, &e.v4, h);
	else
		ok = first ? ip6tc_insert_entry(chain, &e.v6, 0, h)
			   : ip6tc_append_entry(chain, &e.v6, h);
	return ok ? 0 : -errno;
}

/* Packets to a server of the network: as they are. */
static int steer_add_servers(const struct steer_lib *lib, struct xtc_handle *h,
			     const struct steer_dns *dns)
{
	size_t i;
	int err = 0;

	for (i = 0; i < dns->n && err == 0; i++) {
		const struct addr *a = &dns->servers[i];
		struct steer_rule r = {
			.to = { *a, a->family == 4 ? 32 : 128 },
			.target = "RETURN",
		};

		if (a->family == lib->family)
			err = steer_add(lib, h, STEER_CHAIN, &r);
	}
	return err;
}

static int steer_add_elsewhere(const struct steer_lib *lib,
			       struct xtc_handle *h,
			       const struct steer_dns *dns)
{
	static const struct steer_rule near[] = {
		{ .to = { { 4, { 127 } }, 8 }, .target = "RETURN" },
		{ .to = { { 6, { [15] = 1 } }, 128 }, .target = "RETURN" },
		{ .to = { { 6, { 0xfe, 0x80 } }, 10 }, .target = "RETURN" },
	};
	struct steer_rule to = {
		.server = steer_dns_target(dns, lib->family),
	};
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(near) && err == 0; i++) {
		if (near[i].to.addr.family == lib->family)
			err = steer_add(lib, h, STEER_CHAIN, &near[i]);
	}
	if (err == 0 && to.server)
		err = steer_add(lib, h, STEER_CHAIN, &to);
	return err;
}

/* Takes the ways to our chain out of OUTPUT. */
static int steer_unhook(const struct steer_lib *lib, struct xtc_handle *h)
{
	const struct ipt_entry *v4 = NULL;
	const struct ip6t_entry *v6 = NULL;
	unsigned int at = 0;

	if (lib->family == 4)
		v4 = iptc_first_rule("OUTPUT", h);
	else
		v6 = ip6tc_first_rule("OUTPUT", h);
	while (v4 || v6) {
		const char *target = v4 ? iptc_get_target(v4, h)
					: ip6tc_get_target(v6, h);
		bool ours = strcmp(target, STEER_CHAIN) == 0;

		if (v4)
			v4 = iptc_next_rule(v4, h);
		else
			v6 = ip6tc_next_rule(v6, h);
		if (!ours)
			at++;
		else if (!lib->delete_at("OUTPUT", at, h))
			return -errno;
	}
	return 0;
}

/* Nothing of ours is in the table afterwards. */
static int steer_take(const struct steer_lib *lib, struct xtc_handle *h)
{
	int err;

	if (!lib->is_chain(STEER_CHAIN, h))
		return 0;
	err = steer_unhook(lib, h);
	if (err == 0 &&
	    (!lib->flush(STEER_CHAIN, h) || !lib->delete (STEER_CHAIN, h)))
		err = -errno;
	return err;
}

static int steer_give(const struct steer_lib *lib, struct xtc_handle *h,
		      const char *table, const struct steer_dns *dns)
{
	static const uint8_t protocols[] = { IPPROTO_UDP, IPPROTO_TCP };
	struct steer_rule rule = { .target = "REJECT" };
	bool nat = strcmp(table, "nat") == 0;
	size_t i;
	int err = lib->create(STEER_CHAIN, h) ? 0 : -errno;

	if (err == 0)
		err = steer_add_servers(lib, h, dns);
	if (err == 0 && nat)
		err = steer_add_elsewhere(lib, h, dns);
	for (i = 0; i < ARRAY_SIZE(protocols) && err == 0 && !nat; i++) {
		rule.protocol = protocols[i];
		err = steer_add(lib, h, STEER_CHAIN, &rule);
	}
	rule.target = STEER_CHAIN;
	for (i = 0; i < ARRAY_SIZE(protocols) && err == 0; i++) {
		rule.protocol = protocols[i];
		err = steer_add(lib, h, "OUTPUT", &rule);
	}
	return err;
}

/* One table of one family; again where somebody else was faster. */
static int steer_table(const struct steer_lib *lib, const char *table,
		       const struct steer_dns *dns)
{
	int tries;

	for (tries = STEER_TRIES; tries > 0; tries--) {
		struct xtc_handle *h = lib->init(table);
		int err;

		if (!h)
			return errno ? -errno : -ENOENT;
		err = steer_take(lib, h);
		if (err == 0 && dns)
			err = steer_give(lib, h, table, dns);
		if (err == 0 && !lib->commit(h))
			err = -errno;
		lib->free(h);
		if (err != -EAGAIN)
			return err;
		usleep(1000);
	}
	return -EAGAIN;
}

/* A kernel without IPv6 sends none. */
static bool steer_has(const struct steer_lib *lib)
{
	return lib->family == 4 ||
	       access("/proc/thread-self/net/if_inet6", F_OK) == 0;
}

int iptc_steer(const struct steer_dns *dns)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(steer_libs); i++) {
		const struct steer_lib *lib = &steer_libs[i];
		int err = 0;

		if (!steer_has(lib))
			continue;
		for (j = 0; j < ARRAY_SIZE(steer_tables) && err == 0; j++)
			err = steer_table(lib, steer_tables[j], dns);
		if (err)
			return log_errno(err,
					 "StrictDNS: the kernel refuses "
					 "the rules of IPv%u that steer "
					 "look-ups inside (%s): are its tables "
					 "nat and filter loaded or loadable?",
					 lib->family, lib->strerror(-err));
	}
	return 0;
}

/* Where the rules of our chain that name a server stand, in their order. */
static bool steer_names(const struct steer_lib *lib, struct xtc_handle *h,
			const struct steer_dns *dns)
{
	const struct ipt_entry *v4 = NULL;
	const struct ip6t_entry *v6 = NULL;
	size_t i;

	if (lib->family == 4)
		v4 = iptc_first_rule(STEER_CHAIN, h);
	else
		v6 = ip6tc_first_rule(STEER_CHAIN, h);
	for (i = 0; i < dns->n; i++) {
		const struct addr *a = &dns->servers[i];

		if (a->family != lib->family)
			continue;
		if (v4 && memcmp(&v4->ip.dst, a->bytes, 4) == 0)
			v4 = iptc_next_rule(v4, h);
		else if (v6 && memcmp(&v6->ipv6.dst, a->bytes, 16) == 0)
			v6 = ip6tc_next_rule(v6, h);
		else
			return false;
	}
	/* At least one more, unless no server is of this family. */
	return v4 || v6;
}

/* Jumps of OUTPUT to our chain. */
static int steer_hooks(const struct steer_lib *lib, struct xtc_handle *h)
{
	const struct ipt_entry *v4;
	const struct ip6t_entry *v6;
	int n = 0;

	if (lib->family == 4) {
		for (v4 = iptc_first_rule("OUTPUT", h); v4;
		     v4 = iptc_next_rule(v4, h))
			n += strcmp(iptc_get_target(v4, h), STEER_CHAIN) == 0;
	} else {
		for (v6 = ip6tc_first_rule("OUTPUT", h); v6;
		     v6 = ip6tc_next_rule(v6, h))
			n += strcmp(ip6tc_get_target(v6, h), STEER_CHAIN) == 0;
	}
	return n;
}

static int steer_table_holds(const struct steer_lib *lib, const char *table,
			     const struct steer_dns *dns)
{
	struct xtc_handle *h = lib->init(table);
	bool holds;

	if (!h)
		return errno ? -errno : -ENOENT;
	holds = lib->is_chain(STEER_CHAIN, h) && steer_hooks(lib, h) == 2 &&
		steer_names(lib, h, dns);
	lib->free(h);
	return holds;
}

int iptc_steers(const struct steer_dns *dns)
{
	size_t i, j;
	int r = 1;

	for (i = 0; i < ARRAY_SIZE(steer_libs); i++) {
		if (!steer_has(&steer_libs[i]))
			continue;
		for (j = 0; j < ARRAY_SIZE(steer_tables) && r == 1; j++)
			r = steer_table_holds(&steer_libs[i], steer_tables[j],
					      dns);
	}
	return r;
}
