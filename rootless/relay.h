/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - packets between a VPN's program and a device
 */
#ifndef ROOTLESS_RELAY_H
#define ROOTLESS_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"

/**
 * struct relay_ends - what a relay joins
 * @vpn:	socket with one packet in each message, SOCK_DGRAM
 * @tun:	device with one packet for each read(2); not blocking
 * @stop:	the relay ends when this can be read
 * @is_gone:	asked every two seconds in which nothing came: is the other
 *		side of @vpn closed?  The kernel tells that only to who sends
 * @ctx:	handed to @is_gone
 */
struct relay_ends {
	int vpn;
	int tun;
	int stop;
	bool (*is_gone)(void *ctx);
	void *ctx;
};

/** struct relay_count - packets so far */
struct relay_count {
	uint64_t in;		/* to the device */
	uint64_t out;
	uint64_t dropped;	/* nothing that one side would take */
};

/**
 * relay_run() - move packets both ways until one side ends
 * @count:	filled as it goes
 *
 * Looks into no packet.  When the VPN's program does not take any, those of
 * the device wait in its queue, which the kernel bounds.
 *
 * Return: 0 after @stop; -ECONNRESET when the VPN's program is gone; -ENODEV
 * when the device is; another -errno.
 */
int relay_run(const struct relay_ends *ends, struct relay_count *count)
	_must_check_;

#endif
