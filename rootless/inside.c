/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inside.c - do something in the namespaces of a program that was unshared
 *
 * A child goes there, for the way back into the host's user namespace is
 * closed to whoever left it.
 */
#include "rootless/inside.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/base/log.h"

union inside_control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

static int inside_send(int socket, int fd)
{
	union inside_control control = { .room = { 0 } };
	int32_t result = fd < 0 ? fd : 0;
	struct iovec iov = { .iov_base = &result, .iov_len = sizeof(result) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd >= 0) {
		msg.msg_control = control.room;
		msg.msg_controllen = sizeof(control.room);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int inside_receive(int socket)
{
	union inside_control control = { .room = { 0 } };
	int32_t result = -EIO;
	int fd = -1;
	struct iovec iov = { .iov_base = &result, .iov_len = sizeof(result) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	ssize_t n;
	struct cmsghdr *c;

	do
		n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != sizeof(result))
		return log_errno(-EIO, "cannot set the network up inside");
	if (result < 0)
		return result;
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return log_errno(-EIO, "no device came from inside");
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int inside_enter(const struct inside *where)
{
	if (where->userns >= 0 && setns(where->userns, CLONE_NEWUSER) < 0)
		return log_errno(-errno, "cannot join the user namespace");
	if (setns(where->netns, CLONE_NEWNET) < 0)
		return log_errno(-errno, "cannot join the network namespace");
	return 0;
}

static _Noreturn void inside_child(const struct inside *where, int socket,
				   int (*fn)(void *ctx), void *ctx)
{
	int err = inside_enter(where);

	if (err == 0)
		err = fn(ctx);
	_exit(inside_send(socket, err) < 0);
}

int inside_run(const struct inside *where, int (*fn)(void *ctx), void *ctx)
{
	_cleanup_close_ int ours = -1;
	_cleanup_close_ int theirs = -1;
	int ends[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return log_errno(-errno, "cannot make a socket pair");
	ours = ends[0];
	theirs = ends[1];
	pid = fork();
	if (pid == 0)
		inside_child(where, theirs, fn, ctx);
	if (pid < 0)
		return log_errno(-errno, "cannot start a child");
	/* So that its death is seen as the end. */
	close(TAKE_FD(theirs));
	fd = inside_receive(ours);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fd;
}
