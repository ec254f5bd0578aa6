/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_slirp.c - the network slirp: by our own engine
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/addr.h"
#include "runnsctl/unshare/network_engine.h"

enum { MTU_MIN = 1280, MTU_MAX = 65521, SERVER = 3 };

static const char *slirp_check(const struct network *n)
{
	const struct network_options *o = &n->options;
	struct slice cidr = { o->cidr, o->cidr ? strlen(o->cidr) : 0 };
	struct addr_net net;

	if (o->mtu && (o->mtu < MTU_MIN || o->mtu > MTU_MAX))
		return "--mtu is not between 1280 and 65521";
	if (o->cidr && (addr_parse_net(cidr, &net) < 0 ||
			net.addr.family != 4 || addr_has_host_bits(&net)))
		return "--cidr is not an IPv4 network, such as 10.0.2.0/24";
	return NULL;
}

static void add_options(struct words *w, const struct network_options *o)
{
	if (o->mtu)
		words_add(w, "--mtu=%u", o->mtu);
	if (o->cidr)
		words_add(w, "--cidr=%s", o->cidr);
	if (o->outbound)
		words_add(w, "--outbound=%s", o->outbound);
	if (o->no_ipv6)
		words_add(w, "--no-ipv6");
	if (o->no_dns)
		words_add(w, "--no-dns");
	if (o->host_loopback)
		words_add(w, "--host-loopback");
}

/* That check() has read the network before is relied on. */
static void put_resolv(struct network *n)
{
	const struct network_options *o = &n->options;
	const char *cidr = o->cidr ? o->cidr : "10.0.2.0/24";
	struct addr_net net;
	char text[ADDR_TEXT_SIZE];

	if (o->no_dns ||
	    addr_parse_net((struct slice){ cidr, strlen(cidr) }, &net) < 0)
		return;
	net.addr.bytes[3] |= SERVER;
	addr_format(&net.addr, text);
	snprintf(n->resolv, sizeof(n->resolv), "nameserver %s\n%s", text,
		 o->no_ipv6 ? "" : "nameserver fd00::3\n");
}

static int slirp_start(struct network *n)
{
	struct words w = { .n = 0 };
	int ready[2];
	int err = network_ready(ready);

	if (err)
		return err;
	words_rootless(&w, n, ready[1]);
	add_options(&w, &n->options);
	err = network_engine(n, &w, ready, NULL);
	if (err == 0)
		put_resolv(n);
	return err;
}

const struct net_kind net_slirp = {
	.name = "slirp",
	.check = slirp_check,
	.start = slirp_start,
};
