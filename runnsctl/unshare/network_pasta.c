/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_pasta.c - the network pasta: by that program
 *
 * pasta(1), with options that all its versions have.  Inside are the host's
 * addresses and routes.  Left alone it would open ports both ways, and lead
 * the gateway's address to the host's loopback.
 */
#include <stdio.h>

#include "runnsctl/unshare/network_engine.h"

/* On no network; questions sent there go to the host's name server. */
#define PASTA_SERVER "169.254.1.1"

static const char *check(const struct network *n)
{
	return n->options.cidr ? "--cidr: it has the host's addresses" : NULL;
}

static void add_options(struct words *w, const struct network_options *o)
{
	if (o->mtu)
		words_add(w, "--mtu=%u", o->mtu);
	if (o->ifname)
		words_add(w, "--ns-ifname=%s", o->ifname);
	if (o->outbound)
		words_add(w, "--outbound=%s", o->outbound);
	if (o->no_ipv6)
		words_add(w, "--ipv4-only");
	if (!o->no_dns)
		words_add(w, "--dns-forward=" PASTA_SERVER);
	if (!o->host_loopback)
		words_add(w, "--no-map-gw");
}

static int start(struct network *n)
{
	static const char *const closed[] = {
		"--tcp-ports=none", "--udp-ports=none",
		"--tcp-ns=none", "--udp-ns=none",
	};
	struct words w = { .n = 0 };
	int ready[2];
	int err = network_ready(ready);

	if (err)
		return err;
	words_add(&w, "pasta");
	words_add(&w, "--foreground");
	words_add(&w, "--quiet");
	words_add(&w, "--config-net");
	for (size_t i = 0; i < ARRAY_SIZE(closed); i++)
		words_add(&w, "%s", closed[i]);
	add_options(&w, &n->options);
	/* It writes its number when the network can be used. */
	words_add(&w, "--pid=/proc/self/fd/%d", ready[1]);
	words_add(&w, "--userns=/proc/self/fd/%d", n->userns);
	words_add(&w, "--netns=/proc/self/fd/%d", n->netns);
	err = network_engine(n, &w, ready, "passt");
	if (err == 0 && !n->options.no_dns)
		snprintf(n->resolv, sizeof(n->resolv),
			 "nameserver " PASTA_SERVER "\n");
	return err;
}

const struct net_kind net_pasta = {
	.name = "pasta",
	.check = check,
	.start = start,
};
