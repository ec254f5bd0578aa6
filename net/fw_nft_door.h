/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_door.h - ports of the host's that lead into networks, by nf_tables
 */
#ifndef RUNNS_NET_FW_NFT_DOOR_H
#define RUNNS_NET_FW_NFT_DOOR_H

#include "net/fw.h"
#include "net/nl.h"

#define NFT_DOORS "doors"
#define NFT_DOORS6 "doors6"

/**
 * nft_doors_new() - the message that makes the map for IPv4 or IPv6
 * @family:	4 or 6
 *
 * Return: NULL without memory.
 */
struct nl_msg *nft_doors_new(uint8_t family, uint32_t id);

/**
 * nft_doors_set() - have the maps lead to @m what its forwards say, and no more
 *
 * All of a family at once.  Elements carry the name of the device as a comment;
 * those of others stay.
 *
 * Return: 0; -EEXIST, logged, if a port is another network's; -errno.
 */
int nft_doors_set(struct nl_sock *sk, const struct fw_member *m) _must_check_;

#endif
