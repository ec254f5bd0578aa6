/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_bar.h - rules inside that let a device lead only where it may
 */
#ifndef RUNNS_NET_FW_NFT_BAR_H
#define RUNNS_NET_FW_NFT_BAR_H

#include "net/fw.h"

/** nft_bar() - as struct fw_backend has it */
int nft_bar(const struct fw_bar *bar) _must_check_;

#endif
