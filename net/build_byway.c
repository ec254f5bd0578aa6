/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_byway.c - a device beside VPNs, behind the kill switch, for what Allow=
 * and Forward= name
 *
 * Four things hold that line, each of them without the others: the only routes
 * by the device inside, rules inside, the host's rules of routing, and those
 * of its firewall.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>

#include "lib/base/log.h"
#include "net/build_parts.h"
#include "net/route_byway.h"

bool build_has_byway(const void *ctx)
{
	return ((const struct build *)ctx)->record.byway;
}

static struct route_byway byway_of(const struct build *b)
{
	const struct record *r = &b->record;

	return (struct route_byway){
		.outside = r->outside,
		.gateway = r->net.addr,
		.inside = r->peer,
		.allows = &r->allows,
		.forwards = r->forwards,
		.n_forwards = r->n_forwards,
		.uplink = b->plan.uplink[0] ? b->steer.uplink.index : 0,
	};
}

/*
 * A new namespace has the host's settings: with forwarding, a VPN's server
 * could send through it.  What comes by the device must be able to go back by
 * it, and redirects nothing.
 */
static int byway_sysctls(void *ctx)
{
	struct build *b = ctx;
	const char *device = b->record.inside;
	int err = 0;

	/* Later networks that hang on it may need it. */
	if (b->record.state == RECORD_BUILDING)
		err = sysctl_set("ipv4", "all", "forwarding", 0);
	if (err == 0)
		err = sysctl_set("ipv4", device, "forwarding", 0);
	if (err == 0)
		err = sysctl_set("ipv4", device, "rp_filter", 1);
	if (err == 0)
		err = sysctl_set("ipv4", device, "arp_ignore", 1);
	if (err == 0)
		err = sysctl_set("ipv4", device, "accept_redirects", 0);
	if (err)
		return err;
	err = sysctl_set("ipv6", device, "disable_ipv6", 1);
	/* A kernel without IPv6. */
	return err == -ENOENT ? 0 : err;
}

/* The address is the device's alone, so that it has no route of its own. */
int build_byway_inside(void *ctx)
{
	struct build *b = ctx;
	struct route_byway way = byway_of(b);
	const struct addr_net own = { .addr = b->record.peer, .prefix = 32 };
	struct link l = { .index = 0 };
	int err = link_find(b->in, b->record.inside, 0, &l);

	if (err == 0)
		err = build_inside(b->h, b->ns, byway_sysctls, b);
	if (err == 0)
		err = route_add_addr(b->in, l.index, &own);
	if (err == 0 && !l.up)
		err = link_start(b->in, l.index, NULL);
	way.link = l.index;
	if (err == 0)
		err = route_byway_inside(b->in, &way);
	if (err)
		return log_errno(err, "cannot set up the device %s inside",
				 b->record.inside);
	return 0;
}

int build_byway_outside(void *ctx)
{
	const struct build *b = ctx;
	const struct route_byway way = byway_of(b);
	int err = route_byway_outside(b->out, &way);

	if (err)
		return log_errno(err, "%s: cannot have the host route nothing "
				 "else of what comes by %s (ip rule)",
				 b->record.name, b->record.outside);
	return 0;
}

int build_unbyway_outside(void *ctx)
{
	const struct build *b = ctx;
	int err = route_byway_forget(b->out, b->record.outside);

	if (err)
		return log_errno(err, "cannot remove the routing rules of %s",
				 b->record.name);
	return 0;
}

struct byway_bar {
	const struct fw_backend *fw;
	struct fw_bar bar;
};

static int byway_bar(void *ctx)
{
	const struct byway_bar *call = ctx;

	return call->fw->bar(&call->bar);
}

int build_bar(void *ctx)
{
	struct build *b = ctx;
	struct byway_bar call = {
		.fw = b->fw,
		.bar = {
			.device = b->record.inside,
			.inside = b->record.peer,
			.gateway = b->record.net.addr,
			.allows = &b->record.allows,
		},
	};

	return build_inside(b->h, b->ns, byway_bar, &call);
}
