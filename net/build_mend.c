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
#include <string.h>

#include "lib/base/log.h"
#include "net/build.h"
#include "net/build_parts.h"
#include "net/link.h"

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
	int err = record_write(b->h, &b->record);

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

/* What cannot be changed in a network that stands. */
static void build_warn_differs(const struct build *b)
{
	const struct record *r = &b->record;
	const struct plan *p = &b->plan;

	if ((p->interface_in[0] && strcmp(p->interface_in, r->outside) != 0) ||
	    strcmp(p->interface, r->inside) != 0 ||
	    (p->has_address && (p->address.prefix != r->net.prefix ||
				memcmp(p->address.addr.bytes,
				       r->net.addr.bytes, 4) != 0)))
		log_msg(LOG_WARNING, "%s: runns.conf has another address or "
			"device name for it than it was built with: take it "
			"down and up again", r->name);
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
	build_warn_differs(b);
	b->record.nat = b->plan.nat;
	b->record.isolate = b->plan.isolate;
	b->record.steered |= b->plan.uplink[0] != '\0';
	b->record.login = b->record.login && b->plan.login;
	return step_run(mend_steps, ARRAY_SIZE(mend_steps), b, &b->progress);
}
