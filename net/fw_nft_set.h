/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_set.h - the elements of a set of nf_tables
 */
#ifndef RUNNS_NET_FW_NFT_SET_H
#define RUNNS_NET_FW_NFT_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "net/nl.h"

/**
 * nft_set_each() - call @fn with every element of a set of our table
 * @elem:	an NFTA_LIST_ELEM
 * @fn:		must not use @sk; a value other than 0 ends it
 *
 * Return: 0, what @fn returned, or -errno; -EINTR: somebody's change of rules
 * has interrupted the listing.
 */
int nft_set_each(struct nl_sock *sk, const char *set,
		 int (*fn)(void *ctx, const struct nlattr *elem), void *ctx)
	_must_check_;

/**
 * nft_set_value() - the bytes in a key or in the data of an element
 * @attr:	NULL if it is absent
 *
 * Return: false unless there are @len of them.
 */
bool nft_set_value(const struct nlattr *attr, void *out, size_t len);

/**
 * struct nft_elem - an element to be put into a set, or taken out
 * @key_end:	@key_len bytes too, where the set has intervals; else NULL
 * @data:	of a map; NULL: none
 * @note:	for nft(8); NULL: none
 */
struct nft_elem {
	const void *key;
	const void *key_end;
	size_t key_len;
	const void *data;
	size_t data_len;
	const void *note;
	size_t note_len;
};

/**
 * nft_set_message() - the message about one element of a set of our table
 * @type:	NFT_MSG_NEWSETELEM, NFT_MSG_DELSETELEM or NFT_MSG_GETSETELEM
 *
 * Return: a message that the caller frees; NULL without memory.
 */
struct nl_msg *nft_set_message(int type, const char *set,
			       const struct nft_elem *elem);

#endif
