/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fds.c - descriptors of a process that outlives the program
 */
#include "runnsctl/unshare/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>

/* Return: the lowest of them from @low on, or UINT_MAX. */
static unsigned int next_kept(const int *kept, size_t n, unsigned int low)
{
	unsigned int next = UINT_MAX;

	for (size_t i = 0; i < n; i++) {
		unsigned int fd = (unsigned int)kept[i];

		if (kept[i] >= 0 && fd >= low && fd < next)
			next = fd;
	}
	return next;
}

int fds_keep_only(const int *kept, size_t n)
{
	unsigned int low = STDERR_FILENO + 1;

	for (;;) {
		unsigned int next = next_kept(kept, n, low);

		if (next > low &&
		    syscall(SYS_close_range, low, next - 1, 0) < 0)
			return -errno;
		if (next == UINT_MAX)
			return 0;
		low = next + 1;
	}
}

int fds_standard_null(int first, int last)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	for (int fd = first; fd <= last; fd++) {
		if (dup2(null, fd) < 0)
			return -errno;
	}
	/* It was closed before, and is one of them now. */
	if (null <= last)
		null = -1;
	return 0;
}
