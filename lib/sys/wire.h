/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - messages of proto.h on a socket, with descriptors
 *
 * unix(7), SCM_RIGHTS.  Nothing here waits, but for connecting.
 */
#ifndef RUNNS_WIRE_H
#define RUNNS_WIRE_H

#include "lib/base/base.h"
#include "lib/policy/proto.h"

struct sockaddr_un;

/** WIRE_SOCKET - where the service listens, unless it is told otherwise */
#define WIRE_SOCKET "/run/runns/runns.socket"

/**
 * wire_connect() - connect to the service
 *
 * Return: descriptor that the caller closes; -EACCES if he may not; -ENOENT
 * or -ECONNREFUSED if nobody is there; -EPERM if another than root made the
 * socket; another -errno.
 */
int wire_connect(const char *path) _must_check_;

/**
 * wire_address() - the address of a socket's path
 *
 * Return: 0 or -ENAMETOOLONG.
 */
int wire_address(const char *path, struct sockaddr_un *out) _must_check_;

/**
 * wire_send() - send one message
 * @fds:	@n_fds descriptors that go along, and stay the caller's
 *
 * Return: 0; -EAGAIN if the other side does not read; another -errno.
 */
int wire_send(int socket, const struct proto_message *m, const int *fds,
	      size_t n_fds) _must_check_;

/**
 * wire_receive() - take one message
 * @fds:	PROTO_FDS_MAX, set to the descriptors that came along, which the
 *		caller closes, or -1
 * @n_fds:	how many came
 *
 * Return: 0; -ECONNRESET at the end; -EAGAIN; -EPROTO and -EPROTONOSUPPORT as
 * proto_decode(), and then no descriptor is kept; another -errno.
 */
int wire_receive(int socket, struct proto_message *m, int fds[PROTO_FDS_MAX],
		 size_t *n_fds) _must_check_;

#endif
