/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter.c - a thread goes into a namespace, and comes back
 *
 * The order matters:
 *  1. everything that is read is read first (the handle, the plan of what
 *     must be seen), while nothing has changed;
 *  2. the network namespace, since /sys can only be made inside it;
 *  3. the file system: a prepared view if it may be used, else a fresh one
 *     made from the caller's own mounts;
 *  4. the proof: right namespace, still published, every file in place.
 * A failure anywhere takes the thread back to where it was.
 */
#include "lib/session/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/session/paths.h"
#include "lib/session/view.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "lib/sys/proc.h"

/* No path leads there: it can only be reached by descriptor. */
#define CWD_UNKNOWN "(unknown)"

enum {
	VIEW_TIMEOUT_MS = 3000,	/* for making a prepared view */
	STALE_MOUNTS_MAX = 16,	/* on /run/user/UID */
};

/**
 * struct entry - an entry in progress
 * @handles:	directory in which names are looked up
 * @handle:	the network namespace to be entered; -1 for a new one
 * @host_mnt:	the host's mount namespace
 * @in_host:	the thread stands in the host's mount namespace ...
 * @in_view:	... or in a prepared view of ours
 * @host_peer:	peer group of the host's root mount, 0 if it is not shared
 * @cwd:	path of the working directory, "" if it is the root
 */
struct entry {
	const struct enter_request *request;
	struct origin *origin;
	int handles;
	int handle;
	int host_mnt;
	bool in_host;
	bool in_view;
	uint64_t host_peer;
	struct view_plan plan;
	uint64_t cookie;
	char cwd[PATH_MAX];
};

/* 1. Reading. */

static int where_stands(struct entry *e)
{
	struct mnt_groups groups;
	uint64_t cookie;
	int r;

	e->host_mnt = ns_open_host(NS_MNT);
	if (e->host_mnt < 0)
		return log_errno(e->host_mnt,
				 "cannot see the host's mount namespace");
	r = ns_same(e->host_mnt, e->origin->mnt.fd);
	if (r < 0)
		return r;
	e->in_host = r;
	if (mnt_groups(e->request->host, e->in_host ? -1 : e->host_mnt,
		       &groups) == 0)
		e->host_peer = groups.peer;
	if (e->in_host || ns_cookie(&cookie) < 0)
		return 0;
	r = view_is_ours(e->request->host, cookie, e->origin->mnt.fd);
	e->in_view = r > 0;
	return r < 0 ? log_errno(r, "cannot read /" PATH_RUN_VIEWS) : 0;
}

static void cwd_note(struct entry *e)
{
	const struct origin *o = e->origin;

	if ((o->cwd.dev != o->root.dev || o->cwd.ino != o->root.ino) &&
	    syscall(SYS_getcwd, e->cwd, sizeof(e->cwd)) < 0)
		memcpy(e->cwd, CWD_UNKNOWN, sizeof(CWD_UNKNOWN));
}

static int handle_find(struct entry *e)
{
	e->handles = handle_dir(e->request->host);
	e->handle = e->handles < 0 ? e->handles :
		    ns_open(e->handles, e->request->name, NS_NET);
	if (e->handle < 0 && e->handle != -ENOENT)
		log_msg(LOG_ERR, "namespace %s: %s", e->request->name,
			handle_explain(e->handle));
	return e->handle < 0 ? e->handle : 0;
}

static int entry_read(struct entry *e)
{
	const struct enter_request *request = e->request;
	int r;

	if (request->target == ENTER_NAME) {
		r = handle_find(e);
		if (r < 0)
			return r;
		r = view_plan_load(request->host, request->name, &e->plan);
		/* Only the namespace itself may be "absent". */
		if (r < 0)
			return r == -ENOENT ? -ESTALE : r;
	} else if (request->target == ENTER_HOST) {
		e->handle = ns_open_host(NS_NET);
		if (e->handle < 0)
			return log_errno(e->handle,
				"cannot see the host's network namespace");
	}
	cwd_note(e);
	return where_stands(e);
}

/* 2. The network namespace. */

static int net_enter(struct entry *e)
{
	int r;

	if (e->request->target == ENTER_PRIVATE) {
		if (unshare(CLONE_NEWNET) < 0)
			return log_errno(-errno,
				"cannot make a network namespace");
		e->origin->moved_net = true;
		r = ns_loopback_up();
		return r < 0 ? log_errno(r, "cannot bring lo up") : 0;
	}
	r = ns_same(e->handle, e->origin->net.fd);
	if (r != 0)
		return r < 0 ? r : 0;
	r = ns_join(e->handle, NS_NET);
	if (r < 0)
		return log_errno(r, "cannot join the network namespace");
	e->origin->moved_net = true;
	return 0;
}

/* 3a. A prepared view. */

/* Is the thread's root that of its mount namespace, and not a chroot? */
static bool root_is_plain(const struct entry *e)
{
	struct mnt_place is, want;
	bool plain;

	if (mnt_place(e->origin->root.fd, "", &is) < 0)
		return false;
	if (e->in_host)
		return mnt_place(e->request->host, "", &want) == 0 &&
		       mnt_place_same(&is, &want);
	/* Joining it once more leads to its root. */
	if (origin_join_mnt(e->origin->mnt.fd) < 0)
		return false;
	plain = mnt_place(AT_FDCWD, "/", &want) == 0 &&
		mnt_place_same(&is, &want);
	e->origin->moved_mnt = true;
	return plain;
}

static int view_make(const struct entry *e)
{
	const char *const argv[] = {
		RUNNS_LIBEXECDIR "/runns-net", "view", e->request->name, NULL,
	};
	struct proc_child child = {
		.argv = argv, .host = true, .detach = true,
		.timeout_ms = VIEW_TIMEOUT_MS, .out_fd = -1,
	};
	int r = proc_run(&child);

	if (r != 0)
		log_msg(LOG_NOTICE, "no view was prepared for namespace %s "
			"(%s %d)", e->request->name,
			r < 0 ? "error" : "status", r < 0 ? -r : r);
	return r == 0 ? 0 : -EAGAIN;
}

static int view_get(const struct entry *e)
{
	int view = view_open(e->request->host, e->cookie, e->request->name);

	if (view != -ENOENT || !e->request->make_view)
		return view;
	if (view_make(e) < 0)
		return -ENOENT;
	return view_open(e->request->host, e->cookie, e->request->name);
}

/* Does what the host mounts keep arriving in the view? */
static bool view_follows_host(const struct entry *e)
{
	_cleanup_close_ int root = open("/", O_PATH | O_CLOEXEC);
	struct mnt_groups view;

	return root >= 0 && mnt_groups(root, -1, &view) == 0 &&
	       view.master == e->host_peer;
}

/*
 * The user's run-time directory is mounted by the host at his first login
 * and taken away after his last; a mount that somebody made in the view below
 * an earlier one keeps that one there.
 */
static bool run_user_is_hosts(const struct entry *e)
{
	char path[sizeof("/run/user/4294967295")];

	snprintf(path, sizeof(path), "/run/user/%u", e->request->uid);
	for (int i = 0; i < STALE_MOUNTS_MAX; i++) {
		struct mnt_place host, view;
		int host_r = mnt_place(e->request->host, path + 1, &host);
		int view_r = mnt_place(AT_FDCWD, path, &view);

		if (host_r < 0 && host_r == view_r)
			return true;
		if (host_r == 0 && view_r == 0 && host.dev == view.dev)
			return true;
		if (view_r < 0 || !view.is_mount_root || mnt_detach(path) != 1)
			return false;
	}
	return false;
}

static bool view_is_good(const struct entry *e)
{
	if (!view_follows_host(e) || !run_user_is_hosts(e))
		return false;
	if (view_verify(&e->plan) == 0)
		return true;
	/* A cover was lost, for the host replaced a file: mend it for all. */
	return e->request->make_view && view_make(e) == 0 &&
	       view_verify(&e->plan) == 0;
}

/* Return: 1 if the thread is in a good prepared view now, 0 if not, -errno. */
static int view_enter_prepared(struct entry *e)
{
	_cleanup_close_ int view = -1;
	int r;

	if ((!e->in_host && !e->in_view) || !e->host_peer ||
	    ns_cookie(&e->cookie) < 0 || !root_is_plain(e))
		return 0;
	view = view_get(e);
	if (view < 0)
		return 0;
	r = ns_same(view, e->origin->mnt.fd);
	if (r == 0) {
		r = origin_join_mnt(view);
		if (r < 0)
			return log_errno(r, "cannot join the prepared view");
		e->origin->moved_mnt = true;
	}
	if (r < 0 || view_is_good(e))
		return r < 0 ? r : 1;
	log_msg(LOG_NOTICE, "the prepared view of namespace %s does not hold: "
		"this session gets its own", e->request->name);
	return 0;
}

/* 3b. A fresh view, from the caller's own mounts. */

/* Back to the caller's own mounts, root and working directory. */
static int own_mounts(const struct entry *e)
{
	if (!e->origin->moved_mnt)
		return 0;
	if (ns_join(e->origin->mnt.fd, NS_MNT) < 0 ||
	    fchdir(e->origin->root.fd) < 0 || chroot(".") < 0 ||
	    fchdir(e->origin->cwd.fd) < 0)
		return log_errno(-errno, "cannot return to the own mounts");
	return 0;
}

/*
 * A copy of the thread's mounts that passes nothing out.  A chrooted thread
 * does not see the whole tree, so the root is left for a moment.
 *
 * Return: O_PATH descriptor of the copy's root, or -errno.
 */
static int mounts_copy(void)
{
	_cleanup_close_ int root = -1;
	_cleanup_close_ int cwd = -1;
	_cleanup_close_ int mnt = -1;
	_cleanup_close_ int base = -1;
	int r;

	if (unshare(CLONE_NEWNS) < 0)
		return -errno;
	root = open("/proc/thread-self/root", O_PATH | O_CLOEXEC);
	cwd = open("/proc/thread-self/cwd", O_PATH | O_CLOEXEC);
	if (root < 0 || cwd < 0)
		return -errno;
	mnt = ns_open_self(NS_MNT);
	r = mnt < 0 ? mnt : ns_join(mnt, NS_MNT);
	if (r == 0)
		r = mnt_slave_all();
	if (r < 0)
		return r;
	base = open("/", O_PATH | O_CLOEXEC);
	if (base < 0 || fchdir(root) < 0 || chroot(".") < 0 || fchdir(cwd) < 0)
		return -errno;
	return TAKE_FD(base);
}

static int view_enter_fresh(struct entry *e)
{
	_cleanup_close_ int base = -1;
	int r = own_mounts(e);

	if (r < 0)
		return r;
	e->origin->moved_mnt = true;
	base = mounts_copy();
	if (base < 0)
		return log_errno(base, "cannot make a mount namespace");
	r = view_apply(&e->plan, base);
	return r == -ENOENT ? -ESTALE : r;
}

static int view_enter_host(struct entry *e)
{
	int r;

	if (e->in_host)
		return 0;
	if (!e->in_view || !root_is_plain(e))
		return e->origin->moved_net ? view_enter_fresh(e) :
					      own_mounts(e);
	r = origin_join_mnt(e->host_mnt);
	if (r < 0)
		return log_errno(r, "cannot join the host's mount namespace");
	e->origin->moved_mnt = true;
	return 0;
}

/* A session inside a session with a view of its own: is all well already? */
static bool is_there_already(const struct entry *e)
{
	return !e->origin->moved_net && !e->in_host && !e->in_view &&
	       view_verify(&e->plan) == 0 && mnt_sys_is_current() == 1;
}

static int view_enter(struct entry *e)
{
	int r;

	if (e->request->target == ENTER_HOST)
		return view_enter_host(e);
	if (e->request->target == ENTER_PRIVATE)
		return view_enter_fresh(e);
	if (is_there_already(e))
		return 0;
	r = view_enter_prepared(e);
	if (r == 0)
		r = view_enter_fresh(e);
	return r < 0 ? r : 0;
}

/* 4. The proof. */

static int entry_prove(const struct entry *e)
{
	_cleanup_close_ int now = -1;

	if (e->handle < 0)
		return 0;
	now = ns_open_self(NS_NET);
	if (now < 0 || ns_same(now, e->handle) != 1)
		return log_errno(now < 0 ? now : -ESTALE,
				 "cannot prove the namespace");
	/* A namespace that is being removed takes nobody in any more. */
	if (e->request->target != ENTER_NAME ||
	    handle_is(e->handles, e->request->name, e->handle) == 1)
		return 0;
	log_msg(LOG_NOTICE, "namespace %s was removed meanwhile",
		e->request->name);
	return -EAGAIN;
}

static int entry_run(struct entry *e)
{
	int r = entry_read(e);

	if (r == 0)
		r = net_enter(e);
	if (r == 0)
		r = view_enter(e);
	if (r == 0 && e->origin->moved_mnt && *e->cwd)
		origin_cwd_again(e->origin, e->cwd);
	return r < 0 ? r : entry_prove(e);
}

int enter(const struct enter_request *request, struct origin *origin)
{
	struct entry e = {
		.request = request, .origin = origin, .handles = -1,
		.handle = -1, .host_mnt = -1,
	};
	int r = origin_save(origin);

	if (r < 0)
		return log_errno(r, "cannot note the way back");
	r = entry_run(&e);
	view_plan_free(&e.plan);
	base_close(&e.handles);
	base_close(&e.handle);
	base_close(&e.host_mnt);
	if (r < 0 && origin_return(origin) < 0)
		return -ENOTRECOVERABLE;
	return r;
}
