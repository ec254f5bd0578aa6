/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_hold.c - a process inside, so that others can join
 */
#include "rootless/attach_hold.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/socket.h>

#include "lib/base/log.h"

static int enter(const struct inside *where, int mntns)
{
	if (setns(where->userns, CLONE_NEWUSER) < 0 ||
	    setns(mntns, CLONE_NEWNS) < 0 ||
	    setns(where->netns, CLONE_NEWNET) < 0)
		return -errno;
	return 0;
}

/* @end is answered once, and then read until the parent is no more. */
static _Noreturn void hold(const struct inside *where, int mntns, int end)
{
	int err = enter(where, mntns);
	char byte;

	if (err == 0 && (dup2(end, STDIN_FILENO) < 0 ||
			 close_range(STDIN_FILENO + 1, UINT_MAX, 0) < 0))
		err = -errno;
	if (err) {
		log_errno(err, "cannot join the instance");
		_exit(1);
	}
	if (send(STDIN_FILENO, "", 1, MSG_NOSIGNAL) == 1)
		while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
			;
	_exit(0);
}

int attach_hold(const struct inside *where, int mntns)
{
	_cleanup_close_ int ours = -1;
	int ends[2];
	char byte;
	ssize_t n;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return log_errno(-errno, "cannot make a socket pair");
	ours = ends[0];
	pid = fork();
	if (pid == 0)
		hold(where, mntns, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return log_errno(-errno, "cannot start a child");
	do
		n = read(ours, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? TAKE_FD(ours) : -ESRCH;
}
