/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.h - the device of a network inside, whose other end an engine holds
 */
#ifndef ROOTLESS_TAP_H
#define ROOTLESS_TAP_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/addr.h"
#include "rootless/inside.h"

/* Stands before every frame that is read or written. */
enum { TAP_HEADER = sizeof(struct virtio_net_hdr) };

/**
 * struct tap - a device to be made
 * @name:	such as "tap0"
 * @addrs:	its addresses, @n of them; without one it is brought up alone
 * @gateways:	default routes, one for each address
 * @segments:	let the kernel hand over what it would have to cut to the
 *		size of the device, and leave checksums to us
 */
struct tap {
	const char *name;
	uint32_t mtu;
	const struct addr_net *addrs;
	const struct addr *gateways;
	unsigned int n;
	bool segments;
};

/**
 * tap_make() - make it inside, set it up, and bring lo up too
 *
 * No router is believed on it.
 *
 * Return: descriptor that the caller closes, not blocking; with it the device
 * goes.  -errno, logged.
 */
int tap_make(const struct inside *where, const struct tap *tap) _must_check_;

#endif
