/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * views.c - making and mending prepared views
 *
 * A view is made from a template, a copy of the host's mounts without the
 * handles of namespaces: copying thousands of handles for every view would
 * cost what a view is there to save.
 */
#include "net/views_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/session/paths.h"
#include "lib/session/view.h"
#include "lib/session/view_etc.h"
#include "lib/session/view_share.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"

#define TEMPLATE VIEWS "/template"

/**
 * struct maker - one view that is being made
 * @host_mnt:	the way back
 * @handle:	the network namespace
 */
struct maker {
	const char *name;
	int host_mnt;
	int host_net;
	int handle;
	uint64_t cookie;
	struct view_plan plan;
};

/*
 * A handle of a mount namespace may only be bound where nothing passes it on:
 * views are slaves of the host's mounts, and would be given it.
 */
static int views_prepare(void)
{
	int r = mnt_is_root(AT_FDCWD, VIEWS);

	if (r != 0)
		return r < 0 ? r : 0;
	if (mount(VIEWS, VIEWS, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, VIEWS, NULL, MS_PRIVATE, NULL) < 0)
		return -errno;
	return 0;
}

static uint64_t peer_of(const char *path)
{
	struct mnt_groups groups;

	return mnt_groups(AT_FDCWD, path, -1, &groups) == 0 ? groups.peer : 0;
}

static uint64_t master_of_root(void)
{
	struct mnt_groups groups;

	return mnt_groups(AT_FDCWD, "/", -1, &groups) == 0 ? groups.master : 0;
}

/*
 * Where the first handle was made by iproute2 on a shared /run, handles are
 * passed on through /run itself.  /run then has to be cut off, but for the
 * directories in which the host mounts for users: their bind mounts stay
 * slaves of the host's, as copies of slaves do.
 */
static int run_cut_off(void)
{
	static const char *const kept[] = { "/run/user", "/run/media" };

	if (mnt_is_root(AT_FDCWD, "/run") != 1)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		if (mnt_is_root(AT_FDCWD, kept[i]) == 0 &&
		    mount(kept[i], kept[i], NULL, MS_BIND | MS_REC, NULL) < 0)
			return -errno;
	}
	return mount(NULL, "/run", NULL, MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

static int template_fill(void)
{
	uint64_t handles = peer_of("/" PATH_HANDLES);
	bool passed_on = handles && handles == peer_of("/run");
	int r;

	if (unshare(CLONE_NEWNS) < 0)
		return -errno;
	r = mnt_slave_all();
	if (r == 0)
		r = view_hide_handles();
	if (r == 0 && passed_on)
		r = run_cut_off();
	return r;
}

/*
 * Binds the thread's mount namespace onto @path, and returns to the host's.
 * EINVAL: the kernel orders mount namespaces by a number that it hands out
 * per processor, and lets a handle only lie in an older one.
 */
static int mounts_bind(int host_mnt, const char *path)
{
	_cleanup_close_ int mnt = ns_open_self(NS_MNT);
	char from[sizeof("/proc/self/fd/") + 12];
	int r;

	if (mnt < 0)
		return mnt;
	r = ns_join(host_mnt, NS_MNT);
	if (r < 0)
		return r;
	snprintf(from, sizeof(from), "/proc/self/fd/%d", mnt);
	return mount(from, path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int try_on_each_cpu(int (*fn)(void *ctx), void *ctx)
{
	cpu_set_t before, one;
	int r = fn(ctx);

	if (r != -EINVAL || sched_getaffinity(0, sizeof(before), &before) < 0)
		return r;
	for (int cpu = 0; r == -EINVAL && cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &before))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) == 0)
			r = fn(ctx);
	}
	if (sched_setaffinity(0, sizeof(before), &before) < 0)
		log_msg(LOG_WARNING, "cannot go back to all processors");
	return r == -EINVAL ? -EOPNOTSUPP : r;
}

static int file_make(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW |
						    O_CLOEXEC, 0600);

	return fd < 0 ? -errno : 0;
}

static int template_bind(void *ctx)
{
	struct maker *m = ctx;
	int r = template_fill();

	if (r == 0)
		r = mounts_bind(m->host_mnt, TEMPLATE);
	if (r < 0 && ns_join(m->host_mnt, NS_MNT) < 0)
		return -ENOTRECOVERABLE;
	return r;
}

void views_drop_handle(const char *path)
{
	while (mnt_detach(path) == 1)
		;
	unlink(path);
}

/* Into the template, made anew when the host's root is another mount now. */
static int template_enter(struct maker *m)
{
	uint64_t host_root = peer_of("/");
	int r;

	for (int i = 0; i < 2; i++) {
		_cleanup_close_ int fd = ns_open(AT_FDCWD, TEMPLATE, NS_MNT);

		if (fd >= 0) {
			r = ns_join(fd, NS_MNT);
			if (r < 0 || master_of_root() == host_root)
				return r;
			r = ns_join(m->host_mnt, NS_MNT);
			if (r < 0)
				return -ENOTRECOVERABLE;
		}
		views_drop_handle(TEMPLATE);
		r = file_make(TEMPLATE);
		if (r == 0)
			r = try_on_each_cpu(template_bind, m);
		if (r < 0)
			return r;
	}
	return -ESTALE;
}

static void view_path(char out[VIEWS_PATH_SIZE], uint64_t cookie,
		      const char *name)
{
	char key[VIEW_KEY_SIZE];

	view_key(cookie, key);
	snprintf(out, VIEWS_PATH_SIZE, VIEWS "/%s/%s", key, name);
}

static int view_fill(struct maker *m, const struct view_share *share)
{
	_cleanup_close_ int base = -1;
	int r = template_enter(m);

	if (r == 0 && unshare(CLONE_NEWNS) < 0)
		r = -errno;
	if (r == 0)
		r = ns_join(m->handle, NS_NET);
	if (r < 0)
		return r;
	base = open("/", O_PATH | O_CLOEXEC);
	r = base < 0 ? -errno : view_apply(&m->plan, base);
	return r < 0 ? r : view_share_place(&m->plan, share);
}

static int view_bind(void *ctx)
{
	char path[VIEWS_PATH_SIZE];
	struct maker *m = ctx;
	struct view_share share;
	int r = view_share_take(&m->plan, &share);

	view_path(path, m->cookie, m->name);
	if (r == 0)
		r = view_fill(m, &share);
	view_share_free(&share);
	if (r == 0)
		r = mounts_bind(m->host_mnt, path);
	if (ns_join(m->host_mnt, NS_MNT) < 0 ||
	    ns_join(m->host_net, NS_NET) < 0)
		return -ENOTRECOVERABLE;
	return r;
}

static int view_new(struct maker *m)
{
	char path[VIEWS_PATH_SIZE], key[VIEW_KEY_SIZE];
	_cleanup_close_ int views = open(VIEWS, O_PATH | O_CLOEXEC);
	int r;

	view_key(m->cookie, key);
	r = views < 0 ? -errno : file_make_dir(views, key, 0700);
	if (r < 0)
		return r;
	view_path(path, m->cookie, m->name);
	views_drop_handle(path);
	r = file_make(path);
	if (r == 0)
		r = try_on_each_cpu(view_bind, m);
	if (r < 0)
		views_drop_handle(path);
	return r;
}

/* Lost covers come back for everybody who is in the view. */
static int view_mend(struct maker *m, int view)
{
	_cleanup_close_ int base = -1;
	int r = ns_join(view, NS_MNT);

	if (r < 0)
		return r;
	base = open("/", O_PATH | O_CLOEXEC);
	r = base < 0 ? -errno : view_verify(&m->plan);
	if (r == -ESTALE) {
		r = view_uncover(&m->plan);
		if (r == 0)
			r = view_cover_all(&m->plan, base);
		/* An overlay that is missing is laid in a new one only. */
		if (r == 0)
			r = view_verify(&m->plan);
	}
	if (r == 0 && m->plan.overlay)
		r = view_etc_renew();
	return ns_join(m->host_mnt, NS_MNT) < 0 ? -ENOTRECOVERABLE : r;
}

static int maker_open(struct maker *m, const struct host *h, const char *name)
{
	int r;

	*m = (struct maker){
		.name = name, .handle = -1, .host_mnt = -1, .host_net = -1,
	};
	if (!name_is_valid((struct slice){ name, strlen(name) }))
		return log_errno(-EINVAL, "\"%s\" is not a name", name);
	m->host_mnt = ns_open_self(NS_MNT);
	m->host_net = ns_open_self(NS_NET);
	if (m->host_mnt < 0 || m->host_net < 0)
		return m->host_mnt < 0 ? m->host_mnt : m->host_net;
	m->handle = handle_open(h->root, name);
	if (m->handle < 0) {
		log_msg(LOG_ERR, "%s: %s", name, handle_explain(m->handle));
		return m->handle;
	}
	r = ns_cookie_of(m->handle, &m->cookie);
	return r < 0 ? r : view_plan_load(h->root, name, &m->plan);
}

static void maker_close(struct maker *m)
{
	view_plan_free(&m->plan);
	base_close(&m->handle);
	base_close(&m->host_net);
	base_close(&m->host_mnt);
}

static int maker_run(struct maker *m, const struct host *h, bool only_mend)
{
	_cleanup_close_ int run = file_open_dir(h->root, PATH_RUN);
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int view = -1;
	int r = run < 0 ? run : views_prepare();

	if (r < 0)
		return r;
	dir = view_dir(run, m->cookie);
	view = dir < 0 ? dir : view_open(dir, m->name);
	if (view >= 0) {
		r = view_mend(m, view);
		/*
		 * What cannot be mended is made anew for those to come.  But
		 * where the host has no such file just now, a new one cannot
		 * be made either, and the next refresh finds those inside.
		 */
		return r < 0 && r != -ENOTRECOVERABLE && r != -ENOENT ?
			       view_new(m) : r;
	}
	if (only_mend)
		return 0;
	/* Cut off each is, for itself, at the moment that it is made. */
	return peer_of("/") && !m->plan.cut_off ? view_new(m) : -EOPNOTSUPP;
}

static int make_or_mend(const struct host *h, const char *name, bool only_mend)
{
	_cleanup_close_ int lock = host_lock(h, "views", "",
					       VIEWS_LOCK_MS);
	struct maker m;
	int r;

	if (lock < 0)
		return lock;
	r = maker_open(&m, h, name);
	if (r == 0) {
		r = maker_run(&m, h, only_mend);
		if (r < 0)
			log_errno(r, "%s: cannot prepare a view", name);
	}
	maker_close(&m);
	return r;
}

int views_lost(const struct host *h, const char *name,
	       int (*fn)(void *ctx, const char *over), void *ctx)
{
	_cleanup_close_ int run = file_open_dir(h->root, PATH_RUN);
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int view = -1;
	struct maker m;
	int r = maker_open(&m, h, name);

	if (r == 0) {
		dir = run < 0 ? run : view_dir(run, m.cookie);
		view = dir < 0 ? dir : view_open(dir, name);
		r = view < 0 ? view : ns_join(view, NS_MNT);
	}
	if (r == 0) {
		r = view_lost(&m.plan, fn, ctx);
		if (ns_join(m.host_mnt, NS_MNT) < 0)
			r = log_errno(-ENOTRECOVERABLE, "%s: cannot leave its "
				      "view", name);
	}
	maker_close(&m);
	return r == -ENOENT ? 0 : r;
}

int views_make(const struct host *h, const char *name)
{
	return make_or_mend(h, name, false);
}

int views_mend(const struct host *h, const char *name)
{
	return make_or_mend(h, name, true);
}
