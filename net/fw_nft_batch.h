/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_batch.h - messages that nf_tables takes as one transaction
 */
#ifndef RUNNS_NET_FW_NFT_BATCH_H
#define RUNNS_NET_FW_NFT_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "net/nl.h"

enum { NFT_BATCH_MAX = 100 };

/* Begins with @n = 0. */
struct nft_batch {
	struct nl_msg *msgs[NFT_BATCH_MAX];
	size_t n;
};

/**
 * nft_batch_put() - append a message, which the batch owns from then on
 * @msg:	NULL: there was no memory for it
 * @complete:	it has all that it needs
 *
 * Return: false, with @msg freed, unless it was appended.
 */
bool nft_batch_put(struct nft_batch *b, struct nl_msg *msg, bool complete)
	_must_check_;

/** nft_batch_send() - all or nothing; 0, also if it is empty, or -errno */
int nft_batch_send(struct nl_sock *sk, const struct nft_batch *b)
	_must_check_;

/** nft_batch_clear() - free the messages */
void nft_batch_clear(struct nft_batch *b);

#define _cleanup_batch_ __attribute__((cleanup(nft_batch_clear)))

#endif
