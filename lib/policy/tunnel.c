/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.c - what a VPN wants inside, as far as it makes sense
 */
#include "lib/policy/tunnel.h"

#include <errno.h>
#include <string.h>

#include "lib/policy/profile_names.h"

static uint8_t bits_of(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

/* Clears what stands behind the prefix. */
static void net_trim(struct addr_net *net)
{
	uint8_t bits = bits_of(&net->addr), i;

	for (i = net->prefix; i < bits; i++)
		net->addr.bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	memset(net->addr.bytes + bits / 8, 0,
	       sizeof(net->addr.bytes) - bits / 8);
}

static bool net_same(const struct addr_net *a, const struct addr_net *b)
{
	return a->prefix == b->prefix && a->addr.family == b->addr.family &&
	       memcmp(a->addr.bytes, b->addr.bytes, bits_of(&a->addr) / 8) == 0;
}

/* Networks that mean something else to the kernel. */
static bool net_is_special(const struct addr_net *net)
{
	static const struct addr_net special[] = {
		{ { 4, { 0 } }, 8 },		/* this network */
		{ { 4, { 127 } }, 8 },
		{ { 4, { 224 } }, 4 },		/* multicast */
		{ { 4, { 240 } }, 4 },
		{ { 6, { 0 } }, 120 },		/* ::, ::1 */
		{ { 6, { [10] = 0xff, 0xff } }, 96 },
		{ { 6, { 0xfe, 0x80 } }, 10 },
		{ { 6, { 0xff } }, 8 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(special); i++)
		if (net->addr.family == special[i].addr.family &&
		    net->prefix >= special[i].prefix &&
		    addr_net_overlap(net, &special[i]))
			return true;
	return false;
}

static bool net_is_good(const struct addr_net *net)
{
	return (net->addr.family == 4 || net->addr.family == 6) &&
	       net->prefix <= bits_of(&net->addr) && !net_is_special(net);
}

int tunnel_add_addr(struct tunnel *t, const struct addr_net *net)
{
	struct addr_net host = *net;
	uint32_t i;

	host.prefix = net->addr.family == 4 ? 32 : 128;
	if (!net_is_good(net) || !net_is_good(&host) || net->prefix == 0)
		return -EINVAL;
	for (i = 0; i < t->n_addrs; i++)
		if (net_same(&t->addrs[i], net))
			return 0;
	if (t->n_addrs == TUNNEL_ADDRS_MAX)
		return -ENOSPC;
	t->addrs[t->n_addrs++] = *net;
	return 0;
}

int tunnel_add_route(struct tunnel *t, const struct addr_net *net)
{
	struct addr_net trimmed = *net;
	uint32_t i;

	if (!net_is_good(net))
		return -EINVAL;
	net_trim(&trimmed);
	for (i = 0; i < t->n_routes; i++)
		if (net_same(&t->routes[i], &trimmed))
			return 0;
	if (t->n_routes == TUNNEL_ROUTES_MAX)
		return -ENOSPC;
	t->routes[t->n_routes++] = trimmed;
	return 0;
}

int tunnel_add_dns(struct tunnel *t, const struct addr *server)
{
	struct addr_net host = { .addr = *server };
	uint32_t i;

	host.prefix = server->family == 4 ? 32 : 128;
	if (!net_is_good(&host) || !profile_is_server(server))
		return -EINVAL;
	for (i = 0; i < t->n_dns; i++)
		if (t->dns[i].family == server->family &&
		    memcmp(t->dns[i].bytes, server->bytes,
			   bits_of(server) / 8) == 0)
			return 0;
	if (t->n_dns == TUNNEL_DNS_MAX)
		return -ENOSPC;
	t->dns[t->n_dns++] = *server;
	return 0;
}

int tunnel_add_search(struct tunnel *t, struct slice domain)
{
	uint32_t i;

	if (!domain.len || domain.len >= TUNNEL_DOMAIN_SIZE ||
	    slice_is(domain, ".") || !profile_is_domain(domain))
		return -EINVAL;
	for (i = 0; i < t->n_search; i++)
		if (slice_is(domain, t->search[i]))
			return 0;
	if (t->n_search == TUNNEL_SEARCH_MAX)
		return -ENOSPC;
	memcpy(t->search[t->n_search], domain.p, domain.len);
	t->search[t->n_search][domain.len] = '\0';
	t->n_search++;
	return 0;
}

int tunnel_set_mtu(struct tunnel *t, uint64_t mtu)
{
	if (mtu < TUNNEL_MTU_MIN || mtu > TUNNEL_MTU_MAX)
		return -ERANGE;
	t->mtu = (uint32_t)mtu;
	return 0;
}

bool tunnel_has_family(const struct tunnel *t, uint8_t family)
{
	uint32_t i;

	for (i = 0; i < t->n_addrs; i++)
		if (t->addrs[i].addr.family == family)
			return true;
	return false;
}

int tunnel_add_defaults(struct tunnel *t)
{
	static const struct addr_net all[] = {
		{ .addr = { .family = 4 } },
		{ .addr = { .family = 6 } },
	};
	int err = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all) && err == 0; i++)
		if (tunnel_has_family(t, all[i].addr.family))
			err = tunnel_add_route(t, &all[i]);
	return err;
}

static void put_servers(struct buf *b, const struct tunnel *t, uint32_t *n)
{
	char text[ADDR_TEXT_SIZE];
	uint32_t i;

	for (i = 0; i < t->n_dns && *n < TUNNEL_DNS_MAX; i++, (*n)++) {
		addr_format(&t->dns[i], text);
		buf_addf(b, "nameserver %s\n", text);
	}
}

static void put_search(struct buf *b, const struct tunnel *t, uint32_t *n)
{
	uint32_t i;

	for (i = 0; i < t->n_search && *n < TUNNEL_SEARCH_MAX; i++, (*n)++)
		buf_addf(b, "%s %s", *n ? "" : "search", t->search[i]);
}

void tunnel_resolv(struct buf *b, const struct tunnel *const tunnels[],
		   size_t n)
{
	uint32_t servers = 0, domains = 0;
	size_t i;

	for (i = 0; i < n; i++)
		put_servers(b, tunnels[i], &servers);
	for (i = 0; i < n; i++)
		put_search(b, tunnels[i], &domains);
	if (domains)
		buf_addc(b, '\n');
}
