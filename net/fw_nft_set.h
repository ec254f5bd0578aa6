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

#endif
