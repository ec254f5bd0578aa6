/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route6_steer.h - IPv6 of networks that leave by one uplink only
 *
 * The same tables and rules as for IPv4: see route.h.
 */
#ifndef RUNNS_NET_ROUTE6_STEER_H
#define RUNNS_NET_ROUTE6_STEER_H

#include "net/route.h"

/**
 * route6_steer() - have its packets looked up in the uplink's own table
 * @steer:	with @inside6 and @gateway6
 *
 * Return: 0, also if all is there; -errno.
 */
int route6_steer(struct nl_sock *sk, const struct route_steer *steer)
	_must_check_;

/**
 * route6_steer_back() - the way to the network itself, in the same table
 * @steer:	with @net6
 *
 * Needs the host's end to be up.
 */
int route6_steer_back(struct nl_sock *sk, const struct route_steer *steer)
	_must_check_;

/** route6_unsteer() - as route_unsteer() */
int route6_unsteer(struct nl_sock *sk, const char *outside,
		   const struct addr *inside, int uplink) _must_check_;

/** route6_forget() - as route_forget(); 0 also where there is no IPv6 */
int route6_forget(struct nl_sock *sk, int index) _must_check_;

#endif
