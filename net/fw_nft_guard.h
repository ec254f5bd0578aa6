/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_guard.h - networks that are in the hands of strangers, by nf_tables
 */
#ifndef RUNNS_NET_FW_NFT_GUARD_H
#define RUNNS_NET_FW_NFT_GUARD_H

#include "net/fw.h"
#include "net/nl.h"

/**
 * nft_guard_set() - let only what has the source of @m pass, and count it
 *
 * The chains are made with the first such member, and go with the table.  For
 * any other, and without @m->mac, what is left of one is taken away.
 *
 * Return: 0 or -errno.
 */
int nft_guard_set(struct nl_sock *sk, const struct fw_member *m) _must_check_;

#endif
