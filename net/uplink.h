/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uplink.h - forwarding on the devices that networks leave by, and no others
 *
 * ip_forward stays as it is: only the devices concerned forward, and where
 * they did not before, the firewall drops what others would send through.
 * PATH_RUN "/uplink"/INDEX/ has a file for each network that uses the device,
 * so that the last one to leave puts things back.
 */
#ifndef RUNNS_NET_UPLINK_H
#define RUNNS_NET_UPLINK_H

#include "net/fw.h"
#include "net/host.h"
#include "net/nl.h"
#include "net/route.h"

/**
 * struct uplink_user - the network in question
 * @sk:		rtnetlink in the host
 * @fw:		the backend that it uses
 * @stands:	it was built before: all is looked at anew
 */
struct uplink_user {
	const struct host *h;
	struct nl_sock *sk;
	const struct fw_backend *fw;
	const char *name;
	bool stands;
};

/**
 * uplink_use() - open the way out for a network
 * @wanted:	name of the device; "" for those of the host's default routes
 * @out:	set to the device and its gateway if one was wanted
 *
 * Return: 0, also if the host has no default route; -ENODEV if @wanted is
 * absent; -errno; logged.
 */
int uplink_use(const struct uplink_user *user, const char *wanted,
	       struct route_uplink *out) _must_check_;

/**
 * uplink_move() - leave devices that the network does not use any more
 * @steer:	its device and address; and the uplink that was asked for, else
 *		index 0: those of default routes
 *
 * Its routing rules that lead to such devices go too.  To be called after
 * uplink_use() and route_steer(), so that nothing leaves by a third way.
 *
 * Return: 0 or -errno, logged.
 */
int uplink_move(const struct uplink_user *user,
		const struct route_steer *steer) _must_check_;

/**
 * uplink_leave() - the network needs no way out any more
 *
 * What the last one leaves behind is put back, unless somebody else has
 * turned forwarding on meanwhile.
 *
 * Return: 0 or -errno, logged.
 */
int uplink_leave(const struct uplink_user *user) _must_check_;

/**
 * uplink_sweep() - forget networks that are not recorded any more
 *
 * Return: 0 or -errno, logged.
 */
int uplink_sweep(const struct host *h, struct nl_sock *sk) _must_check_;

#endif
