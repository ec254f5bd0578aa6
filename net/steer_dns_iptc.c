/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns_iptc.c - look-ups go to the network's own name servers: libiptc
 *
 * The same rules as by nf_tables, in one chain of ours in each of the tables
 * nat and filter, for IPv4 and for IPv6, in the network's own namespace.  The
 * tables there are no host's: no other program writes them but one that root
 * starts inside, so that no lock is needed.
 */
#include "net/steer_dns_iptc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "net/fw_iptc_edit.h"
#include "net/fw_iptc_rule.h"

#define STEER_CHAIN IPTC_NAMES

static const struct iptc_lib *const steer_libs[] = { &iptc_lib4, &iptc_lib6 };
static const char *const steer_tables[] = { "nat", "filter" };

/* What goes to port 53 of any address. */
static const struct allow steer_asked[] = {
	{ .kind = ALLOW_HOST, .port = STEER_DNS_PORT, .udp = true },
	{ .kind = ALLOW_HOST, .port = STEER_DNS_PORT },
};

static int steer_add(const struct iptc *t, const struct iptc_rule *rule)
{
	int r = iptc_rule_add(t, rule);

	return r < 0 ? r : 0;
}

/* In our chain: what is for @net goes on as it is. */
static int steer_pass(const struct iptc *t, const struct addr_net *net)
{
	const struct allow to = { .kind = ALLOW_NET, .net = *net };
	const struct iptc_rule rule = {
		.table = t->name,
		.chain = STEER_CHAIN,
		.allow = &to,
		.target = "RETURN",
	};

	if (net->addr.family != t->lib->family)
		return 0;
	return steer_add(t, &rule);
}

/* Packets to a server of the network: as they are. */
static int steer_add_servers(const struct iptc *t, const struct steer_dns *dns)
{
	size_t i;
	int err = 0;

	for (i = 0; i < dns->n && err == 0; i++) {
		const struct addr *a = &dns->servers[i];
		const struct addr_net net = { *a, a->family == 4 ? 32 : 128 };

		err = steer_pass(t, &net);
	}
	return err;
}

static int steer_add_elsewhere(const struct iptc *t,
			       const struct steer_dns *dns)
{
	const struct iptc_rule to = {
		.table = t->name,
		.chain = STEER_CHAIN,
		.target = "DNAT",
		.inside = steer_dns_target(dns, t->lib->family),
	};
	size_t i;
	int err = 0;

	for (i = 0; i < STEER_DNS_NEAR && err == 0; i++)
		err = steer_pass(t, &steer_dns_near[i]);
	if (err == 0 && to.inside)
		err = steer_add(t, &to);
	return err;
}

static bool steer_is_ours(const char *chain)
{
	return strcmp(chain, STEER_CHAIN) == 0;
}

/* Nothing of ours is in the table afterwards. */
static int steer_take(const struct iptc *t)
{
	int err;

	if (!t->lib->is_chain(STEER_CHAIN, t->h))
		return 0;
	err = iptc_unhook_from(t, "OUTPUT", steer_is_ours);
	if (err < 0)
		return err;
	if (!t->lib->flush(STEER_CHAIN, t->h) ||
	    !t->lib->delete(STEER_CHAIN, t->h))
		return -errno;
	return 0;
}

static int steer_give(const struct iptc *t, const struct steer_dns *dns)
{
	struct iptc_rule rule = {
		.table = t->name, .chain = STEER_CHAIN, .target = "REJECT",
	};
	bool nat = strcmp(t->name, "nat") == 0;
	size_t i;
	int err = t->lib->create(STEER_CHAIN, t->h) ? 0 : -errno;

	if (err == 0)
		err = steer_add_servers(t, dns);
	if (err == 0 && nat)
		err = steer_add_elsewhere(t, dns);
	for (i = 0; i < ARRAY_SIZE(steer_asked) && err == 0 && !nat; i++) {
		rule.allow = &steer_asked[i];
		err = steer_add(t, &rule);
	}
	rule.target = STEER_CHAIN;
	rule.chain = "OUTPUT";
	rule.place = IPTC_HEAD;
	for (i = 0; i < ARRAY_SIZE(steer_asked) && err == 0; i++) {
		rule.allow = &steer_asked[i];
		err = steer_add(t, &rule);
	}
	return err;
}

/* One table of one family; 1: there is always something to be written. */
static int steer_table(const struct iptc *t, const void *ctx)
{
	const struct steer_dns *dns = ctx;
	int err = steer_take(t);

	if (err == 0 && dns)
		err = steer_give(t, dns);
	return err ? err : 1;
}

/* A kernel without IPv6 sends none. */
static bool steer_has(const struct iptc_lib *lib)
{
	return lib->family == 4 ||
	       access("/proc/thread-self/net/if_inet6", F_OK) == 0;
}

int iptc_steer(const struct steer_dns *dns)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(steer_libs); i++) {
		const struct iptc_lib *lib = steer_libs[i];
		int err = 0;

		if (!steer_has(lib))
			continue;
		for (j = 0; j < ARRAY_SIZE(steer_tables) && err == 0; j++) {
			struct iptc t = { .lib = lib, .name = steer_tables[j] };

			err = iptc_edit(&t, steer_table, dns);
		}
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

/* How many rules of our chain come behind those of the servers. */
static size_t steer_count_rest(const struct iptc *t,
			       const struct steer_dns *dns)
{
	size_t n = steer_dns_target(dns, t->lib->family) ? 1 : 0;
	size_t i;

	if (strcmp(t->name, "nat") != 0)
		return ARRAY_SIZE(steer_asked);
	for (i = 0; i < STEER_DNS_NEAR; i++)
		n += steer_dns_near[i].addr.family == t->lib->family;
	return n;
}

/* Do the rules of our chain name the servers, in their order, and no more? */
static bool steer_names(const struct iptc *t, const struct steer_dns *dns)
{
	const void *e = t->lib->first_rule(STEER_CHAIN, t->h);
	size_t left = steer_count_rest(t, dns);
	size_t i;

	for (i = 0; i < dns->n; i++) {
		const struct addr *a = &dns->servers[i];
		struct iptc_head head;

		if (a->family != t->lib->family)
			continue;
		if (!e)
			return false;
		iptc_look(t->lib, e, &head);
		if (memcmp(head.dst, a->bytes, head.dst_len) != 0)
			return false;
		e = t->lib->next_rule(e, t->h);
	}
	for (; e && left > 0; left--)
		e = t->lib->next_rule(e, t->h);
	return !e && left == 0;
}

/* Jumps of OUTPUT to our chain. */
static int steer_hooks(const struct iptc *t)
{
	const void *e;
	int n = 0;

	for (e = t->lib->first_rule("OUTPUT", t->h); e;
	     e = t->lib->next_rule(e, t->h))
		n += strcmp(t->lib->target(e, t->h), STEER_CHAIN) == 0;
	return n;
}

static int steer_table_holds(const struct iptc_lib *lib, const char *table,
			     const struct steer_dns *dns)
{
	const struct iptc t = {
		.lib = lib, .h = lib->init(table), .name = table,
	};
	bool holds;

	if (!t.h)
		return errno ? -errno : -ENOENT;
	holds = lib->is_chain(STEER_CHAIN, t.h) && steer_hooks(&t) == 2 &&
		steer_names(&t, dns);
	lib->free(t.h);
	return holds;
}

int iptc_steers(const struct steer_dns *dns)
{
	size_t i, j;
	int r = 1;

	for (i = 0; i < ARRAY_SIZE(steer_libs); i++) {
		if (!steer_has(steer_libs[i]))
			continue;
		for (j = 0; j < ARRAY_SIZE(steer_tables) && r == 1; j++)
			r = steer_table_holds(steer_libs[i], steer_tables[j],
					      dns);
	}
	return r;
}
