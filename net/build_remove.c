/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_remove.c - whose a network is, and taking away what is left of it
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/ns.h"
#include "net/bin.h"
#include "net/build.h"
#include "net/dns.h"
#include "net/hook.h"
#include "net/link_kind.h"
#include "net/outer.h"
#include "net/pool.h"
#include "net/route6_steer.h"
#include "net/route_byway.h"
#include "net/track.h"
#include "net/unit.h"
#include "net/uplink.h"
#include "net/uplink6.h"
#include "net/views.h"
#include "net/vpn_start.h"

/* For kernels that do not number namespaces: our device, with its name. */
static int remove_by_link(const struct record *r)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct link l;
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = link_find(sk, r->outside, 0, &l);
	if (err)
		return err == -ENODEV ? 0 : err;
	return l.ours && strcmp(l.alias, r->name) == 0;
}

int build_is_ours(const struct record *r, int ns)
{
	uint64_t cookie;
	int err = ns_cookie_of(ns, &cookie);

	if (err == -EOPNOTSUPP)
		return remove_by_link(r);
	return err ? err : cookie == r->cookie;
}

/* Nothing else removes it before the namespace of its Parent goes. */
static int remove_device(struct nl_sock *sk, const struct record *r)
{
	struct link l;
	int err = r->outside[0] ? link_find(sk, r->outside, 0, &l) : -ENODEV;

	if (err)
		return err == -ENODEV ? 0 : err;
	if (!l.ours || (l.alias[0] && strcmp(l.alias, r->name) != 0))
		return 0;
	err = link_delete(sk, l.index);
	return err == -ENODEV ? 0 : err;
}

/* Of IPv6 the whole network is its own. */
static int remove_connections(const struct host *h, const struct record *r)
{
	const struct addr_net nets[] = { r->net6, { r->peer, 32 } };
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(nets) && err == 0; i++) {
		if (nets[i].addr.family)
			err = h->parent[0] ? track_forget_here(&nets[i]) :
					     track_forget(&nets[i]);
	}
	return err;
}

/* What is outside, where the thread stands. */
static int remove_outside(const struct host *h, const struct record *r)
{
	const struct fw_backend *fw = fw_find(r->firewall);
	const struct link_kind *kind = link_kind(r->link);
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct uplink_user user = { .h = h, .fw = fw, .name = r->name };
	int err = nl_open(NETLINK_ROUTE, &sk);

	user.sk = sk;
	if (err)
		return log_errno(err, "cannot open a netlink socket");
	/* Its device is inside, but for one that is on its way. */
	err = vpn_stop(h, r->name);
	/* It is back already, but where the namespace was lost. */
	if (err == 0 && kind->give_back)
		err = kind->give_back(h, r, -1);
	if (err == 0 && fw && kind->routed && r->outside[0])
		err = fw_remove(h, fw, r->name, r->outside);
	if (err == 0 && r->byway)
		err = route_byway_forget(sk, r->outside);
	if (err == 0 && r->steered)
		err = route_unsteer(sk, r->outside, &r->peer, 0);
	if (err == 0 && r->steered && r->net6.addr.family)
		err = route6_unsteer(sk, r->outside, &r->peer6, 0);
	if (err == 0 && kind->routed)
		err = uplink_leave(&user);
	if (err == 0 && kind->routed && r->net6.addr.family)
		err = uplink6_leave(h, sk, r->name);
	/* Before anybody else can get the address. */
	if (err == 0 && kind->routed)
		err = remove_connections(h, r);
	if (err == 0 && h->parent[0])
		err = remove_device(sk, r);
	return err;
}

/* The same in the namespace of its Parent; with that all of it went. */
static int remove_there(const struct host *h, const struct record *r)
{
	struct outer outer;
	int err = outer_enter(h, r->parent, r->parent_cookie, &outer);

	if (err == -ENOENT) {
		err = vpn_stop(h, r->name);
		return err ? err : outer_forget(h, r->parent,
						r->parent_cookie);
	}
	if (err)
		return err;
	err = remove_outside(&outer.host, r);
	if (err == 0)
		err = outer_unhang(&outer, r->name);
	outer_leave(&outer);
	return err;
}

int build_remove(const struct host *h, const struct record *r)
{
	const struct fw_backend *fw = fw_find(r->firewall);
	int err = bin_stop(h, r->name);

	/* Where `down' was not what took it down, it has not run. */
	if (err == 0)
		hook_down(h, r, -1);
	if (err == 0)
		err = r->parent[0] ? remove_there(h, r) : remove_outside(h, r);
	if (err == 0)
		err = views_drop(h, r->cookie, r->name);
	if (err == 0)
		err = dns_remove(h, r);
	if (err == 0 && r->cookie)
		err = outer_forget(h, r->name, r->cookie);
	if (err == 0 && r->index)
		err = pool_release(h, r->index, r->name);
	if (err == 0)
		err = record_remove(h, r->name);
	if (err == 0 && fw && !r->parent[0])
		err = fw_finish(h, fw);
	if (err)
		return log_errno(err, "cannot remove all of %s", r->name);
	unit_forget(r->name);
	return 0;
}
