/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.c - an engine's walls: it reads what strangers send
 *
 * Capabilities of the new user namespace build the root directory and go with
 * all others afterwards; the filter comes last, since it forbids what the
 * other steps need.
 */
#include "rootless/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"

enum {
	SANDBOX_FILES = 4096,	/* a connection takes one */
	SANDBOX_CAPS = 64,
};

/* Bytes: 256 KiB for a connection, and what libslirp itself needs. */
#define SANDBOX_MEMORY ((rlim_t)2 << 30)

/* Its own ids and no others; without them it could make no file. */
static int map_ids(uid_t uid, gid_t gid)
{
	char text[64];
	int err;

	snprintf(text, sizeof(text), "%u %u 1", uid, uid);
	err = file_write_small(AT_FDCWD, "/proc/self/uid_map", text);
	if (err == 0)
		err = file_write_small(AT_FDCWD, "/proc/self/setgroups",
				       "deny");
	snprintf(text, sizeof(text), "%u %u 1", gid, gid);
	if (err == 0)
		err = file_write_small(AT_FDCWD, "/proc/self/gid_map", text);
	return err;
}

static int make_file(int root)
{
	int fd;

	if (mkdirat(root, "etc", 0700) < 0)
		return -errno;
	fd = openat(root, "etc/resolv.conf",
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

/* Onto the root directory, which then goes with all that is below it. */
static int change_root(int root)
{
	int err;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	err = mnt_place_tree(root, AT_FDCWD, "/");
	if (err)
		return err;
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

int sandbox_enter(void)
{
	_cleanup_close_ int root = -1;
	_cleanup_close_ int file = -1;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int err;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC |
		    CLONE_NEWUTS) < 0)
		return -errno;
	err = map_ids(uid, gid);
	if (err)
		return log_errno(-EIO, "cannot map ids (error %d)", -err);
	root = mnt_new("tmpfs", false);
	file = root < 0 ? root : make_file(root);
	err = file < 0 ? file : change_root(root);
	if (err) {
		log_errno(err, "cannot make an empty root directory");
		return -EIO;
	}
	return TAKE_FD(file);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* All that is inherited or left over, but for those of @keep and 0 to 2. */
static int close_others(const int *keep, size_t n)
{
	int kept[8];
	unsigned int next = 3;

	if (n > ARRAY_SIZE(kept))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		kept[i] = keep[i];
	qsort(kept, n, sizeof(*kept), by_number);
	for (size_t i = 0; i < n; i++) {
		unsigned int fd = (unsigned int)kept[i];

		if (fd > next &&
		    syscall(SYS_close_range, next, fd - 1, 0) < 0)
			return -errno;
		next = fd + 1;
	}
	return syscall(SYS_close_range, next, ~0U, 0) < 0 ? -errno : 0;
}

static int limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) < 0)
		return -errno;
	if (r.rlim_max > most)
		r.rlim_max = most;
	r.rlim_cur = r.rlim_max;
	return setrlimit(what, &r) < 0 ? -errno : 0;
}

static int limit_all(void)
{
	int err = limit(RLIMIT_CORE, 0);

	if (err == 0)
		err = limit(RLIMIT_NPROC, 0);
	if (err == 0)
		err = limit(RLIMIT_MEMLOCK, 0);
	if (err == 0)
		err = limit(RLIMIT_MSGQUEUE, 0);
	if (err == 0)
		err = limit(RLIMIT_FSIZE, 4096);
	if (err == 0)
		err = limit(RLIMIT_NOFILE, SANDBOX_FILES);
	if (err == 0)
		err = limit(RLIMIT_AS, SANDBOX_MEMORY);
	return err;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0 } };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	/* Without CAP_SETPCAP, where there was no user namespace, it is not
	 * allowed, and nothing can be gained from it either. */
	for (int cap = 0; cap < SANDBOX_CAPS; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 &&
		    errno != EINVAL && errno != EPERM)
			return -errno;
	}
	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

static int silence(int null)
{
	for (int fd = 0; fd < 3; fd++) {
		if (dup2(null, fd) < 0)
			return -errno;
	}
	return 0;
}

int sandbox_close(int null, const int *keep, size_t n)
{
	int err = limit_all();

	if (err == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = -errno;
	if (err == 0)
		err = drop_capabilities();
	if (err == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		err = -errno;
	if (err)
		return log_errno(err, "cannot confine the engine");
	err = silence(null);
	if (err == 0)
		err = close_others(keep, n);
	return err ? err : sandbox_filter();
}
