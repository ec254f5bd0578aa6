/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warn.h - what keeps a network from working and is not ours to change
 */
#ifndef RUNNS_NET_WARN_H
#define RUNNS_NET_WARN_H

#include "net/nl.h"
#include "net/record.h"

/**
 * warn_each() - call @fn with a sentence for each such thing
 * @sk:		rtnetlink in the host
 * @stands:	it was not made just now: others may use its addresses since
 *
 * Chains of others that drop what is forwarded; routes of others into its
 * addresses; no way out of the host.
 *
 * Return: 0, what @fn returned, or -errno.
 */
int warn_each(const struct record *r, struct nl_sock *sk, bool stands,
	      int (*fn)(void *ctx, const char *text), void *ctx) _must_check_;

#endif
