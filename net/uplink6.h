/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uplink6.h - forwarding of IPv6 on the devices of default routes
 *
 * net.ipv6.conf.all.forwarding stays as it is: with it the host would be
 * everybody's router, and would not believe its own any more.  Where it is off
 * force_forwarding is set for the devices concerned, and the firewall drops
 * what others would send through.
 *
 * PATH_RUN "/uplink"/six.INDEX/ stands for a device that forwards because of
 * us; it has the link ".name" and a file for each network.
 */
#ifndef RUNNS_NET_UPLINK6_H
#define RUNNS_NET_UPLINK6_H

#include "net/host.h"
#include "net/nl.h"
#include "net/uplink.h"

/**
 * uplink6_use() - open the way out for a network
 * @only:	device that it is to leave by; 0: those of the default routes
 * @gateway:	set to the router at @only, or to family 0
 *
 * Return: 0, also if the host has no default route; -errno; logged.
 */
int uplink6_use(const struct uplink_user *user, int only, struct addr *gateway)
	_must_check_;

/**
 * uplink6_move() - leave devices that the network does not use any more
 * @only:	as for uplink6_use(), which went before
 *
 * Return: 0 or -errno, logged.
 */
int uplink6_move(const struct uplink_user *user, int only) _must_check_;

/**
 * uplink6_leave() - the network @name needs it no more
 * @sk:		rtnetlink in the host
 *
 * What the last one leaves behind is put back.
 *
 * Return: 0 or -errno, logged.
 */
int uplink6_leave(const struct host *h, struct nl_sock *sk, const char *name)
	_must_check_;

/** uplink6_sweep() - forget networks that have no record; 0, -errno, logged */
int uplink6_sweep(const struct host *h, struct nl_sock *sk) _must_check_;

#endif
