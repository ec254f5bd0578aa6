/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolv.c - a resolv.conf(5) of the caller's own, for one program
 *
 * The text is copied: a bind of his file would let him change, at any time,
 * what programs of root's read that run beside.
 */
#include "helper/resolv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/policy/name.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"

#define RESOLV_CONF "/etc/resolv.conf"

/* Is the file that is open the one that root's directories lead to? */
static bool path_is_roots(int fd, int host)
{
	char link[sizeof("/proc/self/fd/2147483647")];
	_cleanup_close_ int dir = -1, again = -1;
	char path[PATH_MAX];
	struct stat is, want;
	ssize_t n;
	char *name;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 1 || path[0] != '/')
		return false;
	path[n] = '\0';
	name = strrchr(path, '/');
	*name++ = '\0';
	dir = path[0] ? file_open_dir(host, path + 1) :
			fcntl(host, F_DUPFD_CLOEXEC, 3);
	if (dir >= 0)
		again = file_open_trusted(dir, name);
	return again >= 0 && fstat(fd, &is) == 0 && fstat(again, &want) == 0 &&
	       is.st_dev == want.st_dev && is.st_ino == want.st_ino;
}

int resolv_read(int fd, int host, struct resolv *out)
{
	_cleanup_close_ int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (own < 0 || fd < 3)
		return -EBADF;
	close(fd);
	if (fstat(own, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	/* What FUSE says of owners and modes is its user's word. */
	out->trusted = mnt_type_begins(own, "fuse") == 0 &&
		       path_is_roots(own, host);
	return file_read_all(own, RESOLV_MAX, &out->text, &out->len);
}

int resolv_is_barred(int host, const char *name)
{
	char path[sizeof(PATH_RUN_NET) + NAME_SIZE];
	_cleanup_close_ int net = -1;

	snprintf(path, sizeof(path), PATH_RUN_NET "/%s", name);
	net = file_open_dir(host, path);
	if (net < 0)
		return net == -ENOENT ? 0 : net;
	if (faccessat(net, NET_MARK_STRICT, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

/*
 * A file that is in no directory, as a tree that can be laid anywhere.  The
 * kernel copies only what is mounted, so it is for a moment, wherever.
 */
static int text_tree(const struct resolv *resolv)
{
	_cleanup_close_ int tmpfs = mnt_new("tmpfs", false);
	int r, tree;

	if (tmpfs < 0)
		return tmpfs;
	r = file_replace(tmpfs, "resolv.conf", 0644, resolv->text,
			 resolv->len);
	if (r == 0)
		r = mnt_place_tree(tmpfs, AT_FDCWD, "/run");
	if (r < 0)
		return r;
	tree = mnt_clone(tmpfs, "resolv.conf", false);
	r = mnt_detach_at(tmpfs);
	if (tree >= 0 && r < 0)
		close(tree);
	return r < 0 ? r : tree;
}

int resolv_lay(const struct resolv *resolv, struct origin *origin)
{
	_cleanup_close_ int tree = -1;
	int r;

	origin->moved_mnt = true;
	if (unshare(CLONE_NEWNS) < 0)
		return log_errno(-errno, "cannot make a mount namespace");
	r = mnt_slave_all();
	if (r == 0)
		tree = text_tree(resolv);
	if (r == 0)
		r = tree < 0 ? tree :
		    mnt_place_tree(tree, AT_FDCWD, RESOLV_CONF);
	return r < 0 ? log_errno(r, "cannot lay a file over " RESOLV_CONF) : 0;
}
