/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - numbers of networks, and the names and addresses that follow
 *
 * Number N is the device rn-N and the Nth network of the pool.  Who has it is
 * a link PATH_RUN_POOL/N whose text is the network's name, which appears and
 * goes at once.
 */
#ifndef RUNNS_NET_POOL_H
#define RUNNS_NET_POOL_H

#include "lib/policy/profile.h"
#include "net/nl.h"
#include "net/record.h"

#define POOL_LINK_PREFIX "rn-"

/**
 * struct pool_want - what a network needs of the pool
 * @pool:	where addresses come from
 * @prefix:	of one network
 * @address:	an address is needed (else @r->net is set already)
 * @pool6, @prefix6, @address6: likewise for IPv6
 * @from:	lowest number to try, from 1
 */
struct pool_want {
	struct addr_net pool;
	uint8_t prefix;
	bool address;
	struct addr_net pool6;
	uint8_t prefix6;
	bool address6;
	uint32_t from;
};

/**
 * pool_claim() - find a number that is free in every respect
 * @sk:		rtnetlink in the host
 * @r:		gets index, outside (if empty), net and peer, net6 and peer6;
 *		it is written before the number is taken
 *
 * Passed over are numbers whose device name exists, and networks to which a
 * foreign route leads.  The cost does not grow with the numbers in use.
 *
 * Return: 0; -ENOSPC if nothing is left, logged; -errno, logged.
 */
int pool_claim(const struct host *h, struct nl_sock *sk,
	       const struct pool_want *want, struct record *r) _must_check_;

/**
 * pool_net_is_free() - does no route but a default one lead into the network?
 *
 * Its ends and some between are asked for: what leads to less than an eighth
 * of it may be missed.
 *
 * Return: 1, 0 or -errno.
 */
int pool_net_is_free(struct nl_sock *sk, const struct addr_net *net)
	_must_check_;

/**
 * pool_net_owner() - does another device than ours get packets for it?
 * @link:	ours, which is up
 *
 * Return: index of the other one; 0 if there is none; -errno.
 */
int pool_net_owner(struct nl_sock *sk, const struct addr_net *net, int link)
	_must_check_;

/** pool_release() - give @index back if @name has it; 0 or -errno */
int pool_release(const struct host *h, uint32_t index, const char *name)
	_must_check_;

/**
 * pool_sweep() - give back what no record speaks of
 *
 * The lock "pool" must be held.
 *
 * Return: how many, or -errno.
 */
int pool_sweep(const struct host *h) _must_check_;

/**
 * pool_peer() - the address inside that belongs to @net, the host's
 *
 * The next one, or the one before if there is no next.
 *
 * Return: 0, or -EINVAL for a network that has no two addresses.
 */
int pool_peer(const struct addr_net *net, struct addr *out) _must_check_;

#endif
