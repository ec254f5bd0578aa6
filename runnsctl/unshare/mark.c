/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark.c - learn from the kernel when nobody is in a mount namespace any more
 */
#include "runnsctl/unshare/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "lib/sys/mnt.h"

/* What there is in nearly every root directory, the least in the way first. */
static const char *const places[] = { "/sys", "/proc", "/dev", "/run",
				      "/tmp", "/etc",  "/usr" };

static int mark_on(const char *dir, int tree, int notify)
{
	_cleanup_close_ int mark = mnt_new("tmpfs", true);
	int r = mark < 0 ? mark : mnt_place_tree(mark, AT_FDCWD, dir);

	if (r < 0)
		return r;
	if (inotify_add_watch(notify, dir, IN_DELETE_SELF) < 0)
		return -errno;
	return mnt_place_tree(tree, AT_FDCWD, dir);
}

/* Return: a copy of the mounts at @path, or -errno. */
static int directory_clone(const char *path)
{
	_cleanup_close_ int tree = mnt_clone(AT_FDCWD, path, true);
	struct stat st;

	if (tree < 0)
		return tree;
	if (fstat(tree, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? TAKE_FD(tree) : -ENOTDIR;
}

int mark_place(void)
{
	_cleanup_close_ int notify = inotify_init1(IN_CLOEXEC);
	int r = -ENOENT;

	if (notify < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(places) && r < 0; i++) {
		_cleanup_close_ int tree = directory_clone(places[i]);

		r = tree < 0 ? tree : mark_on(places[i], tree, notify);
		if (r < 0 && tree >= 0)
			return r;
	}
	return r < 0 ? r : TAKE_FD(notify);
}
