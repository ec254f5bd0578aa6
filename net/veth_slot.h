/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth_slot.h - how many networks a user has, and what is left of those gone
 */
#ifndef RUNNS_NET_VETH_SLOT_H
#define RUNNS_NET_VETH_SLOT_H

#include "net/veth_user.h"

/**
 * veth_slot_lock() - hold all that is done for one user
 *
 * Return: descriptor; -ETIMEDOUT, not logged if @timeout_ms is 0; -errno.
 */
int veth_slot_lock(const struct host *h, uid_t uid, int timeout_ms)
	_must_check_;

/**
 * veth_slot_find() - the lowest slot that is free, if he may have one more
 *
 * His lock must be held.  What is left of networks whose namespaces are gone
 * is taken back, all of his own and some of others.
 *
 * Return: 0; -EDQUOT, logged; -errno, logged.
 */
int veth_slot_find(const struct veth_user *u, struct nl_sock *sk,
		   uint32_t *slot) _must_check_;

#endif
