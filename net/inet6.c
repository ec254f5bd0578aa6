/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inet6.c - IPv6 of one network: addresses, neighbours, the route inside
 */
#include "net/inet6.h"

#include <errno.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/link.h"
#include "net/pool6.h"
#include "net/route6.h"

/* Can packets be forwarded on devices of ours and no others, if need be? */
static int inet6_forwards(const struct build *b)
{
	const char *name = b->record.name;
	int all = sysctl_get("ipv6", "all", "forwarding");

	if (all == -ENOENT)
		return log_errno(-EAFNOSUPPORT, "%s: Address6=: the kernel has "
				 "no IPv6 (is ipv6.disable=1 on its command "
				 "line?)", name);
	if (all == 0 && b->kind->routed)
		all = sysctl_get("ipv6", "default", "force_forwarding");
	if (all == -ENOENT)
		return log_errno(-EOPNOTSUPP, "%s: Address6=: this kernel "
				 "forwards IPv6 on all devices or on none "
				 "(before 6.17): set net.ipv6.conf.all."
				 "forwarding=1, and accept_ra=2 on uplinks "
				 "that learn their routes from routers", name);
	return all < 0 ? log_errno(all, "cannot read /proc/sys/net/ipv6") : 0;
}

int inet6_claim(struct build *b)
{
	struct record *r = &b->record;
	const char *name = r->name;
	int err = inet6_forwards(b);
	int free;

	if (err)
		return err;
	if (!b->kind->routed) {
		/* The inside's own, as for IPv4. */
		r->net6 = b->plan.address6;
		r->peer6 = r->net6.addr;
		return 0;
	}
	if (b->plan.address6_auto)
		return 0;
	free = pool6_net_is_free(b->out, &b->plan.address6);
	if (free < 0)
		return log_errno(free, "cannot ask for the host's IPv6 routes");
	if (free == 0)
		return log_errno(-EADDRINUSE, "%s: Address6=: another route of "
				 "the host leads into that network: choose "
				 "another address", name);
	r->net6 = b->plan.address6;
	pool6_peer(&r->net6, &r->peer6);
	return 0;
}

/* No router is believed, no address made up, then IPv6 is let in. */
static int inet6_device(const char *device)
{
	static const struct {
		const char *key;
		int value;
	} settings[] = {
		{ "accept_ra", 0 },	   { "autoconf", 0 },
		{ "accept_redirects", 0 }, { "addr_gen_mode", 1 },
		{ "disable_ipv6", 0 },
	};
	int err = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings) && err == 0; i++)
		err = sysctl_set("ipv6", device, settings[i].key,
				 settings[i].value);
	return err;
}

int inet6_outside(struct build *b)
{
	const char *device = b->record.outside;
	int err = sysctl_get("ipv6", "all", "forwarding") == 1 ? 0 :
		sysctl_set("ipv6", device, "force_forwarding", 1);

	if (err == 0)
		err = inet6_device(device);
	if (err == 0)
		err = route6_add_lone_addr(b->out, b->link, &b->record.net6);
	if (err)
		return log_errno(err, "cannot set up IPv6 of the device %s",
				 device);
	return 0;
}

static int inet6_device_inside(void *ctx)
{
	const struct build *b = ctx;

	return inet6_device(b->record.inside);
}

/* The other end of the pair. */
static int inet6_know_host(struct build *b, int index)
{
	struct link out;
	int err = link_find(b->out, b->record.outside, 0, &out);

	return err ? err : route6_add_neighbour(b->in, index,
						&b->record.net6.addr, out.mac);
}

int inet6_inside(struct build *b)
{
	struct addr_net net = {
		.addr = b->record.peer6, .prefix = b->record.net6.prefix,
	};
	const struct addr *gateway = b->kind->routed ? &b->record.net6.addr :
						       &b->plan.gateway6;
	struct link in;
	int err = build_inside(b->h, b->ns, inet6_device_inside, b);

	if (err == 0)
		err = link_find(b->in, b->record.inside, 0, &in);
	if (err == 0)
		err = route6_add_addr(b->in, in.index, &net);
	if (err == 0 && b->kind->routed)
		err = inet6_know_host(b, in.index);
	if (err == 0 && gateway->family)
		err = route6_add_default(b->in, in.index, gateway);
	if (err)
		return log_errno(err, "cannot set up IPv6 of the device %s "
				 "inside", b->record.inside);
	return 0;
}

int inet6_start(struct build *b)
{
	struct link in;
	int err = link_find(b->in, b->record.inside, 0, &in);

	if (err == 0)
		err = route6_add_neighbour(b->out, b->link, &b->record.peer6,
					   in.mac);
	if (err == 0)
		err = route6_add_net(b->out, b->link, &b->record.net6,
				     &b->record.peer6);
	if (err)
		return log_errno(err, "cannot set up IPv6 of the device %s",
				 b->record.outside);
	return 0;
}
