/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.h - what a VPN wants inside: addresses, routes, name servers
 *
 * Filled from what a server pushes, which is data of a stranger, or from a
 * file of the administrator's.  All of it is bounded, and nothing gets in that
 * could mean something else to the kernel or to a resolver.
 */
#ifndef RUNNS_TUNNEL_POLICY_H
#define RUNNS_TUNNEL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/policy/addr.h"

enum {
	TUNNEL_ADDRS_MAX = 8,
	TUNNEL_ROUTES_MAX = 512,
	TUNNEL_DNS_MAX = 3,		/* resolv.conf(5): MAXNS */
	TUNNEL_SEARCH_MAX = 6,
	TUNNEL_DOMAIN_SIZE = 254,
	TUNNEL_MTU_MIN = 576,
	TUNNEL_MTU_MIN6 = 1280,
	TUNNEL_MTU_MAX = 65535,
};

/**
 * struct tunnel - the inside of one tunnel
 * @addrs:	of the device, with the length of their network's prefix
 * @routes:	networks that lie behind it; /0 is the default route.  The
 *		address of the other end, where it has one, is a route of full
 *		length
 * @dns:	name servers
 * @search:	domains, terminated
 * @mtu:	0 leaves it to the device
 */
struct tunnel {
	struct addr_net addrs[TUNNEL_ADDRS_MAX];
	struct addr_net routes[TUNNEL_ROUTES_MAX];
	struct addr dns[TUNNEL_DNS_MAX];
	char search[TUNNEL_SEARCH_MAX][TUNNEL_DOMAIN_SIZE];
	uint32_t n_addrs;
	uint32_t n_routes;
	uint32_t n_dns;
	uint32_t n_search;
	uint32_t mtu;
};

/**
 * tunnel_add_addr() - an address of the device
 * tunnel_add_route() - a network behind it; bits behind the prefix are cleared
 * tunnel_add_dns() - a name server
 * tunnel_add_search() - a domain to search
 *
 * What is there already is not added again.
 *
 * Return: 0; -EINVAL if it is nothing that a tunnel can have (loopback,
 * multicast, 0.0.0.0, a domain with other than letters, digits, "-", "_" and
 * "."); -ENOSPC if there is no room.
 */
int tunnel_add_addr(struct tunnel *t, const struct addr_net *net) _must_check_;
int tunnel_add_route(struct tunnel *t, const struct addr_net *net)
	_must_check_;
int tunnel_add_dns(struct tunnel *t, const struct addr *server) _must_check_;
int tunnel_add_search(struct tunnel *t, struct slice domain) _must_check_;

/** tunnel_set_mtu() - 0, or -ERANGE below TUNNEL_MTU_MIN or above the largest */
int tunnel_set_mtu(struct tunnel *t, uint64_t mtu) _must_check_;

/** tunnel_has_family() - has the device an address of @family (4 or 6)? */
bool tunnel_has_family(const struct tunnel *t, uint8_t family);

/**
 * tunnel_add_defaults() - a default route for each family that it has
 *
 * Call it after the addresses were added.
 *
 * Return: 0 or -ENOSPC.
 */
int tunnel_add_defaults(struct tunnel *t) _must_check_;

/**
 * tunnel_resolv() - their name servers and domains, as resolv.conf(5) has them
 * @tunnels:	best first; what the file has no room for is left out
 */
void tunnel_resolv(struct buf *b, const struct tunnel *const tunnels[],
		   size_t n);

#endif
