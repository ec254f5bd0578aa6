/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route_byway.h - routes of a device beside a VPN that leads only where Allow=
 * says
 *
 * Which holds without any packet rule: inside there is no other route by that
 * device, and the host routes nothing else that comes by it.
 */
#ifndef RUNNS_NET_ROUTE_BYWAY_H
#define RUNNS_NET_ROUTE_BYWAY_H

#include "lib/policy/profile.h"
#include "net/route.h"

/**
 * struct route_byway - the device, and where it leads
 * @outside:	name of the host's end
 * @gateway:	its address
 * @inside:	the address inside
 * @link:	the device inside, of route_byway_inside()
 * @allows:	destinations
 * @forwards:	ports whose answers leave by it too
 * @uplink:	device whose table what leaves is looked up in; 0: as the host's
 *		rules say
 */
struct route_byway {
	const char *outside;
	struct addr gateway;
	struct addr inside;
	int link;
	const struct allow_list *allows;
	const struct profile_forward *forwards;
	size_t n_forwards;
	int uplink;
};

/**
 * route_byway_inside() - the routes inside, and an end behind the tunnels'
 * @in:		rtnetlink inside; the device must be up
 *
 * In a table of their own, so that none that a VPN's server has pushed takes
 * their place.
 *
 * Return: 0, also if all is there; -errno.
 */
int route_byway_inside(struct nl_sock *in, const struct route_byway *w)
	_must_check_;

/** route_byway_outside() - the rules of the host; 0 or -errno */
int route_byway_outside(struct nl_sock *out, const struct route_byway *w)
	_must_check_;

/** route_byway_forget() - take those away, whatever is left; 0 or -errno */
int route_byway_forget(struct nl_sock *out, const char *outside) _must_check_;

#endif
