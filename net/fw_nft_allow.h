/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_allow.h - where networks may go in spite of Isolate, by nf_tables
 */
#ifndef RUNNS_NET_FW_NFT_ALLOW_H
#define RUNNS_NET_FW_NFT_ALLOW_H

#include "net/fw.h"
#include "net/fw_nft_rule.h"
#include "net/nl.h"

/*
 * The sets, which all begin with the device's name.  Those of networks have
 * intervals, so that they take longer to change the more they hold.
 */
#define NFT_ALLOW_PORTS "allow-ports"
#define NFT_ALLOW_PORTS6 "allow-ports6"
#define NFT_ALLOW_NETS "allow-nets"
#define NFT_ALLOW_NETS6 "allow-nets6"
#define NFT_ALLOW_HERE "allow-here"

enum {
	NFT_ALLOW_SETS = 5,
	NFT_ALLOW_PORTS_FIELDS =
		NFT_FIELD_FROM | NFT_FIELD_DADDR4 | NFT_FIELD_PORT,
	NFT_ALLOW_PORTS6_FIELDS =
		NFT_FIELD_FROM | NFT_FIELD_DADDR6 | NFT_FIELD_PORT,
	NFT_ALLOW_NETS_FIELDS = NFT_FIELD_FROM | NFT_FIELD_DADDR4,
	NFT_ALLOW_NETS6_FIELDS = NFT_FIELD_FROM | NFT_FIELD_DADDR6,
	NFT_ALLOW_HERE_FIELDS = NFT_FIELD_FROM | NFT_FIELD_PORT,
};

/**
 * nft_allow_new() - the message that makes a set
 * @set:	0 to NFT_ALLOW_SETS - 1
 * @id:		for the batch
 *
 * Return: a message that the caller frees; NULL without memory.
 */
struct nl_msg *nft_allow_new(unsigned int set, uint32_t id);

/**
 * nft_allow_set() - have the sets hold what @m says for its device, no more
 *
 * All at once.  Elements of other devices stay.
 *
 * Return: 0 or -errno.
 */
int nft_allow_set(struct nl_sock *sk, const struct fw_member *m) _must_check_;

#endif
