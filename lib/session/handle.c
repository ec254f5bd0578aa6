/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle.c - names of network namespaces, as ip-netns(8) keeps them
 */
#include "lib/session/handle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "lib/session/paths.h"

/* The builder stands in the host, where absolute paths are right. */
#define HANDLES "/" PATH_HANDLES

enum { IPROUTE2_LOCK_MS = 1000, OUR_LOCK_MS = 10000 };

int handle_dir(int run)
{
	return file_open_dir(run, "netns");
}

int handle_open(int host, const char *name)
{
	_cleanup_close_ int dir = file_open_dir(host, PATH_HANDLES);

	return dir < 0 ? dir : ns_open(dir, name, NS_NET);
}

int handle_is(int dir, const char *name, int fd)
{
	struct stat is, want;

	return fstatat(dir, name, &is, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstat(fd, &want) == 0 && is.st_dev == want.st_dev &&
	       is.st_ino == want.st_ino;
}

const char *handle_explain(int err)
{
	switch (err) {
	case -ENOENT:
		return "there is no network namespace of that name";
	case -EPERM:
		return "/run/netns, or the namespace, could be changed by "
		       "others than root";
	case -ELOOP:
	case -ENOTDIR:
		return "/run/netns is not a directory that can be trusted";
	case -EBADF:
		return "what lies there is not a network namespace (a file "
		       "left by a lost mount? 'ip netns delete' removes it)";
	default:
		return strerror(-err);
	}
}

/*
 * With a peer group of its own a new handle is one mount; in that of /run it
 * would be two, and would reach every session's view.  Once handles exist
 * the group must stay, else 'ip netns delete' of the old ones fails.
 */
static int handles_mount(void)
{
	if (mount(HANDLES, HANDLES, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, HANDLES, NULL, MS_PRIVATE, NULL) < 0 ||
	    mount(NULL, HANDLES, NULL, MS_SHARED, NULL) < 0)
		return -errno;
	return 0;
}

/*
 * iproute2 locks the directory itself, which any user can open and lock too:
 * it is waited for, but not for long.  Among ourselves our own lock counts.
 */
static int handles_lock_iproute2(void)
{
	int fd = open(HANDLES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	long long deadline = file_now_ms() + IPROUTE2_LOCK_MS;

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0 && file_now_ms() < deadline)
		usleep(1000);
	return fd;
}

int handle_prepare(void)
{
	_cleanup_close_ int locks = -1;
	_cleanup_close_ int ours = -1;
	_cleanup_close_ int theirs = -1;
	int r;

	r = file_make_dir(AT_FDCWD, HANDLES, 0755);
	if (r == 0)
		r = mnt_is_root(AT_FDCWD, HANDLES);
	if (r != 0)
		return r < 0 ? r : 0;
	locks = open("/" PATH_RUN_LOCK, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (locks < 0)
		return -errno;
	ours = file_lock(locks, "handles", OUR_LOCK_MS);
	if (ours < 0)
		return ours;
	theirs = handles_lock_iproute2();
	if (theirs < 0)
		return theirs;
	r = mnt_is_root(AT_FDCWD, HANDLES);
	if (r != 0)
		return r < 0 ? r : 0;
	return handles_mount();
}

/* A file without a mount on it: left by a lost mount, or made just now. */
static int handle_file(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CREAT | O_EXCL |
						    O_NOFOLLOW | O_CLOEXEC, 0);
	struct stat st;

	if (fd >= 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (lstat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > 0 || st.st_uid != 0)
		return -EEXIST;
	return mnt_is_root(AT_FDCWD, path) == 0 ? 0 : -EEXIST;
}

int handle_publish(const char *name)
{
	BUF(path, sizeof(HANDLES) + NAME_MAX + 1);
	int r;

	buf_addf(&path, HANDLES "/%s", name);
	r = buf_status(&path);
	if (r == 0)
		r = handle_file(path.text);
	if (r < 0)
		return r;
	if (mount("/proc/thread-self/ns/net", path.text, NULL, MS_BIND,
		  NULL) < 0) {
		r = -errno;
		unlink(path.text);
	}
	return r;
}

int handle_remove(const char *name)
{
	BUF(path, sizeof(HANDLES) + NAME_MAX + 1);
	int r;

	buf_addf(&path, HANDLES "/%s", name);
	r = buf_status(&path);
	if (r < 0)
		return r;
	/* EINVAL: a file without a mount. */
	if (umount2(path.text, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 &&
	    errno != EINVAL && errno != ENOENT)
		return -errno;
	return unlink(path.text) < 0 && errno != ENOENT ? -errno : 0;
}

int handle_list(int (*fn)(void *ctx, const char *name), void *ctx)
{
	DIR *dir = opendir(HANDLES);
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			r = fn(ctx, entry->d_name);
	}
	closedir(dir);
	return r;
}
