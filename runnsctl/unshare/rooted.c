/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rooted.c - files below a directory that is to be a root
 */
#include "runnsctl/unshare/rooted.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { DIR_MODE = 0755, FILE_MODE = 0600 };

static int open_in(int root, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? FILE_MODE : 0,
		.resolve = RESOLVE_IN_ROOT,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int make_way(int root, char *path);

/* @name, right below the root, as the host has it. */
static int make_first(int root, const char *name)
{
	char host[PATH_MAX], target[PATH_MAX];
	char *inside;
	ssize_t len;
	int r;

	snprintf(host, sizeof(host), "/%s", name);
	len = readlink(host, target, sizeof(target) - 1);
	if (len <= 0)
		return mkdirat(root, name, DIR_MODE) < 0 && errno != EEXIST
			       ? -errno
			       : 0;
	target[len] = '\0';
	/* An absolute one would lead out of it as seen from the host. */
	inside = target + strspn(target, "/");
	r = make_way(root, inside);
	if (r == 0 && symlinkat(inside, root, name) < 0 && errno != EEXIST)
		r = -errno;
	return r;
}

/* One directory more; @parent is the way to it. */
static int make_next(int root, const char *parent, const char *name)
{
	_cleanup_close_ int dir = open_in(root, parent, O_PATH | O_DIRECTORY);

	if (dir < 0)
		return dir;
	return mkdirat(dir, name, DIR_MODE) < 0 && errno != EEXIST ? -errno : 0;
}

/* All of @path, which is relative and as it was when this returns. */
static int make_way(int root, char *path)
{
	char *name = path;
	int r = 0;

	while (r == 0 && *name) {
		char *end = name + strcspn(name, "/");
		char mark = *end;
		_cleanup_close_ int there = -1;

		*end = '\0';
		there = open_in(root, path, O_PATH | O_DIRECTORY);
		if (there < 0 && name == path) {
			r = make_first(root, name);
		} else if (there < 0) {
			name[-1] = '\0';
			r = make_next(root, path, name);
			name[-1] = '/';
		}
		*end = mark;
		name = end + (mark == '/');
	}
	return r;
}

int rooted_create(int root, const char *path)
{
	char copy[PATH_MAX];
	char *last;
	int r = 0;

	path += strspn(path, "/");
	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy))
		return -ENAMETOOLONG;
	last = strrchr(copy, '/');
	if (last) {
		*last = '\0';
		r = make_way(root, copy);
	}
	return r < 0 ? r : open_in(root, path, O_WRONLY | O_CREAT | O_EXCL);
}

int rooted_links(int root)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib32",
					     "lib64" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(names); i++) {
		char host[sizeof("/lib64")];
		struct stat st;

		snprintf(host, sizeof(host), "/%s", names[i]);
		if (lstat(host, &st) == 0 && S_ISLNK(st.st_mode))
			r = make_first(root, names[i]);
	}
	return r;
}

void rooted_unlink(int root, const char *path)
{
	_cleanup_close_ int dir = -1;
	char copy[PATH_MAX];
	char *last;

	snprintf(copy, sizeof(copy), "%s", path);
	last = strrchr(copy, '/');
	if (!last || !last[1])
		return;
	*last = '\0';
	dir = open_in(root, copy[0] ? copy : "/", O_PATH | O_DIRECTORY);
	if (dir >= 0)
		unlinkat(dir, last + 1, 0);
}
