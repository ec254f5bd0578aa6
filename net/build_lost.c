/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_lost.c - networks of ours whose record was deleted
 *
 * Whose a network is stands in the alias of a device: of its end on the host,
 * or where there is none of the loopback inside.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "net/build.h"
#include "net/build_parts.h"
#include "net/pool.h"

enum { LOST_LOOPBACK = 1 };	/* its index, in every namespace */

bool build_needs_mark(const void *ctx)
{
	const struct build *b = ctx;

	return !b->kind->end || b->record.parent[0];
}

int build_mark(void *ctx)
{
	struct build *b = ctx;
	int err = link_start(b->in, LOST_LOOPBACK, b->record.name);

	if (err)
		return log_errno(err, "%s: cannot write its name into it",
				 b->record.name);
	return 0;
}

/**
 * struct lost - a network that is looked for
 * @found:	the device that has its name
 * @loan:	a device inside that may be the host's; "" for none
 */
struct lost {
	const char *name;
	struct link found;
	char loan[IFNAMSIZ];
};

static int lost_outside(void *ctx, const struct link *l)
{
	struct lost *lost = ctx;

	if (l->ours && strcmp(l->alias, lost->name) == 0)
		lost->found = *l;
	return 0;
}

static int lost_inside(void *ctx, const struct link *l)
{
	struct lost *lost = ctx;

	if (l->index == LOST_LOOPBACK) {
		if (strcmp(l->alias, lost->name) == 0)
			lost->found = *l;
	} else if (!link_is_inner(l)) {
		memcpy(lost->loan, l->name, sizeof(lost->loan));
	}
	return 0;
}

static int lost_look_inside(void *ctx)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	return err ? err : link_each(sk, lost_inside, ctx);
}

/* Whichever has rules of ours at present. */
static void lost_firewall(struct record *out)
{
	unsigned int i;

	for (i = 0; fw_each_backend(i); i++) {
		if (fw_each_backend(i)->probe(false) == 2)
			snprintf(out->firewall, sizeof(out->firewall), "%s",
				 fw_each_backend(i)->name);
	}
}

static void lost_end(struct record *out, const char *device)
{
	const size_t skip = sizeof(POOL_LINK_PREFIX) - 1;
	uint64_t index = 0;

	snprintf(out->outside, sizeof(out->outside), "%s", device);
	if (strncmp(device, POOL_LINK_PREFIX, skip) == 0 &&
	    num_parse(device + skip, strlen(device) - skip, UINT32_MAX,
		      &index) == 0)
		out->index = (uint32_t)index;
	lost_firewall(out);
}

static int lost_has_end(struct lost *lost)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = link_each(sk, lost_outside, lost);
	return err ? err : lost->found.index != 0;
}

int build_find_lost(const struct host *h, const char *name, int ns,
		    struct record *out)
{
	struct lost lost = { .name = name };
	int r = lost_has_end(&lost);

	*out = (struct record){ .state = RECORD_UP, .link = LINK_NONE };
	snprintf(out->name, sizeof(out->name), "%s", name);
	if (r == 1) {
		out->link = LINK_VETH;
		lost_end(out, lost.found.name);
	}
	if (r)
		return r < 0 ? r : 0;
	r = build_inside(h, ns, lost_look_inside, &lost);
	if (r)
		return r;
	if (!lost.found.index)
		return -ENOENT;
	if (lost.loan[0])
		return log_errno(-EBUSY, "%s: its record was deleted, and the "
				 "device %s in it may be one that the host has "
				 "lent it: take it out first, with 'ip -n %s "
				 "link set %s netns 1'", name, lost.loan, name,
				 lost.loan);
	return 0;
}
