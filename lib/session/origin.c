/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin.c - where a thread came from, and the way back
 *
 * setns(2) into a mount namespace puts root and working directory to that
 * namespace's root, so both are kept as descriptors of the old mounts and
 * taken up again last: fchdir(root), chroot("."), fchdir(cwd) restores a
 * chroot exactly.
 */
#include "lib/session/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "lib/base/log.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "lib/sys/proc.h"

static __thread bool origin_lost;

enum { DEPTH_MAX = 4096 };	/* directories above the working directory */

/* No path leads there: it can only be reached by descriptor. */
#define CWD_UNKNOWN "(unknown)"

/*
 * Nothing is asked for but what the kernel knows: a user's own file system
 * (FUSE) tells root nothing, and may not answer at all (statx(2)).
 */
static int saved_look(int fd, struct origin_saved *out)
{
	struct statx stx;
	struct stat st;

	out->fd = fd;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &stx) == 0) {
		out->dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
		out->ino = stx.stx_ino;
		return 0;
	}
	/* A sandbox may not know the newer call. */
	if (fstat(fd, &st) < 0)
		return -errno;
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	return 0;
}

static int saved_set(struct origin_saved *saved, int fd)
{
	int r = fd < 0 ? fd : saved_look(fd, saved);

	if (r < 0 && fd >= 0)
		close(fd);
	return r;
}

static bool saved_is_ours(const struct origin_saved *saved)
{
	struct origin_saved now;

	return saved_look(saved->fd, &now) == 0 && saved->dev == now.dev &&
	       saved->ino == now.ino;
}

/* A number that is somebody else's now is not closed. */
static void saved_drop(struct origin_saved *saved)
{
	if (saved->fd >= 0 && saved_is_ours(saved))
		close(saved->fd);
	saved->fd = -1;
}

static int open_dir(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The link leads there also where the way by name is barred, even to root. */
static int open_cwd(void)
{
	int fd = open_dir(".");

	return fd < 0 ? open_dir("/proc/thread-self/cwd") : fd;
}

void origin_init(struct origin *o)
{
	memset(o, 0, sizeof(*o));
	o->net.fd = o->mnt.fd = o->root.fd = o->cwd.fd = -1;
}

int origin_save(struct origin *o, int thread)
{
	int r;

	origin_init(o);
	if (proc_self_id_by(thread, &o->process) < 0)
		o->process = 0;
	r = saved_set(&o->net, ns_open_of(thread, NS_NET));
	if (r == 0)
		r = saved_set(&o->mnt, ns_open_of(thread, NS_MNT));
	if (r == 0)
		r = saved_set(&o->root, open_dir("/"));
	if (r == 0)
		r = saved_set(&o->cwd, open_cwd());
	if (r < 0)
		origin_forget(o);
	return r;
}

void origin_forget(struct origin *o)
{
	saved_drop(&o->net);
	saved_drop(&o->mnt);
	saved_drop(&o->root);
	saved_drop(&o->cwd);
	o->moved_net = o->moved_mnt = false;
}

static int place_back(const struct origin *o)
{
	int r = o->moved_net ? ns_join(o->net.fd, NS_NET) : 0;

	if (r < 0)
		return log_errno(r, "cannot return to the network namespace");
	if (!o->moved_mnt)
		return 0;
	r = ns_join(o->mnt.fd, NS_MNT);
	if (r < 0)
		return log_errno(r, "cannot return to the mount namespace");
	if (fchdir(o->root.fd) < 0 || chroot(".") < 0)
		return log_errno(-errno, "cannot return to the root directory");
	return 0;
}

static int go_back(const struct origin *o)
{
	int r = place_back(o);

	origin_lost |= r < 0;
	if (r == 0 && o->moved_mnt && fchdir(o->cwd.fd) < 0)
		return log_errno(-errno,
				 "cannot return to the working directory");
	return r;
}

int origin_return(struct origin *o)
{
	int r;

	if (!o->moved_net && !o->moved_mnt) {
		r = 0;
	} else if (!saved_is_ours(&o->net) || !saved_is_ours(&o->mnt) ||
		   !saved_is_ours(&o->root) || !saved_is_ours(&o->cwd)) {
		origin_lost = true;
		r = log_errno(-EBADF, "the way back was closed by the program");
	} else {
		r = go_back(o);
	}
	origin_forget(o);
	return r;
}

bool origin_is_lost(void)
{
	return origin_lost;
}

/* A directory's links: its name, its "." and one for each directory in it. */
static bool has_threads(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) < 0 || st.st_nlink > 3;
}

int origin_part_fs(void)
{
	if (unshare(CLONE_FS) < 0)
		return -errno;
	if (has_threads())
		log_msg(LOG_NOTICE, "this program has threads: the one that "
			"opened the session keeps a root, working directory "
			"and umask of its own");
	return 0;
}

int origin_join_mnt(int mnt)
{
	int r = ns_join(mnt, NS_MNT);

	if (r != -EINVAL)
		return r;
	r = origin_part_fs();
	return r < 0 ? r : ns_join(mnt, NS_MNT);
}

static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return strncmp(path, top, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

/*
 * Where the new mounts show something else: what only the descriptor leads to
 * there is the host's.
 */
static const char *const covered_dirs[] = {
	"/etc", "/sys", "/run/netns", "/run/runns", "/run/nscd",
	"/run/systemd/resolve",
};

/** struct covered - those of them that are there */
struct covered {
	struct origin_saved dirs[ARRAY_SIZE(covered_dirs)];
	size_t n;
};

static bool is_covered(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(covered_dirs); i++) {
		if (is_below(path, covered_dirs[i]))
			return true;
	}
	return false;
}

/* Fills @out with those that are there; what cannot be told ends it. */
static int covered_look(const struct origin *o, struct covered *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(covered_dirs); i++) {
		struct stat st;

		if (fstatat(o->root.fd, covered_dirs[i] + 1, &st,
			    AT_NO_AUTOMOUNT) == 0)
			out->dirs[out->n++] = (struct origin_saved){
				.dev = st.st_dev, .ino = st.st_ino,
			};
		else if (errno != ENOENT)
			return -errno;
	}
	return 0;
}

static bool same_dir(const struct origin_saved *a, const struct origin_saved *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

static bool is_one_of(const struct covered *covered,
		      const struct origin_saved *dir)
{
	for (size_t i = 0; i < covered->n; i++) {
		if (same_dir(&covered->dirs[i], dir))
			return true;
	}
	return false;
}

/*
 * For a directory that no path leads to: it may have been removed, and still
 * lead to the host's files by "..".  What cannot be told counts as below.
 */
static bool leads_up_to_covered(const struct origin *o)
{
	_cleanup_close_ int at = fcntl(o->cwd.fd, F_DUPFD_CLOEXEC, 3);
	struct covered covered = { .n = 0 };
	struct origin_saved now, up = { 0 };

	if (covered_look(o, &covered) < 0)
		return true;
	for (int depth = 0; at >= 0 && depth < DEPTH_MAX; depth++) {
		int next;

		if (saved_look(at, &now) < 0 || is_one_of(&covered, &now))
			return true;
		if (same_dir(&now, &up))
			return false;
		up = now;
		next = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	return true;
}

/*
 * The path had no links in it (getcwd(2)): one that is there now was put
 * there by somebody who has no business where root is led by it.
 */
static int dir_again(const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};

	if (path[0] != '/')
		return -ENOENT;
	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

void origin_cwd_path(char out[PATH_MAX])
{
	if (syscall(SYS_getcwd, out, PATH_MAX) < 0)
		memcpy(out, CWD_UNKNOWN, sizeof(CWD_UNKNOWN));
}

bool origin_cwd_by_path(const struct origin *o, const char *path)
{
	_cleanup_close_ int fd = dir_again(path);
	struct origin_saved now;

	if (fd < 0 || saved_look(fd, &now) < 0)
		return false;
	if (!is_covered(path) &&
	    (now.dev != o->cwd.dev || now.ino != o->cwd.ino))
		return false;
	return fchdir(fd) == 0;
}

bool origin_cwd_by_fd(const struct origin *o, const char *path)
{
	return !is_covered(path) && !leads_up_to_covered(o) &&
	       fchdir(o->cwd.fd) == 0;
}

void origin_cwd_again(const struct origin *o, const char *path)
{
	if (origin_cwd_by_path(o, path) || origin_cwd_by_fd(o, path))
		return;
	if (chdir("/") == 0)
		log_msg(LOG_NOTICE, "the working directory is not to be had "
			"in the namespace: it is / now");
}
