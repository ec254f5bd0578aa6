/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_own.h - a table of ours in a network's own namespace
 *
 * It is written in one transaction, and written anew when it is to be changed.
 * The comment of its last rule tells what it was written for.
 */
#ifndef RUNNS_NET_FW_NFT_OWN_H
#define RUNNS_NET_FW_NFT_OWN_H

#include "net/fw_nft_rule.h"
#include "net/nl.h"

enum { NFT_OWN_WORDS = 7, NFT_OWN_RULES = 80 };

/**
 * struct nft_own_chain - one chain
 * @type:	"filter" or "nat"; NULL: reached from another
 * @hook, @priority: of others
 */
struct nft_own_chain {
	const char *name;
	const char *type;
	int hook;
	int priority;
};

/**
 * struct nft_own - the table
 * @chains:	of @n_chains
 * @comment:	of the last rule
 * @anew:	there is none yet that would have to go first
 * @rules:	in their order; nft_own_add() appends
 */
struct nft_own {
	const char *table;
	const struct nft_own_chain *chains;
	size_t n_chains;
	const char *comment;
	bool anew;
	struct {
		unsigned int chain;
		struct nft_word words[NFT_OWN_WORDS];
	} rules[NFT_OWN_RULES];
	size_t n;
};

/** nft_own_add() - append a rule; there must be room */
void nft_own_add(struct nft_own *own, unsigned int chain,
		 const struct nft_word words[NFT_OWN_WORDS]);

/* The words, of which the last is NFT_END, which may be left out. */
#define NFT_OWN_ADD(own, in, ...) \
	nft_own_add((own), (in),  \
		    (const struct nft_word[NFT_OWN_WORDS]){ __VA_ARGS__ })

/** nft_own_write() - in the namespace where the thread is; 0 or -errno */
int nft_own_write(const struct nft_own *own) _must_check_;

/** nft_own_remove() - take it away; 0, also if it is absent; -errno */
int nft_own_remove(const char *table) _must_check_;

/**
 * nft_own_holds() - is it there, with as many rules and that comment?
 *
 * Return: 1, 0 or -errno.
 */
int nft_own_holds(const struct nft_own *own) _must_check_;

#endif
