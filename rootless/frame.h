/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - which frames from inside the engine may see
 *
 * What a router of a network with NAT would not forward does not reach
 * libslirp: it would connect wherever a frame says, the host's loopback
 * included, and lead every port of the name server's address to the host's
 * server.  Pure: no system call, no allocation.
 */
#ifndef ROOTLESS_FRAME_H
#define ROOTLESS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_ETHER = 14,	/* bytes of an Ethernet header */
	FRAME_MAX = FRAME_ETHER + 65535,
};

/**
 * struct frame_rules - the network inside, in host byte order
 * @net:	its address
 * @mask:	its netmask
 * @gateway:	address that stands for the host
 * @server:	address that stands for the host's name server
 * @prefix6:	the first 64 bits of all its IPv6 addresses
 * @gateway6:	the other 64 bits
 * @server6:	the other 64 bits
 * @ipv6:	it has IPv6
 * @loopback:	@gateway and @gateway6 lead to the host's loopback
 * @dns:	@server and @server6 answer
 */
struct frame_rules {
	uint32_t net;
	uint32_t mask;
	uint32_t gateway;
	uint32_t server;
	uint64_t prefix6;
	uint64_t gateway6;
	uint64_t server6;
	bool ipv6;
	bool loopback;
	bool dns;
};

enum frame_verdict {
	FRAME_DROP,
	FRAME_PASS,
	FRAME_QUESTION,	/* passes, and asks a name server */
};

/**
 * frame_judge() - may this frame pass?
 * @frame:	@len bytes, Ethernet header first; any bytes
 */
enum frame_verdict frame_judge(const struct frame_rules *rules,
			       const uint8_t *frame, size_t len);

#endif
