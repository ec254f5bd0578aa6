/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link_kind.c - the ways in which a network is connected
 *
 * Here are those by a pair of devices, one end of which stays outside.
 */
#include "net/link_kind.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/sys/ns.h"
#include "net/build.h"

static int pair_make(struct build *b)
{
	struct link_pair pair = {
		.outside = b->record.outside,
		.inside = b->record.inside,
		.ns = b->ns,
		.index = b->record.index,
		.mtu = b->plan.mtu ? b->plan.mtu : b->device.mtu,
		.bridge = b->device.index,
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

static int bridge_look(struct build *b)
{
	const char *name = b->record.device;
	int err = link_find(b->out, name, 0, &b->device);

	if (err)
		return log_errno(err, "%s: Link=bridge:%s: there is no such "
				 "device", b->record.name, name);
	if (strcmp(b->device.kind, "bridge") != 0)
		return log_errno(-EINVAL, "%s: Link=bridge:%s: that device is "
				 "no bridge", b->record.name, name);
	return 0;
}

static int bridge_mend(struct build *b, const struct link *l)
{
	int err = bridge_look(b);

	if (err)
		return err;
	if (l->master != b->device.index)
		err = link_enslave(b->out, l->index, b->device.index);
	if (err)
		return log_errno(err, "cannot make %s a port of %s", l->name,
				 b->device.name);
	return 0;
}

static const struct link_kind kinds[LINK_KINDS] = {
	[LINK_VETH] = { .end = true, .routed = true, .make = pair_make },
	[LINK_NONE] = { .end = false },
	[LINK_MACVLAN] = { .look = link_below_look, .make = link_below_make },
	[LINK_IPVLAN] = { .look = link_below_look, .make = link_below_make },
	[LINK_BRIDGE] = { .end = true, .look = bridge_look, .make = pair_make,
			  .mend = bridge_mend },
	[LINK_MOVE] = { .look = link_move_look, .make = link_move_make,
			.give_back = link_move_give_back },
};

const struct link_kind *link_kind(enum profile_link link)
{
	return &kinds[link];
}

int link_kind_give_back(const struct host *h, const struct record *r, int ns)
{
	const struct link_kind *kind = link_kind(r->link);
	struct outer outer;
	int err;

	if (!kind->give_back)
		return 0;
	err = outer_enter(h, r->parent, r->parent_cookie, &outer);
	if (err == -ENOENT)
		log_msg(LOG_ERR, "%s: its Parent is gone: %s cannot be given "
			"back", r->name, r->device);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = kind->give_back(&outer.host, r, ns);
	outer_leave(&outer);
	return err;
}

struct inside {
	const char *name;
	struct link *out;
};

static int inside_find(void *ctx)
{
	const struct inside *inside = ctx;
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	return err ? err : link_find(sk, inside->name, 0, inside->out);
}

int link_kind_inside(const struct host *h, const struct record *r, int ns,
		     struct link *out)
{
	struct inside inside = {
		.name = link_kind(r->link)->make ? r->inside : "lo",
		.out = out,
	};

	return build_inside(h, ns, inside_find, &inside);
}

/* The namespace that it hangs on may be another by now. */
static int outside_at_parent(const struct host *h, const struct record *r,
			     struct link *out)
{
	_cleanup_close_ int ns = outer_open(h, r->parent);
	struct inside there = { .name = r->outside, .out = out };
	uint64_t cookie;
	int err = ns < 0 ? ns : ns_cookie_of(ns, &cookie);

	if (err == -EOPNOTSUPP) {
		cookie = 0;
		err = 0;
	}
	if (err == -ENOENT || (err == 0 && cookie != r->parent_cookie))
		return -ENODEV;
	return err ? err : build_inside(h, ns, inside_find, &there);
}

int link_kind_outside(const struct host *h, const struct record *r,
		      struct nl_sock *sk, struct link *out)
{
	return r->parent[0] ? outside_at_parent(h, r, out) :
			      link_find(sk, r->outside, 0, out);
}
