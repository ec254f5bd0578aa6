/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool6.h - IPv6 networks that follow from the numbers of pool.h
 */
#ifndef RUNNS_NET_POOL6_H
#define RUNNS_NET_POOL6_H

#include <stdint.h>

#include "lib/policy/addr.h"
#include "net/nl.h"

/**
 * pool6_size() - the highest number for which @pool has a network
 * @prefix:	of one network, not shorter than the pool's
 */
uint32_t pool6_size(const struct addr_net *pool, uint8_t prefix);

/**
 * pool6_net() - the network that number @index stands for
 * @index:	from 1 to pool6_size(), the last for the first network
 * @out:	gets the address of the host's end
 */
void pool6_net(const struct addr_net *pool, uint8_t prefix, uint32_t index,
	       struct addr_net *out);

/**
 * pool6_peer() - the address inside that belongs to @net, the host's
 *
 * The next one, or the one before if there is no next.
 */
void pool6_peer(const struct addr_net *net, struct addr *out);

/**
 * pool6_net_is_free() - does no route but a default one lead into the network?
 *
 * Its ends and the host's address stand for all of it.
 *
 * Return: 1, 0 or -errno.
 */
int pool6_net_is_free(struct nl_sock *sk, const struct addr_net *net)
	_must_check_;

#endif
