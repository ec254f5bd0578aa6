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
#include "net/link.h"
#include "net/uplink.h"

int build_files(void *ctx)
{
	struct build *b = ctx;

	return dns_write(b->h, &b->plan, &b->record);
}

int build_unfiles(void *ctx)
{
	struct build *b = ctx;

	return dns_remove(b->h, &b->record);
}

int build_firewall(void *ctx)
{
	struct build *b = ctx;
	struct fw_member m = {
		.name = b->plan.name,
		.link = b->record.outside,
		.nat = b->plan.nat,
		.isolate = b->plan.isolate,
	};

	return fw_add(b->h, b->fw, &m);
}

int build_unfirewall(void *ctx)
{
	struct build *b = ctx;

	return fw_remove(b->h, b->fw, b->record.name, b->record.outside);
}

int build_pair(void *ctx)
{
	struct build *b = ctx;
	struct link_pair pair = {
		.outside = b->record.outside,
		.inside = b->record.inside,
		.ns = b->ns,
		.index = b->record.index,
		.mtu = b->plan.mtu,
	};
	struct link l;
	int err = link_make_pair(b->out, &pair);

	b->name_taken = err == -EEXIST;
	if (err == -EEXIST && !b->plan.interface_in[0])
		return err;
	if (err == -EOPNOTSUPP)
		return log_errno(err, "cannot make %s: the kernel has no veth "
				 "devices (CONFIG_VETH)", pair.outside);
	if (err == 0)
		err = link_find(b->out, pair.outside, 0, &l);
	if (err)
		return log_errno(err, "cannot make the devices %s and %s",
				 pair.outside, pair.inside);
	b->link = l.index;
	return 0;
}

int build_outside(void *ctx)
{
	static const struct {
		const char *family;
		const char *key;
		int value;
	} settings[] = {
		{ "ipv6", "disable_ipv6", 1 },
		{ "ipv4", "rp_filter", 1 },
		{ "ipv4", "forwarding", 1 },
	};
	struct build *b = ctx;
	const char *name = b->record.outside;
	int err = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings) && err == 0; i++) {
		err = sysctl_set(settings[i].family, name, settings[i].key,
				 settings[i].value);
		/* A kernel without IPv6. */
		if (err == -ENOENT && i == 0)
			err = 0;
	}
	if (err == 0)
		err = route_add_addr(b->out, b->link, &b->record.net);
	if (err)
		return log_errno(err, "cannot set up the device %s", name);
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
	};
	err = uplink_use(&user, b->plan.uplink, &b->steer.uplink);
	if (err)
		return err;
	if (b->plan.uplink[0])
		err = route_steer(b->out, &b->steer);
	if (err)
		return log_errno(err, "%s: cannot have its packets leave by %s",
				 b->record.name, b->plan.uplink);
	/* One that stands may have left by another device. */
	return user.stands ? uplink_move(&user, &b->steer) : 0;
}

int build_unway_out(void *ctx)
{
	struct build *b = ctx;
	struct uplink_user user = {
		.h = b->h, .sk = b->out, .fw = b->fw, .name = b->record.name,
	};
	int err = 0;

	if (b->record.steered)
		err = route_unsteer(b->out, b->record.outside,
				    &b->record.peer, 0);
	if (err)
		return log_errno(err, "cannot remove the routing rules of %s",
				 b->record.name);
	return uplink_leave(&user);
}

int build_start(void *ctx)
{
	struct build *b = ctx;
	int err = link_start(b->out, b->link, b->record.name);

	if (err == 0 && b->plan.uplink[0])
		err = route_steer_back(b->out, &b->steer);
	if (err)
		return log_errno(err, "cannot bring %s up", b->record.outside);
	return 0;
}

int build_inner(void *ctx)
{
	struct build *b = ctx;
	struct addr_net net = {
		.addr = b->record.peer, .prefix = b->record.net.prefix,
	};
	struct link l;
	int err = link_find(b->in, b->record.inside, 0, &l);

	if (err == 0)
		err = route_add_addr(b->in, l.index, &net);
	if (err == 0 && !l.up)
		err = link_start(b->in, l.index, NULL);
	if (err == 0)
		err = route_add_default(b->in, l.index, &b->record.net.addr);
	if (err)
		return log_errno(err, "cannot set up the device %s inside",
				 b->record.inside);
	return 0;
}
