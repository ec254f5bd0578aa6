/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.c - one network: made, all or nothing
 *
 * The order matters:
 *  1. the record and the number are taken, so that a builder that is killed
 *     leaves a trace that the next one finds;
 *  2. the files, so that whoever enters finds them;
 *  3. the namespace, held by a descriptor of ours alone;
 *  4. the firewall, before there is anything to be let out;
 *  5. both devices at once, each where it belongs;
 *  6. addresses and routes, then the devices are brought up: changing one
 *     that is up costs milliseconds;
 *  7. OnUp, when all is there that it is told of;
 *  8. the name, last: who can enter finds everything complete;
 *  9. but a device that is only lent comes after the name, which keeps the
 *     namespace: with a namespace that nothing keeps the kernel would remove
 *     it.  Who enters before finds the loopback.
 */
#include "net/build.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "net/build_parts.h"
#include "net/dns.h"
#include "net/hook.h"
#include "net/inet6.h"
#include "net/link.h"
#include "net/pool.h"

enum {
	BUILD_TRIES = 8,	/* names of devices that appear just then */
	BUILD_DYING_MS = 500,	/* a device of ours may take to go */
};

static int build_return(const struct host *h)
{
	int err = ns_join(h->ns, NS_NET);

	if (err) {
		log_errno(err, "cannot go back to the host's network "
			  "namespace");
		_exit(1);
	}
	return 0;
}

int build_inside(const struct host *h, int ns, int (*fn)(void *ctx), void *ctx)
{
	int err = ns_join(ns, NS_NET);
	int r;

	if (err)
		return err;
	r = fn(ctx);
	build_return(h);
	return r;
}

int build_begin(struct build *b, bool stands)
{
	int err = nl_open(NETLINK_ROUTE, &b->out);

	b->ns = -1;
	b->from = 1;
	b->kind = link_kind(stands ? b->record.link : b->plan.link);
	if (err)
		return log_errno(err, "cannot open a netlink socket");
	/* What neither is routed nor steered has no rules anywhere. */
	return b->kind->routed || b->plan.strict_dns ?
		       fw_choose(b->conf->profiles.firewall, &b->fw) : 0;
}

void build_end(struct build *b)
{
	nl_close(b->in);
	nl_close(b->out);
	base_close(&b->ns);
	b->in = b->out = NULL;
	b->ns = -1;
}

/* A device that a network of this name had may still be dying. */
static int build_await_name(struct build *b)
{
	long long deadline = file_now_ms() + BUILD_DYING_MS;
	struct link l;
	int err;

	while ((err = link_find(b->out, b->plan.interface_in, 0, &l)) == 0 &&
	       l.ours && file_now_ms() < deadline &&
	       (!l.alias[0] || strcmp(l.alias, b->plan.name) == 0))
		usleep(5000);
	/* Something is left in the namespace that it was of, and keeps it. */
	if (err == 0 && l.ours && strcmp(l.alias, b->plan.name) == 0) {
		err = link_delete(b->out, l.index);
		if (err == 0)
			return 0;
	}
	if (err == -ENODEV)
		return 0;
	if (err)
		return log_errno(err, "cannot look for device %s",
				 b->plan.interface_in);
	return log_errno(-EEXIST, "%s: InterfaceIn=%s: the host has a device "
			 "of that name, which is not this network's: choose "
			 "another name", b->plan.name, b->plan.interface_in);
}

static int build_fix_address(struct build *b)
{
	struct record *r = &b->record;
	int free;

	r->net = b->plan.address;
	if (r->net.addr.family != 4 || pool_peer(&r->net, &r->peer) < 0)
		return log_errno(-EINVAL, "%s: Address= leaves no IPv4 address "
				 "for the inside", r->name);
	free = pool_net_is_free(b->out, &r->net);
	if (free < 0)
		return log_errno(free, "cannot ask for the host's routes");
	if (free == 0)
		return log_errno(-EADDRINUSE, "%s: Address=: another route of "
				 "the host leads into that network: choose "
				 "another address", r->name);
	return 0;
}

/* The inside's own, where the host's end has none. */
static int build_take_address(struct build *b)
{
	b->record.net = b->plan.address;
	b->record.peer = b->plan.address.addr;
	return 0;
}

static int build_claim(void *ctx)
{
	struct build *b = ctx;
	struct record *r = &b->record;
	const struct profile_conf *p = &b->conf->profiles;
	struct pool_want want = {
		.pool = p->pool,
		.prefix = p->pool_prefix,
		.address = b->kind->routed && !b->plan.has_address,
		.pool6 = p->pool6,
		.prefix6 = p->pool6_prefix,
		.address6 = b->plan.address6_auto,
		.from = b->from,
	};
	int err = b->kind->look ? b->kind->look(b) : 0;

	if (err == 0)
		err = build_allows(b);
	if (err == 0 && b->plan.interface_in[0])
		err = build_await_name(b);
	if (err == 0 && (want.address6 || b->plan.address6.addr.family))
		err = inet6_claim(b);
	if (err == 0 && b->plan.has_address)
		err = b->kind->routed ? build_fix_address(b) :
					build_take_address(b);
	if (err)
		return err;
	snprintf(r->outside, sizeof(r->outside), "%s", b->plan.interface_in);
	if (want.address || want.address6 ||
	    (b->kind->end && !r->outside[0]))
		return pool_claim(b->h, b->out, &want, r);
	err = record_write(b->h, r);
	if (err)
		return log_errno(err, "cannot write the record of %s", r->name);
	return 0;
}

static int build_unclaim(void *ctx)
{
	struct build *b = ctx;
	int err = 0;

	if (b->record.index)
		err = pool_release(b->h, b->record.index, b->record.name);
	if (err == 0)
		err = record_remove(b->h, b->record.name);
	if (err)
		return log_errno(err, "cannot remove the record of %s",
				 b->record.name);
	return 0;
}

/* In the new namespace. */
static int build_furnish(struct build *b)
{
	int err;

	b->ns = ns_open_self(NS_NET);
	err = b->ns < 0 ? b->ns : nl_open(NETLINK_ROUTE, &b->in);
	if (err == 0)
		err = ns_loopback_up();
	if (err == 0)
		err = sysctl_inside(&b->inherited);
	if (err == 0)
		err = ns_cookie(&b->record.cookie);
	if (err == -EOPNOTSUPP) {
		b->record.cookie = 0;
		err = 0;
	}
	return err;
}

static int build_namespace(void *ctx)
{
	struct build *b = ctx;
	int err;

	sysctl_inherit_read(&b->inherited);
	if (unshare(CLONE_NEWNET) < 0)
		return log_errno(-errno, "cannot make a network namespace "
				 "(see /proc/sys/user/max_net_namespaces)");
	err = build_furnish(b);
	build_return(b->h);
	if (err)
		return log_errno(err, "cannot set up the new namespace");
	return 0;
}

/* Without a descriptor the kernel removes the namespace, and all in it. */
static int build_unnamespace(void *ctx)
{
	struct build *b = ctx;

	nl_close(b->in);
	b->in = NULL;
	base_close(&b->ns);
	b->ns = -1;
	return 0;
}

static int build_publish_inside(void *ctx)
{
	const struct build *b = ctx;

	return handle_publish(b->record.name);
}

static int build_note(const struct build *b)
{
	int err = record_write(b->h, &b->record);

	if (err)
		return log_errno(err, "cannot write the record of %s",
				 b->record.name);
	return 0;
}

/* Complete but for a device that is lent. */
static int build_note_up(struct build *b)
{
	if (!build_borrows_link(b))
		b->record.state = RECORD_UP;
	return build_note(b);
}

static int build_publish(void *ctx)
{
	struct build *b = ctx;
	int err = handle_prepare();

	b->published = false;
	if (err)
		return log_errno(err, "cannot prepare /run/netns");
	err = build_note_up(b);
	if (err)
		return err;
	err = build_inside(b->h, b->ns, build_publish_inside, b);
	if (err == -EEXIST)
		return log_errno(err, "/run/netns/%s appeared meanwhile and is "
				 "not ours", b->record.name);
	if (err)
		return log_errno(err, "cannot publish /run/netns/%s",
				 b->record.name);
	b->published = true;
	/* Logins need not hold back any more after an earlier failure. */
	unlinkat(b->h->failed, b->record.name, 0);
	return 0;
}

static int build_unpublish(void *ctx)
{
	const struct build *b = ctx;
	int err = b->published ? handle_remove(b->record.name) : 0;

	if (err)
		return log_errno(err, "cannot remove /run/netns/%s",
				 b->record.name);
	return 0;
}

static int build_borrow(void *ctx)
{
	struct build *b = ctx;
	int err = build_link(b);

	return err ? err : build_inner(b);
}

/* Owed before it is begun, so that a builder that is killed leaves word. */
static int build_hooks(void *ctx)
{
	struct build *b = ctx;
	int err = hook_owe(b->h, &b->plan);

	return err ? err : hook_up(b->h, &b->plan, &b->record, b->ns);
}

static int build_unhooks(void *ctx)
{
	const struct build *b = ctx;

	hook_down(b->h, &b->record, b->ns);
	return 0;
}

/* With a device that is lent: now it is complete. */
static int build_complete(void *ctx)
{
	struct build *b = ctx;

	b->record.state = RECORD_UP;
	return build_note(b);
}

static bool build_has_hooks(const void *ctx)
{
	const struct profile *p = ((const struct build *)ctx)->plan.profile;

	return p && (p->on_up.len || p->on_down.len);
}

static bool build_has_hooks_early(const void *ctx)
{
	return build_has_hooks(ctx) && !build_borrows_link(ctx);
}

static bool build_has_hooks_late(const void *ctx)
{
	return build_has_hooks(ctx) && build_borrows_link(ctx);
}

static int build_give_back(void *ctx)
{
	const struct build *b = ctx;

	return b->kind->give_back(b->h, &b->record, b->ns);
}

static const struct step make_steps[] = {
	{ "take a number and addresses", build_claim, build_unclaim, NULL },
	{ "write its files", build_files, build_unfiles, NULL },
	{ "hang it on its Parent", build_hang, build_unhang, build_has_parent },
	{ "make the namespace", build_namespace, build_unnamespace, NULL },
	{ "write its name into it", build_mark, NULL, build_needs_mark },
	{ "tell the firewall", build_firewall, build_unfirewall,
	  build_is_routed },
	{ "make the devices", build_link, NULL, build_makes_link },
	{ "set up the inside", build_inner, NULL, build_makes_link },
	{ "steer look-ups", build_names, NULL, NULL },
	{ "bar other ways inside", build_bar, NULL, build_has_byway },
	{ "set up the outside", build_outside, NULL, build_has_end },
	{ "open the way out", build_way_out, build_unway_out,
	  build_is_routed },
	{ "bring the devices up", build_start, NULL, build_has_end },
	{ "run OnUp", build_hooks, build_unhooks, build_has_hooks_early },
	{ "publish the name", build_publish, build_unpublish, NULL },
	{ "move the device in", build_borrow, build_give_back,
	  build_borrows_link },
	{ "run OnUp", build_hooks, build_unhooks, build_has_hooks_late },
	{ "say that it is complete", build_complete, NULL,
	  build_borrows_link },
};

static void build_record(struct build *b)
{
	struct record *r = &b->record;
	const struct profile *p = b->plan.profile;

	*r = (struct record){
		.state = RECORD_BUILDING,
		.since = (long long)time(NULL),
		.link = b->plan.link,
		.parent_cookie = b->outer->cookie,
		.nat = b->plan.nat,
		.isolate = b->plan.isolate,
		.byway = b->plan.byway,
		.steered = b->plan.uplink[0],
		.login = b->plan.login,
		.etc_netns = !dns_has_etc_netns(b->plan.name),
	};
	snprintf(r->name, sizeof(r->name), "%s", b->plan.name);
	snprintf(r->inside, sizeof(r->inside), "%s", b->plan.interface);
	snprintf(r->device, sizeof(r->device), "%s", b->plan.device);
	snprintf(r->parent, sizeof(r->parent), "%s", b->plan.parent);
	snprintf(r->firewall, sizeof(r->firewall), "%s",
		 b->fw ? b->fw->name : "");
	if (p && p->section.len < sizeof(r->section))
		snprintf(r->section, sizeof(r->section), "%.*s",
			 SLICE_ARG(p->section));
}

int build_make(struct build *b)
{
	int tries;
	int err = -EEXIST;

	for (tries = BUILD_TRIES; tries > 0; tries--) {
		b->name_taken = false;
		build_record(b);
		err = step_run(make_steps, ARRAY_SIZE(make_steps), b,
			       &b->progress);
		/* Somebody made a device of that name just now: the next. */
		if (!b->name_taken || b->plan.interface_in[0])
			return err;
		b->from = b->record.index + 1;
	}
	return log_errno(err, "%s: device names of ours are taken again and "
			 "again by somebody else", b->plan.name);
}

void build_print_steps(const struct build *b)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(make_steps); i++) {
		if (step_is_needed(&make_steps[i], b))
			printf("%s: %s\n", b->plan.name, make_steps[i].name);
	}
}
