/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channel.h - how the two ends of a forward talk
 *
 * The end in the other namespace makes sockets and looks names up; it passes
 * the sockets on, and all else is done by the end that runnsctl was started
 * as.  Both are the same program of the same user on the same machine, so
 * packets are structures.
 */
#ifndef FORWARD_CHANNEL_H
#define FORWARD_CHANNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/policy/forward.h"

enum {
	CHANNEL_SOCKETS = 0,	/* stdin of the far end: sockets */
	CHANNEL_NAMES = 1,	/* stdout of the far end: names */
	CHANNEL_FDS_MAX = 16,	/* descriptors in one packet */
	NAMES_ADDRS_MAX = 8,	/* addresses of a host that are tried */
};

/** struct channel_ask - make @n sockets */
struct channel_ask {
	int32_t family;
	int32_t type;
	uint32_t n;
};

/**
 * struct channel_answer - sockets, or why there are none
 * @error:	0 or a negative errno
 *
 * One of these without sockets is the far end's greeting.
 */
struct channel_answer {
	int32_t error;
};

/**
 * struct names_ask - look @host up
 * @index:	of the forward, comes back with the answer
 */
struct names_ask {
	uint32_t index;
	int32_t type;
	char host[FORWARD_HOST_SIZE];
};

/**
 * struct names_answer - the addresses of a host
 * @error:	0 or what getaddrinfo(3) returned
 */
struct names_answer {
	uint32_t index;
	int32_t error;
	uint32_t n;
	struct addr addrs[NAMES_ADDRS_MAX];
};

/**
 * channel_send() - one packet, and descriptors that stay the caller's
 *
 * Return: 0 or -errno.
 */
int channel_send(int fd, const void *packet, size_t size, const int *fds,
		 size_t n) _must_check_;

/**
 * channel_recv() - one packet, waiting for it if @fd does
 * @fds:	room for CHANNEL_FDS_MAX descriptors, which become the
 *		caller's, close-on-exec
 * @n:		how many there are; fewer than sent if the limit of
 *		descriptors was reached
 *
 * Return: 0; -EPIPE if the other end is gone; -EPROTO if the packet is not
 * @size bytes; another -errno.
 */
int channel_recv(int fd, void *packet, size_t size, int *fds, size_t *n)
	_must_check_;

/**
 * names_look_up() - look a host up in a thread of its own
 * @fd:		where the answer is sent to, in one packet
 *
 * What a name server is slow about keeps nobody else waiting.
 *
 * Return: 0 or -errno.
 */
int names_look_up(int fd, const struct names_ask *ask) _must_check_;

#endif
