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
#include <string.h>

#include "lib/base/log.h"
#include "net/build.h"
#include "net/build_parts.h"
#include "net/link.h"
#include "net/pool.h"

enum { MEND_MTU = 1500 };	/* what the kernel gives a veth */

/* The devices, unless they are there. */
static int mend_pair(void *ctx)
{
	struct build *b = ctx;
	struct link l;
	int err = link_find(b->out, b->record.outside, 0, &l);

	if (err == -ENODEV)
		return build_pair(b);
	if (err)
		return log_errno(err, "cannot look for device %s",
				 b->record.outside);
	if (!l.ours || (l.alias[0] && strcmp(l.alias, b->record.name) != 0))
		return log_errno(-EEXIST, "%s: the device %s is not ours any "
				 "more: somebody else has made it; rename it, "
				 "or take the network down", b->record.name,
				 b->record.outside);
	b->link = l.index;
	return 0;
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

static const struct step mend_steps[] = {
	{ "write its files", build_files, NULL },
	{ "tell the firewall", build_firewall, NULL },
	{ "look for the devices", mend_pair, NULL },
	{ "set up the inside", build_inner, NULL },
	{ "steer look-ups", build_names, NULL },
	{ "set up the outside", build_outside, NULL },
	{ "open the way out", build_way_out, NULL },
	{ "bring the devices up", build_start, NULL },
	{ "write its record", mend_record, NULL },
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

	if (b->plan.has_address)
		return want->prefix != now->prefix ||
		       memcmp(want->addr.bytes, now->addr.bytes, 4) != 0;
	return now->prefix != p->pool_prefix ||
	       !addr_in_net(&now->addr, &p->pool);
}

static bool mend_names_differ(const struct build *b)
{
	const char *outside = b->plan.interface_in;
	bool named = strncmp(b->record.outside, POOL_LINK_PREFIX,
			     sizeof(POOL_LINK_PREFIX) - 1) != 0;

	return strcmp(b->plan.interface, b->record.inside) != 0 ||
	       (*outside ? strcmp(outside, b->record.outside) != 0 : named);
}

static bool mend_mtu_differs(const struct build *b)
{
	uint32_t want = b->plan.mtu ? b->plan.mtu : MEND_MTU;
	struct link l;

	return link_find(b->out, b->record.outside, 0, &l) == 0 &&
	       l.mtu != want;
}

static bool mend_firewall_differs(const struct build *b)
{
	enum profile_firewall want = b->conf->profiles.firewall;

	return (want == FIREWALL_NFT && strcmp(b->fw->name, "nft") != 0) ||
	       (want == FIREWALL_IPTABLES &&
		strcmp(b->fw->name, "iptables") != 0);
}

/* What cannot be changed in a network that stands. */
static void mend_warn_differs(const struct build *b)
{
	const struct {
		const char *key;
		bool differs;
	} keys[] = {
		{ "address", mend_address_differs(b) },
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

	if (fw)
		b->fw = fw;
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
