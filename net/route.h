/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route.h - addresses, routes and routing rules (IPv4), by rtnetlink(7)
 *
 * What we put into the routing tables carries our protocol number, so that it
 * is known as ours.
 */
#ifndef RUNNS_NET_ROUTE_H
#define RUNNS_NET_ROUTE_H

#include <stdint.h>

#include "lib/policy/addr.h"
#include "net/nl.h"

enum {
	ROUTE_PROTO = 0x72,	/* rtm_protocol and FRA_PROTOCOL of ours */
	ROUTE_UPLINKS_MAX = 8,
};

/* Of networks that leave by one uplink only. */
enum {
	ROUTE_TABLE_BASE = 0x72000000,	/* + index of the uplink */
	ROUTE_RULE_PRIORITY = 20814,	/* before main (32766) */
	ROUTE_LAST_METRIC = 0x7fffffff,
	ROUTE_RULES_MAX = 16,		/* equal rules that are removed */
};

/**
 * route_add_addr() - give the device @index an address, once
 *
 * Return: 0, also if it has it; -errno.
 */
int route_add_addr(struct nl_sock *sk, int index, const struct addr_net *net)
	_must_check_;

/**
 * route_add_default() - send everything to @gateway through the device @index
 *
 * Another default route of the same metric is replaced.
 */
int route_add_default(struct nl_sock *sk, int index,
		      const struct addr *gateway) _must_check_;

/**
 * route_is_free() - does no route but a default one lead to @a?
 *
 * Half of the address space (0.0.0.0/1 and 128.0.0.0/1, as VPN programs use
 * them) counts as a default route.
 *
 * Return: 1, 0 or -errno.
 */
int route_is_free(struct nl_sock *sk, const struct addr *a) _must_check_;

/**
 * route_device() - the device that packets to @a leave by
 *
 * For an address of the host's own, the device that has it.
 *
 * Return: index; 0 if they go nowhere; -errno.
 */
int route_device(struct nl_sock *sk, const struct addr *a) _must_check_;

/**
 * struct route_uplink - a device that a default route uses
 * @index:	the device
 * @gateway:	family 0 if the route has none
 */
struct route_uplink {
	int index;
	struct addr gateway;
};

/**
 * route_uplinks() - the devices of the main table's default routes
 * @out:	room for ROUTE_UPLINKS_MAX
 *
 * Return: how many, in order of their metric; or -errno.
 */
int route_uplinks(struct nl_sock *sk,
		  struct route_uplink out[ROUTE_UPLINKS_MAX]) _must_check_;

/**
 * route_uplink_now() - the devices that default routes lead to at present
 *
 * Two look-ups in place of a walk over all routes, and in any table that
 * routing rules lead to; a default route that is second by its metric is not
 * seen.
 *
 * Return: as route_uplinks().
 */
int route_uplink_now(struct nl_sock *sk,
		     struct route_uplink out[ROUTE_UPLINKS_MAX]) _must_check_;

/**
 * struct route_steer - a network that leaves by one uplink only
 * @outside:	name of the host's end
 * @inside:	the address inside
 * @net:	the host's address and the network's prefix
 * @link:	the host's end
 * @uplink:	the device to leave by, and the gateway there
 * @inside6, @net6, @gateway6: likewise for IPv6; family 0: it has none
 */
struct route_steer {
	const char *outside;
	struct addr inside;
	struct addr_net net;
	int link;
	struct route_uplink uplink;
	struct addr inside6;
	struct addr_net net6;
	struct addr gateway6;
};

/**
 * route_steer() - have its packets looked up in the uplink's own table
 *
 * That table ends in "unreachable": with the uplink gone nothing leaves by
 * another.  Two rules: what comes in by @outside, and what comes from
 * @inside, which is what a check of the reverse path asks for.
 *
 * Return: 0, also if all is there; -errno.
 */
int route_steer(struct nl_sock *sk, const struct route_steer *steer)
	_must_check_;

/**
 * route_steer_back() - the way to the network itself, in the same table
 *
 * Needs the host's end to be up.
 */
int route_steer_back(struct nl_sock *sk, const struct route_steer *steer)
	_must_check_;

/**
 * route_unsteer() - take the rules of one network away, whatever is left
 * @outside:	as it was given
 * @inside:	as it was given
 * @uplink:	those that lead to this device; 0: all
 */
int route_unsteer(struct nl_sock *sk, const char *outside,
		  const struct addr *inside, int uplink) _must_check_;

/** route_forget() - take the table of the uplink @index away */
int route_forget(struct nl_sock *sk, int index) _must_check_;

#endif
