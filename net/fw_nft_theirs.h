/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_theirs.h - chains of others that forwarded packets pass through
 *
 * To accept a packet in one chain does not save it from the next.  Where the
 * other chain is that of iptables-nft, with the policy DROP that container
 * software sets, rules of ours at its end let members pass; what others drop
 * by rules or in tables of their own is reported, not changed.
 */
#ifndef RUNNS_NET_FW_NFT_THEIRS_H
#define RUNNS_NET_FW_NFT_THEIRS_H

#include <stdbool.h>

#include "net/nl.h"

/**
 * nft_theirs_blocks() - see struct fw_backend
 * @used:	nft_theirs_pass() was called for all members
 */
int nft_theirs_blocks(struct nl_sock *sk, bool used,
		      int (*fn)(void *ctx, const char *what, bool six),
		      void *ctx) _must_check_;

/**
 * nft_theirs_pass() - let a member through iptables-nft's chain, if it drops
 * @link:	its device
 * @six:	and through that of IPv6
 *
 * Return: 0, also if nothing had to be done; -errno.
 */
int nft_theirs_pass(struct nl_sock *sk, const char *link, bool six)
	_must_check_;

/**
 * nft_theirs_unpass() - take such rules away
 * @link:	those for this device alone; NULL: all of ours
 *
 * Return: 0, also if there were none; -errno.
 */
int nft_theirs_unpass(struct nl_sock *sk, const char *link) _must_check_;

#endif
