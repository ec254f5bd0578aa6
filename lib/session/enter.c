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
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/session/entry.h"
#include "lib/session/handle.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "lib/sys/proc.h"

enum {
	HANDLE_TRIES = 10,
	HANDLE_PAUSE_MS = 5,
};

/* 1. Reading. */

static int stands_in_view(struct entry *e)
{
	_cleanup_close_ int views = -1;
	uint64_t cookie;

	if (e->runns < 0 || (ns_cookie_at(e->origin->net.fd, &cookie) < 0 &&
			     ns_cookie(&cookie) < 0))
		return 0;
	views = view_dir(e->runns, cookie);
	if (views < 0)
		return views == -ENOENT ? 0 : views;
	return view_is_ours(views, e->origin->mnt.fd);
}

static int stands_elsewhere(struct entry *e)
{
	struct mnt_groups groups;
	int r;

	e->host_mnt = ns_open_host(NS_MNT);
	if (e->host_mnt < 0)
		return log_errno(e->host_mnt,
				 "cannot see the host's mount namespace");
	/* A chroot hides the host's root from a reader of mountinfo. */
	r = ns_same(e->host_mnt, e->origin->mnt.fd);
	if (r < 0)
		return r;
	e->in_host = r;
	if (e->in_host)
		return 0;
	if (mnt_groups(e->request->host, "", e->host_mnt, &groups) == 0)
		e->host_peer = groups.peer;
	r = stands_in_view(e);
	e->in_view = r > 0;
	return r < 0 ? log_errno(r, "cannot read /" PATH_RUN_VIEWS) : 0;
}

/* A mount is in one mount namespace only: has the thread's the host's root? */
static int where_stands(struct entry *e)
{
	struct mnt_groups groups;

	e->in_host = mnt_groups(e->request->host, "", -1, &groups) == 0;
	if (!e->in_host)
		return stands_elsewhere(e);
	e->host_peer = groups.peer;
	return 0;
}

static void cwd_note(struct entry *e)
{
	const struct origin *o = e->origin;

	if (!e->request->keep_cwd &&
	    (o->cwd.dev != o->root.dev || o->cwd.ino != o->root.ino))
		origin_cwd_path(e->cwd);
}

/*
 * Whoever publishes a name, or takes it away, has a plain file there for a
 * moment (ip-netns(8) too): that is waited for.
 */
static int handle_open_in(int dir, const char *name)
{
	struct timespec pause = { .tv_nsec = HANDLE_PAUSE_MS * 1000000L };
	int fd = ns_open_kind(dir, name, NS_NET);

	for (int i = 0; fd == -EBADF && i < HANDLE_TRIES; i++) {
		nanosleep(&pause, NULL);
		fd = ns_open_kind(dir, name, NS_NET);
	}
	return fd;
}

/*
 * Views are made only for namespaces of the initial user namespace's
 * (handle_open()), and no other ever gets the cookie: where the directory of
 * its views is, whose the namespace is has been asked.
 */
static int owner_verify(struct entry *e)
{
	e->has_cookie = ns_cookie_at(e->handle, &e->cookie) == 0;
	if (e->has_cookie && e->runns >= 0)
		e->views = view_dir(e->runns, e->cookie);
	return e->views >= 0 ? 0 : ns_verify_owner(e->handle);
}

static int handle_find(struct entry *e, int run)
{
	int r;

	e->handles = run < 0 ? run : handle_dir(run);
	e->handle = e->handles < 0 ? e->handles :
		    handle_open_in(e->handles, e->request->name);
	r = e->handle < 0 ? e->handle : owner_verify(e);
	if (r < 0 && r != -ENOENT)
		log_msg(LOG_ERR, "namespace %s: %s", e->request->name,
			handle_explain(r));
	return r;
}

static int entry_read(struct entry *e)
{
	_cleanup_close_ int run = file_open_dir(e->request->host, "run");
	int r = 0;

	e->runns = run < 0 ? run : file_open_dir(run, "runns");
	if (e->request->target == ENTER_NAME) {
		r = handle_find(e, run);
	} else if (e->request->target == ENTER_HOST) {
		e->handle = ns_open_host(NS_NET);
		if (e->handle < 0)
			r = log_errno(e->handle,
				"cannot see the host's network namespace");
	}
	if (r < 0)
		return r;
	if (e->runns < 0 && e->runns != -ENOENT) {
		log_msg(LOG_ERR, "/" PATH_RUN " %s", file_explain(e->runns));
		return e->runns;
	}
	cwd_note(e);
	return where_stands(e);
}

/*
 * Without all of these the thread could leave its place, and not come back:
 * unshare(2) needs less than setns(2).
 */
static int power_verify(const struct entry *e)
{
	static const struct {
		int cap;
		const char *name;
	} needed[] = {
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
		{ CAP_SYS_CHROOT, "CAP_SYS_CHROOT" },
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		/* For lo of a new namespace. */
		if (needed[i].cap == CAP_NET_ADMIN &&
		    e->request->target != ENTER_PRIVATE)
			continue;
		if (!proc_has_cap(needed[i].cap))
			return log_errno(-EPERM, "this program cannot enter "
					 "namespaces, it lacks %s",
					 needed[i].name);
	}
	return 0;
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

/* 4. The proof. */

static int prove_namespace(const struct entry *e)
{
	_cleanup_close_ int now = ns_open_of(e->thread, NS_NET);
	int r = now < 0 ? now : ns_same(now, e->handle);

	if (r == 1)
		return 0;
	return log_errno(r < 0 ? r : -ESTALE, "cannot prove the namespace");
}

static int entry_prove(const struct entry *e)
{
	int r = e->handle < 0 ? 0 : prove_namespace(e);

	/* A namespace that is being removed takes nobody in any more. */
	if (r < 0 || e->request->target != ENTER_NAME ||
	    handle_is(e->handles, e->request->name, e->handle) == 1)
		return r;
	log_msg(LOG_NOTICE, "namespace %s was removed meanwhile",
		e->request->name);
	return -EAGAIN;
}

static int entry_run(struct entry *e)
{
	int r = entry_read(e);

	if (r == 0)
		r = power_verify(e);
	if (r == 0)
		r = net_enter(e);
	if (r == 0)
		r = entry_view(e);
	if (r == 0 && e->origin->moved_mnt && *e->cwd)
		origin_cwd_again(e->origin, e->cwd);
	return r < 0 ? r : entry_prove(e);
}

static void entry_close(struct entry *e)
{
	view_plan_free(&e->plan);
	base_close(&e->thread);
	base_close(&e->handles);
	base_close(&e->handle);
	base_close(&e->runns);
	base_close(&e->views);
	base_close(&e->host_mnt);
}

int enter(const struct enter_request *request, struct origin *origin)
{
	struct entry e = {
		.request = request, .origin = origin,
		.thread = proc_open_thread(), .handles = -1, .handle = -1,
		.runns = -1, .views = -1, .host_mnt = -1,
	};
	int r = origin_save(origin, e.thread);

	if (r < 0) {
		entry_close(&e);
		return log_errno(r, "cannot note the way back");
	}
	r = entry_run(&e);
	/* Only the name itself may be "absent", which a rule may allow. */
	if (r == -ENOENT &&
	    (request->target != ENTER_NAME || e.handle != -ENOENT))
		r = log_errno(-ESTALE, "something went away meanwhile");
	entry_close(&e);
	if (r < 0 && origin_return(origin) < 0)
		return -ENOTRECOVERABLE;
	return r;
}
