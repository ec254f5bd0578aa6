/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warn.h - what keeps a network from working and is not ours to change
 */
#ifndef RUNNS_NET_WARN_H
#define RUNNS_NET_WARN_H

#include "net/nl.h"
#include "net/record.h"

enum { WARN_BLOCKS_MAX = 8, WARN_BLOCK_SIZE = 480 };

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

/**
 * struct warn_blocks - chains that drop, as seen once for all networks
 * @has_way:	the host was seen to have a default route
 * @firewall:	backend of the networks that they concern, "" before
 */
struct warn_blocks {
	char firewall[16];
	char what[WARN_BLOCKS_MAX][WARN_BLOCK_SIZE];
	bool six[WARN_BLOCKS_MAX];
	size_t n;
	bool has_way;
};

/**
 * warn_each_again() - the same for many networks that stand
 * @blocks:	zeroed before the first
 */
int warn_each_again(const struct record *r, struct nl_sock *sk,
		    struct warn_blocks *blocks,
		    int (*fn)(void *ctx, const char *text), void *ctx)
	_must_check_;

#endif
