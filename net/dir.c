/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dir.c - the entries of a directory
 */
#include "net/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

static int dir_walk(DIR *dir, int (*fn)(void *ctx, const char *name),
		    void *ctx)
{
	for (;;) {
		struct dirent *entry;
		int r = 0;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			r = fn(ctx, entry->d_name);
		if (r)
			return r;
	}
}

int dir_each(int dirfd, int (*fn)(void *ctx, const char *name), void *ctx)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int r;

	if (!dir) {
		r = -errno;
		base_close(&fd);
		return r;
	}
	r = dir_walk(dir, fn, ctx);
	closedir(dir);
	return r;
}
