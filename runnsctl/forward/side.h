/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * side.h - one of the two namespaces that a forward joins
 */
#ifndef FORWARD_SIDE_H
#define FORWARD_SIDE_H

#include <sys/socket.h>

#include "runnsctl/forward/channel.h"
#include "runnsctl/forward/loop.h"

/** struct stock - sockets that the far end has made and nobody needs yet */
struct stock {
	int fds[CHANNEL_FDS_MAX];
	size_t n;
};

/**
 * struct far_place - where the far end is
 * @netns:	name; NULL: the one that the map says
 * @enter:	in place of the name: enters it in the far end's process, and
 *		returns 0 or -errno; or NULL
 * @ctx:	for @enter
 */
struct far_place {
	const char *netns;
	int (*enter)(const void *ctx);
	const void *ctx;
};

/**
 * struct side - where sockets are made and names looked up
 * @is_far:	by the far end, else by ourselves
 * @sockets:	channel to the far end, else -1
 * @names:	where answers arrive
 * @ask:	the other end of @names, else -1
 * @stocks:	connections over IPv4 and over IPv6
 */
struct side {
	struct loop *loop;
	bool is_far;
	int sockets;
	int names;
	int ask;
	struct stock stocks[2];
};

/**
 * side_near() - the namespace that we are in
 *
 * Return: 0 or -errno.
 */
int side_near(struct side *side, struct loop *loop) _must_check_;

/**
 * side_far() - start the far end, and wait until it is there
 * @pid:	its process
 *
 * Return: 0; -EINTR after a signal; -EPIPE if it could not enter, which it
 * has said itself; another -errno.
 */
int side_far(struct side *side, struct loop *loop,
	     const struct far_place *place, pid_t *pid) _must_check_;

/** side_close() - the far end ends by this */
void side_close(struct side *side);

/**
 * side_socket() - a socket in that namespace
 * @type:	SOCK_STREAM or SOCK_DGRAM; it never blocks
 *
 * If the far end is gone the loop ends too.
 *
 * Return: descriptor or -errno.
 */
int side_socket(struct side *side, int family, int type) _must_check_;

/**
 * side_look_up() - ask for the addresses of a host; they arrive at @names
 *
 * Return: 0 or -errno.
 */
int side_look_up(struct side *side, const struct names_ask *ask) _must_check_;

/** side_sockaddr() - what the kernel takes; returns its length */
socklen_t side_sockaddr(const struct addr *addr, uint16_t port,
			struct sockaddr_storage *out);

#endif
