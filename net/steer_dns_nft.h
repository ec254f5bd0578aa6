/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns_nft.h - look-ups go to the network's own name servers: nf_tables
 */
#ifndef RUNNS_NET_STEER_DNS_NFT_H
#define RUNNS_NET_STEER_DNS_NFT_H

#include "net/steer_dns.h"

/** nft_steer() - as struct fw_backend has it */
int nft_steer(const struct steer_dns *dns) _must_check_;

/** nft_steers() - as struct fw_backend has it */
int nft_steers(const struct steer_dns *dns) _must_check_;

#endif
