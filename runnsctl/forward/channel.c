/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channel.c - packets between the two ends of a forward
 */
#include "runnsctl/forward/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Room for descriptors as the kernel wants it. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(CHANNEL_FDS_MAX * sizeof(int))];
};

int channel_send(int fd, const void *packet, size_t size, const int *fds,
		 size_t n)
{
	struct iovec iov = { .iov_base = (void *)packet, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	struct cmsghdr *c;
	ssize_t sent;

	if (n > 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	}
	do
		sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

static void fds_take(struct msghdr *msg, int *fds, size_t *n)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	*n = 0;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	*n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), *n * sizeof(int));
}

int channel_recv(int fd, void *packet, size_t size, int *fds, size_t *n)
{
	struct iovec iov = { .iov_base = packet, .iov_len = size };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got;

	*n = 0;
	do
		got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	fds_take(&msg, fds, n);
	if (got == 0)
		return -EPIPE;
	return (size_t)got == size && !(msg.msg_flags & MSG_TRUNC) ? 0
								   : -EPROTO;
}
