/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.h - a VPN's device: taken inside, and set up there
 */
#ifndef RUNNS_NET_TUNNEL_H
#define RUNNS_NET_TUNNEL_H

#include "lib/policy/tunnel.h"
#include "net/nl.h"

/**
 * struct tunnel_way - from where to where a device is moved
 * @from:	socket in the namespace where the device is
 * @to:		socket in the network's namespace, which is @ns
 * @network:	name of the network, becomes the alias of the device
 * @name:	of the device inside, such as "tun0"
 */
struct tunnel_way {
	struct nl_sock *from;
	struct nl_sock *to;
	int ns;
	const char *network;
	const char *name;
};

/**
 * tunnel_move() - move the device @index inside
 *
 * Takes about 30 ms and leaves it down, without addresses.  A device of ours
 * that has the name inside is an older tunnel's and is removed first.
 *
 * Return: its index inside (it may be another one), above 0; -EEXIST if a
 * device that is not ours has the name; -ENODEV if it is gone; -errno; logged.
 */
int tunnel_move(const struct tunnel_way *way, int index) _must_check_;

/**
 * tunnel_apply() - make the device @index inside be as @t says, and up
 * @in:		socket in the network's namespace
 * @metric:	of its routes: 0 for the first tunnel of a network, higher for
 *		the next ones
 *
 * May be called again and again: what an earlier call set and @t does not have
 * is taken away, what stays is not touched.  Routes of a family that the tunnel
 * has no address of are left out.
 *
 * Return: 0 or -errno, logged.
 */
int tunnel_apply(struct nl_sock *in, int index, const struct tunnel *t,
		 uint32_t metric) _must_check_;

#endif
