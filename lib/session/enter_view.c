/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter_view.c - the file system's part of an entry
 *
 * A prepared view is one setns(2), at any number of mounts; it is used only
 * while it is in every respect what a fresh one would be.  A fresh view is a
 * copy of the caller's own mounts, whatever they are.
 */
#include "lib/session/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/session/view_share.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "lib/sys/proc.h"

enum {
	VIEW_TIMEOUT_MS = 3000,	/* for making a prepared view */
	STALE_MOUNTS_MAX = 16,	/* on /run/user/UID */
};

/*
 * Only the namespace itself may be "absent" to the caller; a file that is
 * missing here is a failure like any other.
 */
static int plan_get(struct entry *e)
{
	int r;

	if (e->has_plan)
		return 0;
	r = seal_dirs(e->request->host, e->request->name, e->dirs);
	e->is_settled = r == 0 && seal_settled(e->dirs);
	if (r == 0)
		r = view_plan_load(e->request->host, e->request->name,
				   &e->plan);
	e->has_plan = r == 0;
	return r == -ENOENT ? -ESTALE : r;
}

/* A prepared view. */

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

static int view_find(struct entry *e)
{
	if (e->views < 0)
		e->views = e->runns < 0 ? e->runns :
			   view_dir(e->runns, e->cookie);
	return e->views < 0 ? e->views :
	       view_open(e->views, e->request->name);
}

static int view_get(struct entry *e)
{
	int view = view_find(e);

	/* -EBADF: a maker was killed before it had bound the view. */
	if ((view != -ENOENT && view != -EBADF) || !e->request->make_view ||
	    view_make(e) < 0)
		return view;
	if (e->runns < 0)
		e->runns = file_open_dir(e->request->host, PATH_RUN);
	return view_find(e);
}

/* Does what the host mounts keep arriving in the view? */
static bool view_follows_host(const struct entry *e)
{
	struct mnt_groups view;

	return mnt_groups(AT_FDCWD, "/", -1, &view) == 0 &&
	       view.master == e->host_peer;
}

/* Is what @dir and @path lead to the host's of that path, or absent as there? */
static bool is_hosts(const struct entry *e, const char *host_path, int dir,
		     const char *path, struct mnt_place *place)
{
	struct mnt_place host;
	int host_r = mnt_place(e->request->host, host_path, &host);
	int r = mnt_place(dir, path, place);

	return host_r == r && (r < 0 || host.dev == place->dev);
}

/*
 * Others may be doing the same: what is taken away is the mount that was
 * looked at, by descriptor, lest the one below is taken too.
 *
 * Return: 1 to look again, 0 if nothing is stale, or -errno.
 */
static int stale_detach(const struct entry *e, const char *path)
{
	_cleanup_close_ int top = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct mnt_place place = { 0 };
	int r;

	if (top < 0)
		return errno == ENOENT ? 1 : -errno;
	if (is_hosts(e, path + 1, top, "", &place))
		return 0;
	if (!place.is_mount_root)
		return -EBUSY;
	r = mnt_detach_at(top);
	return r < 0 ? r : 1;
}

/*
 * The user's run-time directory is mounted by the host at his first login
 * and taken away after his last; a mount that somebody made in the view below
 * an earlier one keeps that one there.
 */
static bool run_user_is_hosts(const struct entry *e)
{
	char path[sizeof("/run/user/4294967295")];
	struct mnt_place place;

	snprintf(path, sizeof(path), "/run/user/%u", e->request->uid);
	for (int i = 0; i < STALE_MOUNTS_MAX; i++) {
		int r;

		if (is_hosts(e, path + 1, AT_FDCWD, path, &place))
			return true;
		r = stale_detach(e, path);
		if (r <= 0)
			return r == 0;
	}
	return false;
}

static bool is_sealed(const struct entry *e)
{
	struct seal seal;

	return seal_load(e->views, e->request->host, e->request->name,
			 &seal) == 0 &&
	       seal_holds(&seal, e->request->host, e->request->name);
}

/* Is to be seen what the plan says, and nothing of an earlier one? */
static bool plan_holds(const struct entry *e)
{
	return view_verify(&e->plan) == 0 && view_has_old(&e->plan) == 0;
}

/* Return: 1, 0 if the view does not hold, or -errno. */
static int covers_hold(struct entry *e)
{
	int r;

	if (is_sealed(e))
		return 1;
	r = plan_get(e);
	if (r < 0)
		return r;
	/* The host replaced a file: mend it for all. */
	if (!plan_holds(e) && (!e->request->make_view || view_make(e) < 0 ||
			       !plan_holds(e)))
		return 0;
	if (!e->is_settled)
		return 1;
	r = seal_write(e->views, e->request->host, e->request->name, e->dirs,
		       &e->plan);
	if (r < 0)
		log_errno(r, "the plan is not sealed, and read again");
	return 1;
}

static int view_is_good(struct entry *e)
{
	if (!view_follows_host(e) || !run_user_is_hosts(e))
		return 0;
	return covers_hold(e);
}

/* Return: 1 if the thread is in a good prepared view now, 0 if not, -errno. */
static int view_enter_prepared(struct entry *e)
{
	_cleanup_close_ int view = -1;
	int r;

	if ((!e->in_host && !e->in_view) || !e->host_peer ||
	    (!e->has_cookie && ns_cookie(&e->cookie) < 0) ||
	    !root_is_plain(e))
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
	if (r >= 0)
		r = view_is_good(e);
	if (r != 0)
		return r;
	log_msg(LOG_NOTICE, "the prepared view of namespace %s does not hold: "
		"this session gets its own", e->request->name);
	return 0;
}

/* A fresh view, from the caller's own mounts. */

/* Back to the caller's own mounts, root and working directory. */
static int own_mounts(const struct entry *e)
{
	if (!e->origin->moved_mnt)
		return 0;
	if (ns_join(e->origin->mnt.fd, NS_MNT) < 0 ||
	    fchdir(e->origin->root.fd) < 0 || chroot(".") < 0)
		return log_errno(-errno, "cannot return to the own mounts");
	/* Else it stays the root, until origin_cwd_again(). */
	if (fchdir(e->origin->cwd.fd) < 0)
		log_msg(LOG_DEBUG, "the working directory is closed to root");
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
	int r = origin_part_fs();

	if (r < 0)
		return r;
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
	if (base < 0 || fchdir(root) < 0 || chroot(".") < 0)
		return -errno;
	/* Closed to root, as a FUSE mount is: origin_cwd_again() tells. */
	if (fchdir(cwd) < 0)
		log_msg(LOG_DEBUG, "the working directory is closed to root");
	return TAKE_FD(base);
}

static int view_enter_fresh(struct entry *e)
{
	_cleanup_close_ int base = -1;
	struct view_share share;
	int r = own_mounts(e);

	if (r == 0 && e->request->target == ENTER_NAME)
		r = plan_get(e);
	else if (r == 0 && e->request->target == ENTER_PRIVATE)
		r = view_plan_private(e->request->host, &e->plan);
	if (r < 0)
		return r;
	r = view_share_take(&e->plan, &share);
	if (r == 0) {
		e->origin->moved_mnt = true;
		base = mounts_copy();
		r = base < 0 ? log_errno(base, "cannot make a mount namespace") :
			       view_apply(&e->plan, base);
	}
	if (r == 0)
		r = view_share_place(&e->plan, &share);
	view_share_free(&share);
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
static bool is_there_already(struct entry *e)
{
	return !e->origin->moved_net && !e->in_host && !e->in_view &&
	       plan_get(e) == 0 && plan_holds(e) && mnt_sys_is_current() == 1;
}

int entry_view(struct entry *e)
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
