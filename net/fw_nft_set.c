/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_set.c - the elements of a set of nf_tables
 */
#include "net/fw_nft_set.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "net/fw_nft_base.h"
#include "net/fw_nft_rule.h"

struct set_walk {
	int (*fn)(void *ctx, const struct nlattr *elem);
	void *ctx;
};

/* Some of the elements: a message has no room for all. */
static int set_walk(void *ctx, struct nlmsghdr *h)
{
	const struct set_walk *walk = ctx;
	struct nlattr *tb[NFTA_SET_ELEM_LIST_MAX + 1];
	struct nlattr *elem;
	int left;
	int r = 0;

	if (nlmsg_parse(h, sizeof(struct nfgenmsg), tb, NFTA_SET_ELEM_LIST_MAX,
			NULL) < 0)
		return -EBADMSG;
	if (!tb[NFTA_SET_ELEM_LIST_ELEMENTS])
		return 0;
	nla_for_each_nested(elem, tb[NFTA_SET_ELEM_LIST_ELEMENTS], left) {
		r = walk->fn(walk->ctx, elem);
		if (r)
			break;
	}
	return r;
}

int nft_set_each(struct nl_sock *sk, const char *set,
		 int (*fn)(void *ctx, const struct nlattr *elem), void *ctx)
{
	struct set_walk walk = { .fn = fn, .ctx = ctx };
	_cleanup_msg_ struct nl_msg *msg = nft_new(NFPROTO_INET,
						   NFT_MSG_GETSETELEM,
						   NLM_F_DUMP);

	if (!msg || nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE,
				   NFT_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, set) < 0)
		return -ENOMEM;
	return nl_talk(sk, msg, set_walk, &walk);
}

bool nft_set_value(const struct nlattr *attr, void *out, size_t len)
{
	const struct nlattr *value = !attr ? NULL :
		nla_find(nla_data(attr), nla_len(attr), NFTA_DATA_VALUE);

	if (!value || (size_t)nla_len(value) != len)
		return false;
	memcpy(out, nla_data(value), len);
	return true;
}

static bool set_put_value(struct nl_msg *msg, int type, const void *value,
			  size_t len)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (!nest || nla_put(msg, NFTA_DATA_VALUE, (int)len, value) < 0)
		return false;
	nla_nest_end(msg, nest);
	return true;
}

static bool set_fill(struct nl_msg *msg, const char *set,
		     const struct nft_elem *e)
{
	struct nlattr *list, *elem;

	if (nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, NFT_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, set) < 0)
		return false;
	list = nla_nest_start(msg, NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED);
	elem = nla_nest_start(msg, NFTA_LIST_ELEM | NLA_F_NESTED);
	if (!list || !elem ||
	    !set_put_value(msg, NFTA_SET_ELEM_KEY, e->key, e->key_len) ||
	    (e->key_end && !set_put_value(msg, NFTA_SET_ELEM_KEY_END,
					  e->key_end, e->key_len)) ||
	    (e->data && !set_put_value(msg, NFTA_SET_ELEM_DATA, e->data,
				       e->data_len)) ||
	    (e->note && nla_put(msg, NFTA_SET_ELEM_USERDATA, (int)e->note_len,
				e->note) < 0))
		return false;
	nla_nest_end(msg, elem);
	nla_nest_end(msg, list);
	return true;
}

struct nl_msg *nft_set_message(int type, const char *set,
			       const struct nft_elem *elem)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, type,
				     type == NFT_MSG_NEWSETELEM ?
					     NLM_F_CREATE : 0);

	if (msg && set_fill(msg, set, elem))
		return msg;
	nlmsg_free(msg);
	return NULL;
}
