/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_base.h - the table of nf_tables that all members share
 */
#ifndef RUNNS_NET_FW_NFT_BASE_H
#define RUNNS_NET_FW_NFT_BASE_H

#include "net/nl.h"

#define NFT_TABLE "runns"

/* Sets of devices' names; nft_sets[] has theirs. */
enum nft_set {
	NFT_LINKS,
	NFT_NAT,
	NFT_OPEN,
	NFT_BYWAYS,
	NFT_OPENED,
	NFT_OPENED6,
	NFT_SETS,
};

extern const char *const nft_sets[NFT_SETS];

/**
 * nft_base_exists() - is our table there, in whatever state?
 *
 * Return: 1, 0 or -errno.
 */
int nft_base_exists(struct nl_sock *sk) _must_check_;

/**
 * nft_chain_has() - is the chain of that name there, with so many rules?
 *
 * Return: 1, 0 or -errno.
 */
int nft_chain_has(struct nl_sock *sk, const char *name, size_t rules)
	_must_check_;

/**
 * nft_base_intact() - is every chain there, with all its rules?
 *
 * Return: 1, 0 or -errno.
 */
int nft_base_intact(struct nl_sock *sk) _must_check_;

/**
 * nft_base_make() - make the table, or its chains anew
 *
 * One transaction; members stay in their sets.
 *
 * Return: 0 or -errno, logged.
 */
int nft_base_make(struct nl_sock *sk) _must_check_;

#endif
