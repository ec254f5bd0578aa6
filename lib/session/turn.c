/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn.c - not everything that a user starts is out of his reach at once
 */
#include "lib/session/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/session/paths.h"
#include "lib/session/rundir.h"
#include "lib/sys/file.h"

static int turn_lock(int fd, uid_t uid, unsigned int n, bool wait)
{
	/* All in one file, each user at a place of his own. */
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1,
		.l_start = (off_t)uid * TURNS + n % TURNS,
	};

	return fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock) < 0 ?
		       -errno : 0;
}

static int turn_open(int host)
{
	_cleanup_close_ int dir = file_open_dir(host, PATH_RUN_LOCK);
	int fd;

	if (dir == -ENOENT)
		dir = rundir_open(host, "lock", 0700);
	if (dir < 0)
		return dir;
	fd = openat(dir, "launch", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	return fd < 0 ? -errno : fd;
}

int turn_take(int host, uid_t uid)
{
	unsigned int first = (unsigned int)getpid();
	int fd = turn_open(host), r = -EAGAIN;

	if (fd < 0)
		return fd;
	for (unsigned int i = 0; r == -EAGAIN && i <= TURNS; i++)
		r = turn_lock(fd, uid, first + i, i == TURNS);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}
