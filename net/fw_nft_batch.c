/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_batch.c - messages that nf_tables takes as one transaction
 */
#include "net/fw_nft_batch.h"

#include <linux/netfilter/nfnetlink.h>

bool nft_batch_put(struct nft_batch *b, struct nl_msg *msg, bool complete)
{
	if (!msg || !complete || b->n == NFT_BATCH_MAX) {
		nl_freep(&msg);
		return false;
	}
	b->msgs[b->n++] = msg;
	return true;
}

int nft_batch_send(struct nl_sock *sk, const struct nft_batch *b)
{
	if (b->n == 0)
		return 0;
	return nl_talk_batch(sk, b->msgs, b->n, NFNL_SUBSYS_NFTABLES);
}

void nft_batch_clear(struct nft_batch *b)
{
	while (b->n > 0)
		nl_freep(&b->msgs[--b->n]);
}
