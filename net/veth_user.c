/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth_user.c - a user's own network namespace gets a device and a way out
 *
 * The other end is in the hands of somebody who may rename, move or delete it
 * at any moment, so it is spoken of by the number that the kernel tells of our
 * end, by a socket that was opened in his namespace, and what fails there is
 * his loss.  What holds for him holds on this side.
 */
#include "net/veth_user.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/sys/ns.h"
#include "net/build_parts.h"
#include "net/link.h"
#include "net/pool.h"
#include "net/veth_slot.h"

enum { VETH_LOOPBACK = 1 };	/* its index, in every namespace */

/**
 * struct veth_job - one in work
 * @slot:	which of his networks it is
 * @peer:	index of the end inside
 */
struct veth_job {
	const struct veth_user *u;
	struct build *b;
	uint32_t slot;
	int peer;
};

static int user_claim(void *ctx)
{
	struct veth_job *job = ctx;
	struct record *r = &job->b->record;
	const struct profile_conf *p = &job->u->conf->profiles;
	struct pool_want want = {
		.pool = p->pool, .prefix = p->pool_prefix,
		.address = true, .from = 1,
	};

	veth_user_device(r->outside, job->u->uid, job->slot);
	return pool_claim(job->u->h, job->b->out, &want, r);
}

static int user_unclaim(void *ctx)
{
	const struct veth_job *job = ctx;
	const struct record *r = &job->b->record;
	int err = 0;

	if (r->index)
		err = pool_release(job->u->h, r->index, r->name);
	if (err == 0)
		err = record_remove(job->u->h, r->name);
	if (err)
		return log_errno(err, "cannot remove the record of %s",
				 r->name);
	return 0;
}

int veth_user_guard(const struct host *h, const struct fw_backend *fw,
		    const struct record *r)
{
	uint8_t mac[LINK_MAC_LEN];
	struct fw_member m = {
		.name = r->name, .link = r->outside, .nat = true,
		.isolate = true, .inside = r->peer, .mac = mac,
	};

	link_inside_mac(r->index, mac);
	return fw_add(h, fw, &m);
}

static int user_firewall(void *ctx)
{
	const struct veth_job *job = ctx;

	return veth_user_guard(job->u->h, job->b->fw, &job->b->record);
}

static int user_unfirewall(void *ctx)
{
	return build_unfirewall(((struct veth_job *)ctx)->b);
}

static int user_taken(const struct veth_job *job)
{
	const struct record *r = &job->b->record;
	struct link l;

	if (link_find(job->b->out, r->outside, 0, &l) == 0)
		return log_errno(-EEXIST, "the device name %s was taken just "
				 "now by somebody else", r->outside);
	return log_errno(-EEXIST, "there is a device %s in the namespace "
			 "already", r->inside);
}

static int user_link(void *ctx)
{
	struct veth_job *job = ctx;
	struct build *b = job->b;
	struct link_pair pair = {
		.outside = b->record.outside, .inside = b->record.inside,
		.ns = job->u->ns, .index = b->record.index,
	};
	struct link l = { 0 };
	int err = link_make_pair(b->out, &pair);

	if (err == -EEXIST)
		return user_taken(job);
	if (err == 0)
		err = link_find(b->out, pair.outside, 0, &l);
	if (err == 0 && (!l.ours || !l.peer))
		err = -ENODEV;
	if (err)
		return log_errno(err, "cannot make the devices %s and %s",
				 pair.outside, pair.inside);
	b->link = l.index;
	job->peer = l.peer;
	return 0;
}

/* By its index: of that name there may be another by now. */
static int user_unlink(void *ctx)
{
	const struct veth_job *job = ctx;
	const struct build *b = job->b;
	struct link l;
	int err = b->link ? link_find(b->out, NULL, b->link, &l) :
			    link_find(b->out, b->record.outside, 0, &l);

	if (err == 0 && l.ours &&
	    (!l.alias[0] || strcmp(l.alias, b->record.name) == 0))
		err = link_delete(b->out, l.index);
	if (err && err != -ENODEV)
		return log_errno(err, "cannot remove the device %s",
				 b->record.outside);
	return 0;
}

/* No more is answered to him than he asks of that very device. */
static int user_outside(void *ctx)
{
	static const struct {
		const char *key;
		int value;
	} settings[] = {
		{ "arp_ignore", 1 },
		{ "accept_redirects", 0 },
		{ "send_redirects", 0 },
	};
	struct veth_job *job = ctx;
	const char *name = job->b->record.outside;
	int err = build_outside(job->b);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(settings) && err == 0; i++)
		err = sysctl_set("ipv4", name, settings[i].key,
				 settings[i].value);
	if (err)
		return log_errno(err, "cannot set up the device %s", name);
	return 0;
}

static int user_way_out(void *ctx)
{
	return build_way_out(((struct veth_job *)ctx)->b);
}

static int user_unway_out(void *ctx)
{
	return build_unway_out(((struct veth_job *)ctx)->b);
}

static int user_open_inner(void *ctx)
{
	struct build *b = ctx;

	return nl_open(NETLINK_ROUTE, &b->in);
}

static int user_inner(void *ctx)
{
	struct veth_job *job = ctx;
	struct build *b = job->b;
	const struct addr_net net = {
		.addr = b->record.peer, .prefix = b->record.net.prefix,
	};
	int err = build_inside(job->u->h, job->u->ns, user_open_inner, b);

	if (err == 0)
		err = link_start(b->in, VETH_LOOPBACK, NULL);
	if (err == 0)
		err = route_add_addr(b->in, job->peer, &net);
	if (err == 0)
		err = link_start(b->in, job->peer, NULL);
	if (err == 0)
		err = route_add_default(b->in, job->peer, &b->record.net.addr);
	if (err)
		return log_errno(err, "cannot set up the device %s inside",
				 b->record.inside);
	return 0;
}

/* What it is counted by is written before anything can pass. */
static int user_start(void *ctx)
{
	struct veth_job *job = ctx;
	struct build *b = job->b;
	char alias[NAME_SIZE + IFNAMSIZ];
	int err;

	snprintf(alias, sizeof(alias), "%s@%s", b->record.name,
		 job->u->uplink);
	err = link_start(b->out, b->link, alias);
	if (err == 0 && b->plan.uplink[0])
		err = route_steer_back(b->out, &b->steer);
	if (err)
		return log_errno(err, "cannot bring %s up", b->record.outside);
	b->record.state = RECORD_UP;
	err = record_write(job->u->h, &b->record);
	if (err)
		return log_errno(err, "cannot write the record of %s",
				 b->record.name);
	return 0;
}

static const struct step user_steps[] = {
	{ "take a number and addresses", user_claim, user_unclaim, NULL },
	{ "tell the firewall", user_firewall, user_unfirewall, NULL },
	{ "make the devices", user_link, user_unlink, NULL },
	{ "set up the outside", user_outside, NULL, NULL },
	{ "open the way out", user_way_out, user_unway_out, NULL },
	{ "set up the inside", user_inner, NULL, NULL },
	{ "bring the devices up", user_start, NULL, NULL },
};

static int user_plan(const struct veth_job *job)
{
	struct build *b = job->b;
	struct stat st;

	if (fstat(job->u->ns, &st) < 0)
		return log_errno(-errno, "cannot look at the namespace");
	b->h = job->u->h;
	b->conf = job->u->conf;
	b->plan = (struct plan){
		.link = LINK_VETH, .nat = true, .isolate = true,
	};
	veth_user_name(b->plan.name, job->u->uid, job->slot);
	memcpy(b->plan.uplink, job->u->uplink, sizeof(b->plan.uplink));
	b->record = (struct record){
		.state = RECORD_BUILDING, .link = LINK_VETH,
		.nat = true, .isolate = true,
		.steered = b->plan.uplink[0],
		.rootless = true, .owner = job->u->uid, .ns = st.st_ino,
	};
	memcpy(b->record.name, b->plan.name, sizeof(b->record.name));
	strcpy(b->record.inside, "eth0");
	snprintf(b->record.firewall, sizeof(b->record.firewall), "%s",
		 b->fw->name);
	return 0;
}

int veth_user_make(const struct veth_user *u, struct build *b)
{
	_cleanup_close_ int lock = veth_slot_lock(u->h, u->uid, HOST_LOCK_MS);
	struct veth_job job = { .u = u, .b = b };
	int err;

	if (lock < 0)
		return lock;
	b->h = u->h;
	b->conf = u->conf;
	b->plan.link = LINK_VETH;
	err = build_begin(b, false);
	if (err == 0)
		err = veth_slot_find(u, b->out, &job.slot);
	if (err == 0)
		err = user_plan(&job);
	if (err == 0)
		err = step_run(user_steps, ARRAY_SIZE(user_steps), &job, NULL);
	build_end(b);
	return err;
}
