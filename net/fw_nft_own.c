/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_own.c - a table of ours in a network's own namespace
 */
#include "net/fw_nft_own.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "net/fw_nft_batch.h"

/* The table is made, removed and made again; own_put_all(). */
_Static_assert(NFT_OWN_RULES + 16 <= NFT_BATCH_MAX, "chains and rules");

void nft_own_add(struct nft_own *own, unsigned int chain,
		 const struct nft_word words[NFT_OWN_WORDS])
{
	own->rules[own->n].chain = chain;
	memcpy(own->rules[own->n].words, words,
	       sizeof(own->rules[own->n].words));
	own->n++;
}

static bool own_put_table(struct nft_batch *b, int type, const char *table)
{
	struct nl_msg *msg =
		nft_new(NFPROTO_INET, type,
			type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);

	return nft_batch_put(b, msg,
			     msg && nla_put_string(msg, NFTA_TABLE_NAME, table) == 0);
}

static bool own_fill_chain(struct nl_msg *msg, const char *table,
			   const struct nft_own_chain *c)
{
	struct nlattr *hook;

	if (nla_put_string(msg, NFTA_CHAIN_TABLE, table) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, c->name) < 0)
		return false;
	if (!c->type)
		return true;
	if (nla_put_string(msg, NFTA_CHAIN_TYPE, c->type) < 0)
		return false;
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK | NLA_F_NESTED);
	if (!hook ||
	    !nft_put_u32(msg, NFTA_HOOK_HOOKNUM, (uint32_t)c->hook) ||
	    !nft_put_u32(msg, NFTA_HOOK_PRIORITY, (uint32_t)c->priority))
		return false;
	nla_nest_end(msg, hook);
	return true;
}

static bool own_put_chain(struct nft_batch *b, const char *table,
			  const struct nft_own_chain *c)
{
	struct nl_msg *msg =
		nft_new(NFPROTO_INET, NFT_MSG_NEWCHAIN, NLM_F_CREATE);

	return nft_batch_put(b, msg, msg && own_fill_chain(msg, table, c));
}

static bool own_put_rules(struct nft_batch *b, const struct nft_own *own)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < own->n && ok; i++) {
		const struct nft_rule rule = {
			.family = NFPROTO_INET,
			.table = own->table,
			.chain = own->chains[own->rules[i].chain].name,
			.comment = i + 1 == own->n ? own->comment : NULL,
			.words = own->rules[i].words,
		};
		struct nl_msg *msg = nft_rule_new(&rule);

		ok = nft_batch_put(b, msg, true);
	}
	return ok;
}

static bool own_put_all(struct nft_batch *b, const struct nft_own *own)
{
	/* Made first, since what is absent cannot be deleted. */
	bool ok = own_put_table(b, NFT_MSG_NEWTABLE, own->table);
	size_t i;

	if (ok && !own->anew)
		ok = own_put_table(b, NFT_MSG_DELTABLE, own->table) &&
		     own_put_table(b, NFT_MSG_NEWTABLE, own->table);
	for (i = 0; i < own->n_chains && ok; i++)
		ok = own_put_chain(b, own->table, &own->chains[i]);
	return ok && own_put_rules(b, own);
}

static int own_send(const struct nft_batch *b)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_NETFILTER, &sk);

	return err ? err : nft_batch_send(sk, b);
}

int nft_own_write(const struct nft_own *own)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };

	return own_put_all(&b, own) ? own_send(&b) : -ENOMEM;
}

int nft_own_remove(const char *table)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	int err = own_put_table(&b, NFT_MSG_DELTABLE, table) ? own_send(&b) :
							       -ENOMEM;

	return err == -ENOENT ? 0 : err;
}

/* What is found of the table. */
struct own_found {
	const char *comment;
	size_t rules;
	bool named;
};

static int own_found_one(void *ctx, struct nlmsghdr *h)
{
	struct own_found *found = ctx;
	struct nlattr *tb[NFTA_RULE_MAX + 1];
	size_t len = strlen(found->comment) + 1;
	const uint8_t *note;

	if (nlmsg_parse(h, sizeof(struct nfgenmsg), tb, NFTA_RULE_MAX, NULL) <
	    0)
		return -EBADMSG;
	found->rules++;
	if (!tb[NFTA_RULE_USERDATA])
		return 0;
	/* A byte that says what it is, one of its length. */
	note = nla_data(tb[NFTA_RULE_USERDATA]);
	if ((size_t)nla_len(tb[NFTA_RULE_USERDATA]) == len + 2 &&
	    memcmp(note + 2, found->comment, len) == 0)
		found->named = true;
	return 0;
}

int nft_own_holds(const struct nft_own *own)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	_cleanup_msg_ struct nl_msg *msg = NULL;
	struct own_found found = { .comment = own->comment };
	int err = nl_open(NETLINK_NETFILTER, &sk);

	if (err)
		return err;
	msg = nft_new(NFPROTO_INET, NFT_MSG_GETRULE, NLM_F_DUMP);
	if (!msg || nla_put_string(msg, NFTA_RULE_TABLE, own->table) < 0)
		return -ENOMEM;
	err = nl_talk(sk, msg, own_found_one, &found);
	if (err && err != -ENOENT)
		return err;
	return found.named && found.rules == own->n;
}
