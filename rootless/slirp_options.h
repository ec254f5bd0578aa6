/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slirp_options.h - how `runns-rootless slirp' is called
 *
 * Addresses inside follow from the network: .2 stands for the host, .3 for its
 * name server, .100 is the device's; of IPv6 fd00::2, ::3 and ::100.
 */
#ifndef ROOTLESS_SLIRP_OPTIONS_H
#define ROOTLESS_SLIRP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/addr.h"

enum { SLIRP_MTU = 65520, SLIRP_MTU_MIN = 1280, SLIRP_MTU_MAX = 65521 };

/**
 * struct slirp_options - what was asked for
 * @userns:	descriptor of the user namespace inside, -1: ours
 * @netns:	descriptor of the network namespace inside
 * @ready:	gets one byte '1' and is closed when the network can be used
 * @exit:	the engine ends with whatever happens on it
 * @ifname:	of the device inside
 * @net:	the network inside
 * @outbound:	address of the host's to connect from; family 0: any
 * @host_loopback: what goes to .2 reaches the host's loopback
 */
struct slirp_options {
	int userns;
	int netns;
	int ready;
	int exit;
	uint32_t mtu;
	const char *ifname;
	struct addr_net net;
	struct addr outbound;
	bool no_ipv6;
	bool no_dns;
	bool host_loopback;
};

/**
 * slirp_options_parse() - read the words behind the mode
 *
 * Return: 0; -EINVAL, logged.
 */
int slirp_options_parse(int argc, char **argv, struct slirp_options *out)
	_must_check_;

#endif
