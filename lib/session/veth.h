/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth.h - a user's own network namespace is connected by the builder
 */
#ifndef RUNNS_VETH_H
#define RUNNS_VETH_H

#include <sys/types.h>

#include "lib/base/base.h"

enum { VETH_TEXT_SIZE = 4096 };

/**
 * veth_connect() - have it given a device, an address and a way out
 * @ns:		descriptor above 2, proved by ns_verify_of_user()
 * @uid:	whose it is: what he may have is asked by the builder
 * @told:	set to what the builder had to say, cut where it does not fit: to
 *		be told him when nothing is held any more
 *
 * Another process does it, out of his reach, and in bounded time.
 *
 * Return: its exit status, 0 if the network is usable; -errno.
 */
int veth_connect(int ns, uid_t uid, char told[VETH_TEXT_SIZE]) _must_check_;

#endif
