/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.h - what holds of every tunnel, whatever a server has pushed
 */
#ifndef RUNNS_FUZZ_TUNNEL_H
#define RUNNS_FUZZ_TUNNEL_H

#include <stdlib.h>

#include "lib/policy/tunnel.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_be_net(const struct addr_net *net)
{
	must(net->addr.family == 4 || net->addr.family == 6);
	must(net->prefix <= (net->addr.family == 4 ? 32 : 128));
}

static void must_be_domain(const char *name)
{
	must(memchr(name, '\0', TUNNEL_DOMAIN_SIZE) && *name);
	for (; *name; name++)
		must(strchr("abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", *name));
}

static void must_be_tunnel(const struct tunnel *t)
{
	uint32_t i;

	must(t->n_addrs > 0 && t->n_addrs <= TUNNEL_ADDRS_MAX);
	must(t->n_routes <= TUNNEL_ROUTES_MAX);
	must(t->n_dns <= TUNNEL_DNS_MAX);
	must(t->n_search <= TUNNEL_SEARCH_MAX);
	must(t->mtu == 0 || t->mtu >= TUNNEL_MTU_MIN);
	for (i = 0; i < t->n_addrs; i++) {
		must_be_net(&t->addrs[i]);
		must(t->addrs[i].addr.family != 4 ||
		     t->addrs[i].addr.bytes[0] != 127);
	}
	for (i = 0; i < t->n_routes; i++) {
		must_be_net(&t->routes[i]);
		must(!addr_has_host_bits(&t->routes[i]));
	}
	for (i = 0; i < t->n_search; i++)
		must_be_domain(t->search[i]);
}

#endif
