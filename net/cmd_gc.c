/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_gc.c - clear what killed builders have left, and idle networks
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/session/paths.h"
#include "lib/session/usage.h"
#include "lib/sys/file.h"
#include "net/bin.h"
#include "net/build.h"
#include "net/cmd.h"
#include "net/dir.h"
#include "net/dns.h"
#include "net/hook.h"
#include "net/leftover.h"
#include "net/pool.h"
#include "net/uplink.h"
#include "net/uplink6.h"
#include "net/veth_user.h"
#include "net/views.h"
#include "net/vpn_start.h"

enum { GC_STALE_S = 60 };

/* Somebody is inside: the removal that was begun is called off. */
static int gc_restore(const struct host *h, struct record *r)
{
	int err;

	r->state = RECORD_UP;
	err = record_write(h, r);
	return err ? log_errno(err, "cannot write the record of %s", r->name) :
		     0;
}

/* A record that makes sense, and perhaps a namespace. */
static int gc_recorded(const struct host *h, struct record *r)
{
	_cleanup_close_ int ns = handle_open(h->root, r->name);
	int ours = ns < 0 ? 0 : build_is_ours(r, ns);
	int err = 0;

	if (r->rootless)
		return veth_user_gc(h, r);
	if (ns < 0 && ns != -ENOENT && ns != -EBADF)
		return host_explain(ns, handle_explain, r->name);
	if (ours < 0)
		return log_errno(ours, "cannot look into %s", r->name);
	if (ours && r->state == RECORD_UP)
		return 0;
	if (ours && usage_any(ns, NS_NET) != 0)
		return gc_restore(h, r);
	if (ours)
		err = link_kind_give_back(h, r, ns);
	if (err)
		return err;
	/* Ours, or a file whose mount was lost. */
	if (ours || ns == -EBADF)
		err = handle_remove(r->name);
	if (err)
		return log_errno(err, "cannot remove /run/netns/%s", r->name);
	return build_remove(h, r);
}

int gc_one(const struct host *h, const char *name)
{
	struct record r;
	int err = record_read(h, name, &r);

	if (err == 0)
		return gc_recorded(h, &r);
	if (err != -ENOENT && err != -EINVAL)
		return log_errno(err, "cannot read the record of %s", name);
	if (err == -EINVAL) {
		log_msg(LOG_WARNING, "the record of %s makes no sense: it is "
			"removed", name);
		r = (struct record){ 0 };
		snprintf(r.name, sizeof(r.name), "%s", name);
		hook_down(h, &r, -1);
		err = bin_stop(h, name);
		if (err == 0)
			err = dns_remove(h, &r);
		if (err)
			return err;
	}
	/* A directory without a record: killed between the two. */
	err = record_remove(h, name);
	return err ? log_errno(err, "cannot remove the record of %s", name) :
		     0;
}

static bool gc_is_idle_down(const struct host *h, const char *name)
{
	_cleanup_close_ int dir = record_dir(h, name, false);

	return dir >= 0 && faccessat(dir, NET_MARK_IDLE, F_OK, 0) == 0;
}

/* Descriptor; -ETIMEDOUT: whoever holds it looks after the network. */
static int gc_lock(const struct host *h, const char *name)
{
	char file[sizeof("net.") + NAME_SIZE];

	snprintf(file, sizeof(file), "net.%s", name);
	return file_lock(h->lock, file, 0);
}

/*
 * The end of a session waits for us, and for OnDown it need not.
 *
 * Return: is this the process that goes on, the caller's child?
 */
static bool gc_goes_on_alone(void)
{
	pid_t child = fork();

	if (child == 0)
		setsid();
	return child <= 0;
}

/* One network that nobody is working on. */
static int gc_network(const struct host *h, const char *name, bool idle_only)
{
	_cleanup_close_ int lock = -1;

	if (idle_only && !gc_is_idle_down(h, name))
		return 0;
	lock = gc_lock(h, name);
	if (lock == -ETIMEDOUT)
		return 0;
	if (lock < 0)
		return log_errno(lock, "cannot lock %s", name);
	if (idle_only && hook_is_owed(h, name) && !gc_goes_on_alone())
		return 0;
	if (gc_is_idle_down(h, name))
		return down_one(h, name, false, true);
	return idle_only ? 0 : gc_one(h, name);
}

struct gc {
	const struct host *h;
	bool idle_only;
	bool failed;
};

static int gc_each(void *ctx, const char *name)
{
	struct gc *gc = ctx;

	if (gc_network(gc->h, name, gc->idle_only))
		gc->failed = true;
	return 0;
}

struct gc_link {
	const struct host *h;
	const char *link;
};

static int gc_has_link(void *ctx, const char *name)
{
	const struct gc_link *want = ctx;
	struct record r;

	return record_read(want->h, name, &r) == 0 &&
	       strcmp(r.outside, want->link) == 0;
}

/* Members that are to go; while they are listed none can be removed. */
struct gc_members {
	const struct host *h;
	char (*list)[IF_NAMESIZE];
	size_t n;
};

/* A member whose device is gone, and that nobody is building. */
static int gc_member(void *ctx, const char *link)
{
	struct gc_members *gone = ctx;
	struct gc_link want = { .h = gone->h, .link = link };
	void *list;

	if (if_nametoindex(link) != 0 ||
	    record_each(gone->h, gc_has_link, &want) != 0)
		return 0;
	list = reallocarray(gone->list, gone->n + 1, sizeof(*gone->list));
	if (!list)
		return -ENOMEM;
	gone->list = list;
	snprintf(gone->list[gone->n++], IF_NAMESIZE, "%s", link);
	return 0;
}

static int gc_members(const struct host *h, const struct fw_backend *fw)
{
	struct gc_members gone = { .h = h };
	int err = fw->each(gc_member, &gone);
	size_t i;

	if (err)
		log_errno(err, "cannot list the members of the firewall %s",
			  fw->name);
	for (i = 0; i < gone.n; i++) {
		if (fw->remove(gone.list[i]))
			err = -EIO;
	}
	free(gone.list);
	return err;
}

static void gc_firewall(struct gc *gc)
{
	_cleanup_close_ int lock = host_lock(gc->h, "fw", "", HOST_LOCK_MS);
	const struct fw_backend *fw;
	unsigned int i;

	if (lock < 0) {
		gc->failed = true;
		return;
	}
	for (i = 0; (fw = fw_each_backend(i)); i++) {
		if (fw->probe(false) != 2)
			continue;
		if (gc_members(gc->h, fw))
			gc->failed = true;
		if (record_any(gc->h) == 0 && fw->clear(""))
			gc->failed = true;
	}
}

static int gc_file(void *ctx, const char *name)
{
	const int *dir = ctx;
	struct stat st;

	/* From the future: the clock was put right since. */
	if (fstatat(*dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) &&
	    llabs((long long)time(NULL) - st.st_mtime) > GC_STALE_S)
		(void)unlinkat(*dir, name, 0);
	return 0;
}

/* Files of logins that were answered, or given up, long ago. */
static void gc_files(struct gc *gc, int dir)
{
	if (dir_each(dir, gc_file, &dir) < 0)
		gc->failed = true;
}

/* The link of a network whose record was lost, to files that are not there. */
static int gc_link_one(void *ctx, const char *name)
{
	struct gc *gc = ctx;
	_cleanup_close_ int lock = -1;
	_cleanup_close_ int dir = -1;

	if (!name_is_valid((struct slice){ name, strlen(name) }) ||
	    dns_has_link(name) != 1)
		return 0;
	lock = gc_lock(gc->h, name);
	dir = lock < 0 ? lock : record_dir(gc->h, name, false);
	if (dir == -ENOENT && dns_forget(name))
		gc->failed = true;
	return 0;
}

static void gc_links(struct gc *gc)
{
	_cleanup_close_ int dir = open("/" PATH_NETNS_ETC, O_RDONLY |
				       O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0 && dir_each(dir, gc_link_one, gc) < 0)
		gc->failed = true;
}

static void gc_pool(struct gc *gc)
{
	_cleanup_close_ int lock = host_lock(gc->h, "pool", "", HOST_LOCK_MS);

	if (lock < 0 || pool_sweep(gc->h) < 0)
		gc->failed = true;
}

static int gc_uplinks_here(const struct host *h)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = uplink_sweep(h, sk);
	return err ? err : uplink6_sweep(h, sk);
}

static void gc_uplinks(struct gc *gc)
{
	if (gc_uplinks_here(gc->h) || outer_sweep(gc->h, gc_uplinks_here))
		gc->failed = true;
}

/* What killed builders left beside their networks. */
static void gc_rest(struct gc *gc)
{
	gc_pool(gc);
	/* Members whose devices are gone are the firewall's next. */
	if (leftover_sweep(gc->h))
		gc->failed = true;
	gc_firewall(gc);
	gc_uplinks(gc);
	if (vpn_sweep(gc->h))
		gc->failed = true;
	if (views_gc(gc->h) < 0)
		gc->failed = true;
	gc_links(gc);
	if (record_any(gc->h) == 0 && dns_sweep(gc->h))
		gc->failed = true;
	gc_files(gc, gc->h->failed);
	gc_files(gc, gc->h->request);
}

int cmd_gc(const struct host *h, const struct options *o, char **names, int n)
{
	struct gc gc = { .h = h, .idle_only = o->idle };
	int i;

	/*
	 * The end of a session starts this in the control group of that
	 * session, whose processes systemd may be about to end.  The session
	 * waits, and not for long.
	 */
	if (o->idle) {
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
	}
	for (i = 0; i < n; i++) {
		if (!name_is_valid((struct slice){ names[i],
						   strlen(names[i]) })) {
			log_errno(-EINVAL, "not a name for a network");
			gc.failed = true;
		} else if (gc_network(h, names[i], o->idle)) {
			gc.failed = true;
		}
	}
	if (n == 0 && record_each(h, gc_each, &gc) < 0)
		gc.failed = true;
	if (n == 0 && !o->idle)
		gc_rest(&gc);
	return gc.failed ? EXIT_FAILED : 0;
}
