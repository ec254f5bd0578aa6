/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_mend.c - put back what a standing network has lost
 *
 * Devices deleted by hand, a flushed firewall, addresses and routes taken
 * away, edited files: each step looks and makes good.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/build.h"
#include "net/build_parts.h"
#include "net/hook.h"
#include "net/link.h"
#include "net/pool.h"

enum { MEND_MTU = 1500 };	/* what the kernel gives a veth */

/* Is the device that was found still the network's? */
static bool mend_is_ours(const struct build *b, const struct link *l)
{
	return !b->kind->end ||
	       (l->ours && (!l->alias[0] ||
			    strcmp(l->alias, b->record.name) == 0));
}

static int mend_make(struct build *b)
{
	int err = b->kind->look ? b->kind->look(b) : 0;

	return err ? err : b->kind->make(b);
}

/* The devices, unless they are there. */
static int mend_link(void *ctx)
{
	struct build *b = ctx;
	const char *name = b->kind->end ? b->record.outside : b->record.inside;
	struct link l;
	int err = link_find(b->kind->end ? b->out : b->in, name, 0, &l);

	if (err == -ENODEV)
		return mend_make(b);
	if (err)
		return log_errno(err, "cannot look for device %s", name);
	if (!mend_is_ours(b, &l))
		return log_errno(-EEXIST, "%s: the device %s is not ours any "
				 "more: somebody else has made it; rename it, "
				 "or take the network down", b->record.name,
				 name);
	b->link = l.index;
	return b->kind->mend ? b->kind->mend(b, &l) : 0;
}

static int mend_record(void *ctx)
{
	struct build *b = ctx;
	int err;

	b->record.steered = b->plan.uplink[0];
	err = record_write(b->h, &b->record);
	if (err)
		return log_errno(err, "cannot write the record of %s",
				 b->record.name);
	return 0;
}

/* Its Parent may be another namespace by now, in which there is nothing. */
static int mend_hang(void *ctx)
{
	struct build *b = ctx;
	int err = 0;

	if (b->record.parent_cookie != b->outer->cookie) {
		b->record.parent_cookie = b->outer->cookie;
		err = record_write(b->h, &b->record);
	}
	if (err)
		return log_errno(err, "cannot write the record of %s",
				 b->record.name);
	return build_hang(b);
}

static int mend_hooks(void *ctx)
{
	const struct build *b = ctx;

	return hook_owe(b->h, &b->plan);
}

static const struct step mend_steps[] = {
	{ "hang it on its Parent", mend_hang, NULL, build_has_parent },
	{ "write its files", build_files, NULL, NULL },
	{ "write its name into it", build_mark, NULL, build_needs_mark },
	{ "look where it may go", build_allows, NULL, build_is_routed },
	{ "tell the firewall", build_firewall, NULL, build_is_routed },
	{ "look for the devices", mend_link, NULL, build_has_link },
	{ "set up the inside", build_inner, NULL, build_has_link },
	{ "steer look-ups", build_names, NULL, NULL },
	{ "bar other ways inside", build_bar, NULL, build_has_byway },
	{ "set up the outside", build_outside, NULL, build_has_end },
	{ "open the way out", build_way_out, NULL, build_is_routed },
	{ "bring the devices up", build_start, NULL, build_has_end },
	{ "note its OnDown", mend_hooks, NULL, NULL },
	{ "write its record", mend_record, NULL, NULL },
};

static int build_open_inner(void *ctx)
{
	struct build *b = ctx;

	return nl_open(NETLINK_ROUTE, &b->in);
}

static bool mend_address_differs(const struct build *b)
{
	const struct addr_net *now = &b->record.net;
	const struct addr_net *want = &b->plan.address;
	const struct profile_conf *p = &b->conf->profiles;

	if (!b->kind->routed || b->plan.has_address)
		return want->prefix != now->prefix ||
		       memcmp(want->addr.bytes, now->addr.bytes, 4) != 0;
	return now->prefix != p->pool_prefix ||
	       !addr_in_net(&now->addr, &p->pool);
}

static bool mend_address6_differs(const struct build *b)
{
	const struct addr_net *now = &b->record.net6;
	const struct profile_conf *p = &b->conf->profiles;

	if (b->plan.address6_auto)
		return now->prefix != p->pool6_prefix ||
		       !addr_in_net(&now->addr, &p->pool6);
	return memcmp(now, &b->plan.address6, sizeof(*now)) != 0;
}

static bool mend_names_differ(const struct build *b)
{
	const char *outside = b->plan.interface_in;
	bool named = strncmp(b->record.outside, POOL_LINK_PREFIX,
			     sizeof(POOL_LINK_PREFIX) - 1) != 0;

	if (strcmp(b->plan.interface, b->record.inside) != 0)
		return true;
	return b->kind->end &&
	       (*outside ? strcmp(outside, b->record.outside) != 0 : named);
}

static bool mend_mtu_differs(const struct build *b)
{
	uint32_t want = b->plan.mtu || !b->kind->routed ? b->plan.mtu :
							  MEND_MTU;
	struct link l;

	return want && link_find(b->in, b->record.inside, 0, &l) == 0 &&
	       l.mtu != want;
}

static bool mend_firewall_differs(const struct build *b)
{
	enum profile_firewall want = b->conf->profiles.firewall;

	if (!b->fw)
		return false;
	return (want == FIREWALL_NFT && strcmp(b->fw->name, "nft") != 0) ||
	       (want == FIREWALL_IPTABLES &&
		strcmp(b->fw->name, "iptables") != 0);
}

static bool mend_device_differs(const struct build *b)
{
	return strcmp(b->plan.device, b->record.device) != 0;
}

/* What cannot be changed in a network that stands. */
static void mend_warn_differs(const struct build *b)
{
	const struct {
		const char *key;
		bool differs;
	} keys[] = {
		{ "address", mend_address_differs(b) },
		{ "IPv6 address", mend_address6_differs(b) },
		{ "Parent", strcmp(b->plan.parent, b->record.parent) != 0 },
		{ "device of the host's", mend_device_differs(b) },
		{ "device name", mend_names_differ(b) },
		{ "MTU", mend_mtu_differs(b) },
		{ "firewall", mend_firewall_differs(b) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].differs)
			log_msg(LOG_WARNING, "%s: runns.conf has another %s "
				"for it than it was built with: take it down "
				"and up again", b->record.name, keys[i].key);
	}
}

int build_mend(struct build *b, int ns)
{
	const struct fw_backend *fw = fw_find(b->record.firewall);
	int err;

	if (b->plan.link != b->record.link)
		return log_errno(-EINVAL, "%s: it was built with Link=%s, and "
				 "runns.conf says %s now: take it down and up "
				 "again", b->record.name,
				 profile_link_name(b->record.link),
				 profile_link_name(b->plan.link));
	if (b->plan.byway != b->record.byway)
		return log_errno(-EINVAL, "%s: it was built %s Allow or "
				 "Forward beside a VPN: take it down and up "
				 "again", b->record.name,
				 b->record.byway ? "with" : "without");
	if (fw)
		b->fw = fw;
	else if (b->fw)
		snprintf(b->record.firewall, sizeof(b->record.firewall), "%s",
			 b->fw->name);
	b->ns = fcntl(ns, F_DUPFD_CLOEXEC, 0);
	if (b->ns < 0)
		return log_errno(-errno, "%s", b->record.name);
	err = build_inside(b->h, ns, build_open_inner, b);
	if (err)
		return log_errno(err, "cannot enter %s", b->record.name);
	mend_warn_differs(b);
	b->record.nat = b->plan.nat;
	b->record.isolate = b->plan.isolate;
	b->record.login = b->record.login && b->plan.login;
	/* Noted before there is anything to be taken away again. */
	if (b->plan.uplink[0] && !b->record.steered)
		err = mend_record(b);
	return err ? err : step_run(mend_steps, ARRAY_SIZE(mend_steps), b,
				    &b->progress);
}
