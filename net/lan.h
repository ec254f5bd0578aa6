/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lan.h - the networks that uplinks are connected to
 */
#ifndef RUNNS_NET_LAN_H
#define RUNNS_NET_LAN_H

#include "lib/policy/allow.h"
#include "net/route.h"

/**
 * lan_find() - add the IPv4 networks that devices are connected to to a list
 * @uplinks:	of @n devices
 *
 * Return: 0, also if there are none; -ENOSPC; -errno.
 */
int lan_find(struct nl_sock *sk, const struct route_uplink *uplinks, int n,
	     struct allow_list *out) _must_check_;

#endif
