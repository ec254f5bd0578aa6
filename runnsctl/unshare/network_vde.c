/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_vde.c - the network vde: a port of a virtual Ethernet
 *
 * Who is on it gives out addresses, or the user inside takes them.
 */
#include "runnsctl/unshare/network_engine.h"

enum { MTU_MIN = 1280, MTU_MAX = 65521, MTU = 1500 };

static const char *check(const struct network *n)
{
	const struct network_options *o = &n->options;

	if (!n->arg || !*n->arg)
		return "an URL expected, such as vde:vde:///run/vde.ctl";
	if (o->mtu && (o->mtu < MTU_MIN || o->mtu > MTU_MAX))
		return "--mtu is not between 1280 and 65521";
	if (o->cidr || o->outbound || o->no_ipv6 || o->no_dns ||
	    o->host_loopback)
		return "takes --mtu and --ifname only";
	return NULL;
}

static int start(struct network *n)
{
	struct words w = { .n = 0 };
	int ready[2];
	int err = network_ready(ready);

	if (err)
		return err;
	words_rootless(&w, n, ready[1]);
	words_add(&w, "--mtu=%u", n->options.mtu ? n->options.mtu : MTU);
	return network_engine(n, &w, ready, NULL);
}

const struct net_kind net_vde = {
	.name = "vde",
	.arg = "URL",
	.check = check,
	.start = start,
};
