/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_device.h - the device of a VPN, made inside
 */
#ifndef ROOTLESS_ATTACH_DEVICE_H
#define ROOTLESS_ATTACH_DEVICE_H

#include <net/if.h>
#include <stdbool.h>

#include "lib/policy/oc_env.h"
#include "rootless/inside.h"

/**
 * struct attach_device - what is made, and how
 * @env:	after oc_env_tunnel()
 * @bare:	addresses and routes are somebody else's to set
 * @name:	set by attach_device_make()
 */
struct attach_device {
	const struct oc_env *env;
	bool bare;
	char name[IFNAMSIZ];
};

/**
 * attach_device_make() - make a tun device inside, and set it up
 *
 * Refuses a network that has another way out: programs would take that when
 * the VPN goes.  Networks that the VPN wants left out are unreachable inside.
 *
 * Return: descriptor that the caller closes, not blocking; with it the device
 * goes.  -errno, logged.
 */
int attach_device_make(const struct inside *where, struct attach_device *d)
	_must_check_;

#endif
