/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_parts.c - steps that make a part of a network, or mend it
 *
 * Each finds out what is there and does what is missing.
 */
#include "net/build_parts.h"

#include <errno.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/dns.h"
#include "net/inet6.h"
#include "net/route6_steer.h"
#include "net/uplink.h"
#include "net/uplink6.h"
#include "net/view_note.h"

bool build_has_link(const void *ctx)
{
	return ((const struct build *)ctx)->kind->make;
}

bool build_makes_link(const void *ctx)
{
	return build_has_link(ctx) && !build_borrows_link(ctx);
}

bool build_borrows_link(const void *ctx)
{
	return ((const struct build *)ctx)->kind->give_back;
}

bool build_has_end(const void *ctx)
{
	return ((const struct build *)ctx)->kind->end;
}

bool build_is_routed(const void *ctx)
{
	return ((const struct build *)ctx)->kind->routed;
}

/* Is the host its router for IPv6? */
static bool build_is_routed6(const struct build *b)
{
	return b->kind->routed && b->record.net6.addr.family;
}

int build_files(void *ctx)
{
	struct build *b = ctx;

	int err = dns_write(b->h, &b->plan, &b->record);

	return err ? err : view_note(b->h, &b->plan);
}

int build_unfiles(void *ctx)
{
	struct build *b = ctx;

	return dns_remove(b->h, &b->record);
}

bool build_has_parent(const void *ctx)
{
	return ((const struct build *)ctx)->record.parent[0];
}

int build_hang(void *ctx)
{
	struct build *b = ctx;

	return outer_hang(b->outer, b->record.name);
}

int build_unhang(void *ctx)
{
	const struct build *b = ctx;
	int err = outer_unhang(b->outer, b->record.name);

	if (err)
		return log_errno(err, "%s: cannot forget that it hangs on %s",
				 b->record.name, b->record.parent);
	return 0;
}

int build_firewall(void *ctx)
{
	struct build *b = ctx;
	struct fw_member m = {
		.name = b->plan.name,
		.link = b->record.outside,
		.nat = b->plan.nat,
		.isolate = b->plan.isolate,
		.inside = b->record.peer,
		.inside6 = b->record.peer6,
		.forwards = b->record.forwards,
		.n_forwards = b->record.n_forwards,
		.allows = &b->record.allows,
		.byway = b->record.byway,
	};

	return fw_add(b->h, b->fw, &m);
}

int build_unfirewall(void *ctx)
{
	struct build *b = ctx;

	return fw_remove(b->h, b->fw, b->record.name, b->record.outside);
}

int build_link(void *ctx)
{
	struct build *b = ctx;

	return b->kind->make(b);
}

int build_outside(void *ctx)
{
	static const struct {
		const char *family;
		const char *key;
		int value;
		bool routed;
	} settings[] = {
		{ "ipv6", "disable_ipv6", 1, false },
		{ "ipv4", "rp_filter", 1, true },
		{ "ipv4", "forwarding", 1, true },
	};
	struct build *b = ctx;
	const char *name = b->record.outside;
	int err = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings) && err == 0; i++) {
		if (settings[i].routed && !b->kind->routed)
			continue;
		/* With IPv6 it is inet6_outside() that sets this one. */
		if (i == 0 && build_is_routed6(b))
			continue;
		err = sysctl_set(settings[i].family, name, settings[i].key,
				 settings[i].value);
		/* A kernel without IPv6. */
		if (err == -ENOENT && i == 0)
			err = 0;
	}
	if (err == 0 && b->kind->routed)
		err = route_add_addr(b->out, b->link, &b->record.net);
	if (err)
		return log_errno(err, "cannot set up the device %s", name);
	return build_is_routed6(b) ? inet6_outside(b) : 0;
}

/* IPv6 by the same uplink as IPv4. */
static int build_way_out6(struct build *b, const struct uplink_user *user)
{
	int err = uplink6_use(user, b->steer.uplink.index, &b->steer.gateway6);

	if (err || !b->plan.uplink[0])
		return err;
	err = route6_steer(b->out, &b->steer);
	if (err)
		return log_errno(err, "%s: cannot have its IPv6 packets leave "
				 "by %s", b->record.name, b->plan.uplink);
	return 0;
}

static int build_unsteer(struct build *b)
{
	const struct record *r = &b->record;
	int err = r->steered ?
		route_unsteer(b->out, r->outside, &r->peer, 0) : 0;

	if (err == 0 && r->steered && r->net6.addr.family)
		err = route6_unsteer(b->out, r->outside, &r->peer6, 0);
	if (err)
		return log_errno(err, "cannot remove the routing rules of %s",
				 r->name);
	return 0;
}

int build_way_out(void *ctx)
{
	struct build *b = ctx;
	struct uplink_user user = {
		.h = b->h, .sk = b->out, .fw = b->fw, .name = b->record.name,
		.stands = b->record.state == RECORD_UP,
	};
	int err;

	b->steer = (struct route_steer){
		.outside = b->record.outside,
		.inside = b->record.peer,
		.net = b->record.net,
		.link = b->link,
		.inside6 = b->record.peer6,
		.net6 = b->record.net6,
	};
	err = uplink_use(&user, b->plan.uplink, &b->steer.uplink);
	if (err)
		return err;
	if (!b->plan.uplink[0])
		err = build_unsteer(b);
	else
		err = route_steer(b->out, &b->steer);
	if (err)
		return log_errno(err, "%s: cannot have its packets leave by %s",
				 b->record.name, b->plan.uplink);
	if (b->record.net6.addr.family)
		err = build_way_out6(b, &user);
	/* One that stands may have left by another device. */
	if (err == 0 && user.stands)
		err = uplink_move(&user, &b->steer);
	if (err == 0 && user.stands && b->record.net6.addr.family)
		err = uplink6_move(&user, b->steer.uplink.index);
	return err || !b->record.byway ? err : build_byway_outside(b);
}

int build_unway_out(void *ctx)
{
	struct build *b = ctx;
	struct uplink_user user = {
		.h = b->h, .sk = b->out, .fw = b->fw, .name = b->record.name,
	};
	int err = build_unsteer(b);

	if (err == 0 && b->record.byway)
		err = build_unbyway_outside(b);
	if (err == 0 && b->record.net6.addr.family)
		err = uplink6_leave(b->h, b->out, b->record.name);
	return err ? err : uplink_leave(&user);
}

int build_start(void *ctx)
{
	struct build *b = ctx;
	int err = link_start(b->out, b->link, b->record.name);

	if (err == 0 && b->plan.uplink[0])
		err = route_steer_back(b->out, &b->steer);
	if (err == 0 && b->plan.uplink[0] && b->record.net6.addr.family)
		err = route6_steer_back(b->out, &b->steer);
	if (err)
		return log_errno(err, "cannot bring %s up", b->record.outside);
	return build_is_routed6(b) ? inet6_start(b) : 0;
}

int build_inner(void *ctx)
{
	struct build *b = ctx;
	struct addr_net net = {
		.addr = b->record.peer, .prefix = b->record.net.prefix,
	};
	const struct addr *gateway = b->kind->routed ? &b->record.net.addr :
						       &b->plan.gateway;
	struct link l;
	int err;

	if (b->record.byway)
		return build_byway_inside(b);
	err = link_find(b->in, b->record.inside, 0, &l);
	if (err == 0 && net.addr.family)
		err = route_add_addr(b->in, l.index, &net);
	if (err == 0 && !l.up)
		err = link_start(b->in, l.index, NULL);
	if (err == 0 && gateway->family)
		err = route_add_default(b->in, l.index, gateway);
	if (err)
		return log_errno(err, "cannot set up the device %s inside",
				 b->record.inside);
	return b->record.net6.addr.family ? inet6_inside(b) : 0;
}
