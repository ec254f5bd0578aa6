/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link_kind_move.c - a device of the host's that is lent to a network
 *
 * The kernel deletes a device that was made by software with the namespace
 * that it is in, so it is never in one that only a process holds: the network
 * gets its name before the device, and gives the device back before the name.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/build.h"
#include "net/link_kind.h"
#include "net/moved.h"

#define MOVE_NAME "moved"		/* and a number, if the old is taken */
#define MOVE_KERNEL_NAME "dev"		/* a namespace that ended gives such */

struct above {
	int index;
	char name[IFNAMSIZ];
};

/* The kernel removes what is on top of a device that goes elsewhere. */
static int above_one(void *ctx, const struct link *l)
{
	struct above *above = ctx;

	if (l->lower == above->index && strcmp(l->kind, "veth") != 0)
		memcpy(above->name, l->name, sizeof(above->name));
	return 0;
}

static int move_refuse(const struct build *b, const char *why)
{
	return log_errno(-EINVAL, "%s: Link=move:%s: that device cannot be "
			 "moved: %s", b->record.name, b->record.device, why);
}

int link_move_look(struct build *b)
{
	struct above above = { 0 };
	const char *name = b->record.device;
	int err = link_find(b->out, name, 0, &b->device);

	if (err)
		return log_errno(err, "%s: Link=move:%s: there is no such "
				 "device", b->record.name, name);
	above.index = b->device.index;
	if (b->device.loopback || b->device.ours)
		return move_refuse(b, "it is lo, or RUNNS made it");
	if (b->device.master)
		return move_refuse(b, "it is part of a bridge or the like");
	/* By an alternative name it could not be found again. */
	if (strcmp(b->device.name, name) != 0)
		return move_refuse(b, "it has another name in truth");
	err = link_each(b->out, above_one, &above);
	if (err)
		return log_errno(err, "cannot list the devices");
	if (above.name[0])
		return log_errno(-EBUSY, "%s: Link=move:%s: the device %s is "
				 "on top of it", b->record.name, name,
				 above.name);
	return 0;
}

static int move_in(struct build *b)
{
	struct link_move move = {
		.index = b->device.index,
		.ns = b->ns,
		.name = b->record.inside,
		.mtu = b->plan.mtu,
	};
	int err = moved_note(b->h, b->record.name, b->out, &b->device);

	if (err)
		return log_errno(err, "cannot write down the addresses and "
				 "routes of %s", b->device.name);
	err = link_move(b->out, &move);
	if (err == -EINVAL)
		return move_refuse(b, "the kernel keeps devices of its kind "
				   "where they are");
	return err ? log_errno(err, "cannot move %s", b->device.name) : 0;
}

/* One that came back, and lacks its addresses, is not as it was found. */
int link_move_make(struct build *b)
{
	int err = link_move_give_back(b->h, &b->record, -1);

	if (err == 0)
		err = link_move_look(b);
	return err ? err : move_in(b);
}

/**
 * struct seek - a device that was moved
 * @inside:	the name that it was given
 * @rank:	of the best that was found: 0 is none
 */
struct seek {
	const struct moved *m;
	const char *inside;
	struct link found;
	int rank;
};

static bool is_same(const struct link *l, const struct moved *m)
{
	return strcmp(l->kind, m->kind) == 0 &&
	       memcmp(l->mac, m->mac, sizeof(m->mac)) == 0;
}

static void seek_take(struct seek *seek, const struct link *l, int rank)
{
	if (rank <= seek->rank)
		return;
	seek->rank = rank;
	seek->found = *l;
}

/* Inside there is nothing else of its kind, whatever somebody calls it. */
static int seek_inside(void *ctx, const struct link *l)
{
	struct seek *seek = ctx;

	if (l->loopback || strcmp(l->kind, seek->m->kind) != 0)
		return 0;
	if (strcmp(l->name, seek->inside) == 0 ||
	    strcmp(l->name, seek->m->name) == 0)
		seek_take(seek, l, 2);
	else if (is_same(l, seek->m))
		seek_take(seek, l, 1);
	return 0;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Others may have the same hardware address, as VLANs have. */
static int seek_outside(void *ctx, const struct link *l)
{
	struct seek *seek = ctx;

	if (l->loopback || !is_same(l, seek->m))
		return 0;
	if (strcmp(l->name, seek->m->name) == 0)
		seek_take(seek, l, 3);
	else if (strcmp(l->name, seek->inside) == 0)
		seek_take(seek, l, 2);
	else if (begins_with(l->name, MOVE_KERNEL_NAME) ||
		 begins_with(l->name, MOVE_NAME))
		seek_take(seek, l, 1);
	return 0;
}

struct fetch {
	const struct host *h;
	struct seek *seek;
};

/* In the network's namespace: sends the device home, under its old name. */
static int fetch_inside(void *ctx)
{
	const struct fetch *f = ctx;
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct link_move home = { .ns = f->h->ns, .name = f->seek->m->name,
				  .mtu = f->seek->m->mtu };
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = link_each(sk, seek_inside, f->seek);
	if (err || !f->seek->rank)
		return err;
	home.index = f->seek->found.index;
	err = link_move(sk, &home);
	if (err == -EEXIST) {
		home.name = MOVE_NAME "%d";
		err = link_move(sk, &home);
	}
	f->seek->rank = 0;
	return err;
}

/* It is where it was, perhaps under the name that the kernel gave it. */
static int back_home(const struct host *h, const struct record *r,
		     struct seek *seek)
{
	const char *name = seek->m->name;
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = link_each(sk, seek_outside, seek);
	if (err)
		return err;
	if (!seek->rank) {
		log_msg(LOG_WARNING, "%s: the device %s is gone: it cannot be "
			"given back", r->name, name);
		return 0;
	}
	if (strcmp(seek->found.name, name) != 0)
		err = link_rename(sk, seek->found.index, name);
	if (err)
		log_errno(err, "%s: the device %s is called %s now", r->name,
			  name, seek->found.name);
	return moved_restore(h, r->name, sk, seek->found.index);
}

int link_move_give_back(const struct host *h, const struct record *r, int ns)
{
	struct moved m;
	struct seek seek = { .m = &m, .inside = r->inside };
	struct fetch fetch = { .h = h, .seek = &seek };
	int err = moved_read(h, r->name, &m);

	if (err == -ENOENT)
		return 0;
	if (err == 0 && ns >= 0)
		err = build_inside(h, ns, fetch_inside, &fetch);
	if (err == 0)
		err = back_home(h, r, &seek);
	if (err == 0)
		err = moved_forget(h, r->name);
	return err ? log_errno(err, "%s: cannot give %s back", r->name,
			       r->device) : 0;
}
