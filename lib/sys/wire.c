/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.c - messages of proto.h on a socket, with descriptors
 */
#include "lib/sys/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* One more than allowed, so that too many are noticed. */
enum { FDS_ROOM = PROTO_FDS_MAX + 1 };

union control {
	char bytes[CMSG_SPACE(FDS_ROOM * sizeof(int))];
	struct cmsghdr align;
};

int wire_address(const char *path, struct sockaddr_un *out)
{
	size_t len = strlen(path);

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len == 0 || len >= sizeof(out->sun_path))
		return -ENAMETOOLONG;
	memcpy(out->sun_path, path, len + 1);
	return 0;
}

int wire_connect(const char *path)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un address;
	struct ucred server;
	socklen_t size = sizeof(server);
	int r = wire_address(path, &address);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &server, &size) < 0)
		return -errno;
	return server.uid == 0 ? TAKE_FD(fd) : -EPERM;
}

static void control_set(struct msghdr *head, union control *control,
			const int *fds, size_t n_fds)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	head->msg_control = control->bytes;
	head->msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
	c = CMSG_FIRSTHDR(head);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
}

int wire_send(int socket, const struct proto_message *m, const int *fds,
	      size_t n_fds)
{
	uint8_t bytes[PROTO_MAX];
	struct iovec data = { bytes, proto_encode(m, bytes) };
	struct msghdr head = { .msg_iov = &data, .msg_iovlen = 1 };
	union control control;

	if (n_fds > PROTO_FDS_MAX)
		return -EINVAL;
	if (n_fds > 0)
		control_set(&head, &control, fds, n_fds);
	return sendmsg(socket, &head, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno
								       : 0;
}

static void fds_close(int fds[PROTO_FDS_MAX])
{
	for (size_t i = 0; i < PROTO_FDS_MAX; i++) {
		base_close(&fds[i]);
		fds[i] = -1;
	}
}

/* Every descriptor that came is kept or closed. */
static size_t fds_take(struct msghdr *head, int fds[PROTO_FDS_MAX])
{
	size_t n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c;
	     c = CMSG_NXTHDR(head, c)) {
		size_t size = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; at + sizeof(int) <= size;
		     at += sizeof(int)) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd));
			if (n < PROTO_FDS_MAX)
				fds[n] = fd;
			else
				close(fd);
			n++;
		}
	}
	return n;
}

int wire_receive(int socket, struct proto_message *m, int fds[PROTO_FDS_MAX],
		 size_t *n_fds)
{
	uint8_t bytes[PROTO_MAX + 1];
	union control control;
	struct iovec data = { bytes, sizeof(bytes) };
	struct msghdr head = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t size;
	int r = -EPROTO;

	for (size_t i = 0; i < PROTO_FDS_MAX; i++)
		fds[i] = -1;
	size = recvmsg(socket, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (size < 0)
		return -errno;
	*n_fds = fds_take(&head, fds);
	if (size == 0 && *n_fds == 0)
		return -ECONNRESET;
	if (size <= PROTO_MAX && *n_fds <= PROTO_FDS_MAX &&
	    !(head.msg_flags & (MSG_CTRUNC | MSG_TRUNC)))
		r = proto_decode(bytes, (size_t)size, m);
	if (r < 0)
		fds_close(fds);
	return r;
}
