/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route6.h - addresses, neighbours and routes of IPv6, by rtnetlink(7)
 */
#ifndef RUNNS_NET_ROUTE6_H
#define RUNNS_NET_ROUTE6_H

#include "lib/policy/addr.h"
#include "net/nl.h"
#include "net/route.h"

/** route6_add_addr() - give the device @index an address, once; 0 or -errno */
int route6_add_addr(struct nl_sock *sk, int index, const struct addr_net *net)
	_must_check_;

/** route6_add_lone_addr() - likewise, but no route to its network */
int route6_add_lone_addr(struct nl_sock *sk, int index,
			 const struct addr_net *net) _must_check_;

/**
 * route6_add_net() - send what is for the network of @net to @gateway
 *
 * Needs the device @index to be up.
 *
 * Return: 0 or -errno.
 */
int route6_add_net(struct nl_sock *sk, int index, const struct addr_net *net,
		   const struct addr *gateway) _must_check_;

/**
 * route6_add_neighbour() - note for good which hardware address @a has
 * @mac:	six bytes
 */
int route6_add_neighbour(struct nl_sock *sk, int index, const struct addr *a,
			 const uint8_t *mac) _must_check_;

/** route6_add_default() - send everything to @gateway through @index */
int route6_add_default(struct nl_sock *sk, int index,
		       const struct addr *gateway) _must_check_;

/** route6_is_free() - does no route but a default one lead to @a?  1, 0, -errno */
int route6_is_free(struct nl_sock *sk, const struct addr *a) _must_check_;

/**
 * route6_uplinks() - the devices of the default routes, whatever their table,
 * but for our own tables
 * @out:	room for ROUTE_UPLINKS_MAX
 *
 * Return: how many, or -errno.
 */
int route6_uplinks(struct nl_sock *sk,
		   struct route_uplink out[ROUTE_UPLINKS_MAX]) _must_check_;

#endif
