/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dir.c - the entries of a directory
 */
#include "net/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

/*
 * Many walks end at the first entry, and the kernel takes half a millisecond
 * to fill a large buffer.
 */
enum { DIR_FIRST_SIZE = 512, DIR_SIZE = 32 * 1024 };

static int dir_walk(const char *at, const char *end,
		    int (*fn)(void *ctx, const char *name), void *ctx)
{
	int r = 0;

	while (r == 0 && at < end) {
		const struct dirent64 *entry = (const void *)at;

		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			r = fn(ctx, entry->d_name);
		at += entry->d_reclen;
	}
	return r;
}

int dir_each(int dirfd, int (*fn)(void *ctx, const char *name), void *ctx)
{
	_Alignas(struct dirent64) char entries[DIR_SIZE];
	_cleanup_close_ int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY |
							    O_CLOEXEC);
	size_t size = DIR_FIRST_SIZE;
	int r = 0;

	if (fd < 0)
		return -errno;
	while (r == 0) {
		ssize_t n = getdents64(fd, entries, size);

		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = dir_walk(entries, entries + n, fn, ctx);
		if (size < sizeof(entries))
			size *= 2;
	}
	return r;
}
