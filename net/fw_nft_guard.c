/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_guard.c - networks that are in the hands of strangers, by nf_tables
 *
 * Chains of their own, before those of all members: a kernel that lacks what
 * they need refuses such a network, and no other.  A row of device, hardware
 * address and address for each network, so that a look-up takes as long with
 * a thousand as with one.
 *
 * The kernel keeps the counted connections by device in a set, and forgets by
 * itself those of a device that has none any more.
 */
#include "net/fw_nft_guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <stddef.h>
#include <string.h>

#include "net/fw_nft_base.h"
#include "net/fw_nft_batch.h"
#include "net/fw_nft_rule.h"
#include "net/fw_nft_set.h"
#include "net/link.h"
#include "net/veth_user.h"

#define GUARD_ENDS "own-ends"
#define GUARD_COUNTED "own-counted"

enum {
	/* Types as nft(8) numbers them; parts of one have 6 bits each. */
	GUARD_IFNAME = 41,
	GUARD_MAC = 9,
	GUARD_ADDRESS = 7,
	GUARD_KEY = GUARD_IFNAME << 12 | GUARD_MAC << 6 | GUARD_ADDRESS,
	GUARD_COUNTED_MAX = 65535,
	GUARD_BEFORE = 5,	/* members' own chains */
	GUARD_TRIES = 10,	/* any change interrupts a listing */
	GUARD_STALE_MAX = 8,
	GUARD_RULES = 3,	/* of one chain, and one that ends them */
	GUARD_WORDS = 4,	/* of one rule, likewise */
};

/* As it lies in the kernel's registers of four bytes. */
struct guard_end {
	char device[IFNAMSIZ];
	uint8_t mac[8];
	uint8_t addr[4];
};

enum {
	GUARD_REG_MAC = NFT_REG32_00 + IFNAMSIZ / NFT_REG32_SIZE,
	GUARD_REG_ADDR = GUARD_REG_MAC + 2,
};

static bool guard_put_bytes(struct nl_msg *msg, enum nft_payload_bases base,
			    size_t offset, size_t len, uint32_t reg)
{
	struct rule_part part;

	return rule_begin(msg, &part, "payload") &&
	       nft_put_u32(msg, NFTA_PAYLOAD_DREG, reg) &&
	       nft_put_u32(msg, NFTA_PAYLOAD_BASE, base) &&
	       nft_put_u32(msg, NFTA_PAYLOAD_OFFSET, (uint32_t)offset) &&
	       nft_put_u32(msg, NFTA_PAYLOAD_LEN, (uint32_t)len) &&
	       rule_end(msg, &part);
}

static bool guard_put_device(struct nl_msg *msg)
{
	struct rule_part part;

	return rule_begin(msg, &part, "meta") &&
	       nft_put_u32(msg, NFTA_META_KEY, NFT_META_IIFNAME) &&
	       nft_put_u32(msg, NFTA_META_DREG, NFT_REG_1) &&
	       rule_end(msg, &part);
}

/* iifname . ether saddr . ip saddr != @own-ends */
static bool guard_put_foreign(struct nl_msg *msg)
{
	struct rule_part part;

	return guard_put_device(msg) &&
	       guard_put_bytes(msg, NFT_PAYLOAD_LL_HEADER,
			       offsetof(struct ether_header, ether_shost),
			       ETH_ALEN, GUARD_REG_MAC) &&
	       guard_put_bytes(msg, NFT_PAYLOAD_NETWORK_HEADER,
			       offsetof(struct iphdr, saddr),
			       sizeof(struct in_addr), GUARD_REG_ADDR) &&
	       rule_begin(msg, &part, "lookup") &&
	       nla_put_string(msg, NFTA_LOOKUP_SET, GUARD_ENDS) == 0 &&
	       nft_put_u32(msg, NFTA_LOOKUP_SREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV) &&
	       rule_end(msg, &part);
}

static bool guard_put_limit(struct nl_msg *msg)
{
	struct nlattr *expr = nla_nest_start(msg, NFTA_DYNSET_EXPR |
							  NLA_F_NESTED);
	struct nlattr *data;

	if (!expr || nla_put_string(msg, NFTA_EXPR_NAME, "connlimit") < 0)
		return false;
	data = nla_nest_start(msg, NFTA_EXPR_DATA | NLA_F_NESTED);
	if (!data || !nft_put_u32(msg, NFTA_CONNLIMIT_COUNT,
				  FW_CONNECTIONS_MAX) ||
	    !nft_put_u32(msg, NFTA_CONNLIMIT_FLAGS, NFT_CONNLIMIT_F_INV))
		return false;
	nla_nest_end(msg, data);
	nla_nest_end(msg, expr);
	return true;
}

/* add @own-counted { iifname ct count over N } */
static bool guard_put_crowded(struct nl_msg *msg)
{
	struct rule_part part;

	return guard_put_device(msg) && rule_begin(msg, &part, "dynset") &&
	       nla_put_string(msg, NFTA_DYNSET_SET_NAME, GUARD_COUNTED) == 0 &&
	       nft_put_u32(msg, NFTA_DYNSET_OP, NFT_DYNSET_OP_ADD) &&
	       nft_put_u32(msg, NFTA_DYNSET_SREG_KEY, NFT_REG_1) &&
	       guard_put_limit(msg) && rule_end(msg, &part);
}

#define FROM_STRANGER { .kind = NFT_FROM, .device = VETH_DEVICE_PREFIX "*" }
#define IPV6 { .kind = NFT_FAMILY, .value = NFPROTO_IPV6 }
#define FOREIGN { .kind = NFT_OWN, .put = guard_put_foreign }
#define CROWDED { .kind = NFT_OWN, .put = guard_put_crowded }
#define ANSWER { .kind = NFT_ANSWER }
#define ACCEPT { .kind = NFT_VERDICT, .value = NF_ACCEPT }
#define DROP { .kind = NFT_VERDICT, .value = NF_DROP }

static const struct guard_chain {
	const char *name;
	enum nf_inet_hooks hook;
	int priority;
	struct nft_word rules[GUARD_RULES][GUARD_WORDS];
} guard_chains[] = {
	{ "own-sources", NF_INET_PRE_ROUTING, NF_IP_PRI_RAW - GUARD_BEFORE,
	  { { FROM_STRANGER, IPV6, DROP },
	    { FROM_STRANGER, FOREIGN, DROP } } },
	{ "own-routed", NF_INET_FORWARD, NF_IP_PRI_FILTER - GUARD_BEFORE,
	  { { ANSWER, ACCEPT },
	    { FROM_STRANGER, CROWDED, DROP } } },
	{ "own-arriving", NF_INET_LOCAL_IN, NF_IP_PRI_FILTER - GUARD_BEFORE,
	  { { ANSWER, ACCEPT },
	    { FROM_STRANGER, CROWDED, DROP } } },
};

static size_t guard_chain_rules(const struct guard_chain *c)
{
	size_t n = 0;

	while (c->rules[n][0].kind != NFT_END)
		n++;
	return n;
}

static bool guard_fill_set(struct nl_msg *msg, const char *name, uint32_t id)
{
	return nla_put_string(msg, NFTA_SET_TABLE, NFT_TABLE) == 0 &&
	       nla_put_string(msg, NFTA_SET_NAME, name) == 0 &&
	       nft_put_u32(msg, NFTA_SET_ID, id);
}

static bool guard_put_ends(struct nft_batch *b)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWSET,
				     NLM_F_CREATE);

	return nft_batch_put(b, msg, msg && guard_fill_set(msg, GUARD_ENDS, 1) &&
			 nft_put_u32(msg, NFTA_SET_KEY_TYPE, GUARD_KEY) &&
			 nft_put_u32(msg, NFTA_SET_KEY_LEN,
				     sizeof(struct guard_end)));
}

static bool guard_put_counted(struct nft_batch *b)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWSET,
				     NLM_F_CREATE);
	struct nlattr *desc;

	if (!msg || !guard_fill_set(msg, GUARD_COUNTED, 2) ||
	    !nft_put_u32(msg, NFTA_SET_FLAGS, NFT_SET_EVAL) ||
	    !nft_put_u32(msg, NFTA_SET_KEY_TYPE, GUARD_IFNAME) ||
	    !nft_put_u32(msg, NFTA_SET_KEY_LEN, IFNAMSIZ))
		return nft_batch_put(b, msg, false);
	desc = nla_nest_start(msg, NFTA_SET_DESC | NLA_F_NESTED);
	if (!desc ||
	    !nft_put_u32(msg, NFTA_SET_DESC_SIZE, GUARD_COUNTED_MAX))
		return nft_batch_put(b, msg, false);
	nla_nest_end(msg, desc);
	return nft_batch_put(b, msg, true);
}

static bool guard_fill_chain(struct nl_msg *msg, const struct guard_chain *c)
{
	struct nlattr *hook;

	if (nla_put_string(msg, NFTA_CHAIN_TABLE, NFT_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, c->name) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_TYPE, "filter") < 0 ||
	    !nft_put_u32(msg, NFTA_CHAIN_POLICY, NF_ACCEPT))
		return false;
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK | NLA_F_NESTED);
	if (!hook || !nft_put_u32(msg, NFTA_HOOK_HOOKNUM, c->hook) ||
	    !nft_put_u32(msg, NFTA_HOOK_PRIORITY, (uint32_t)c->priority))
		return false;
	nla_nest_end(msg, hook);
	return true;
}

/* The chain, its rules in place of what may be in it. */
static bool guard_put_chain(struct nft_batch *b, const struct guard_chain *c)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWCHAIN,
				     NLM_F_CREATE);
	struct nft_rule rule = {
		.family = NFPROTO_INET, .table = NFT_TABLE, .chain = c->name,
	};
	size_t i;

	if (!nft_batch_put(b, msg, msg && guard_fill_chain(msg, c)))
		return false;
	msg = nft_new(NFPROTO_INET, NFT_MSG_DELRULE, 0);
	if (!nft_batch_put(b, msg, msg &&
		       nla_put_string(msg, NFTA_RULE_TABLE, NFT_TABLE) == 0 &&
		       nla_put_string(msg, NFTA_RULE_CHAIN, c->name) == 0))
		return false;
	for (i = 0; i < guard_chain_rules(c); i++) {
		rule.words = c->rules[i];
		msg = nft_rule_new(&rule);
		if (!nft_batch_put(b, msg, true))
			return false;
	}
	return true;
}

static int guard_make(struct nl_sock *sk)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	bool ok = guard_put_ends(&b) && guard_put_counted(&b);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(guard_chains) && ok; i++)
		ok = guard_put_chain(&b, &guard_chains[i]);
	return ok ? nft_batch_send(sk, &b) : -ENOMEM;
}

static int guard_intact(struct nl_sock *sk)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(guard_chains); i++) {
		int r = nft_chain_has(sk, guard_chains[i].name,
				      guard_chain_rules(&guard_chains[i]));

		if (r != 1)
			return r;
	}
	return 1;
}

/* What the kernel has for one device: @stale is not wanted. */
struct guard_list {
	struct guard_end want;
	struct guard_end stale[GUARD_STALE_MAX];
	size_t n_stale;
	bool have;
};

static int guard_look(void *ctx, const struct nlattr *elem)
{
	struct guard_list *list = ctx;
	struct guard_end end;

	if (!nft_set_value(nla_find(nla_data(elem), nla_len(elem),
				    NFTA_SET_ELEM_KEY), &end, sizeof(end)) ||
	    memcmp(end.device, list->want.device, sizeof(end.device)) != 0)
		return 0;
	if (memcmp(&end, &list->want, sizeof(end)) == 0)
		list->have = true;
	else if (list->n_stale < GUARD_STALE_MAX)
		list->stale[list->n_stale++] = end;
	return 0;
}

static int guard_list_once(struct nl_sock *sk, struct guard_list *list)
{
	list->n_stale = 0;
	list->have = false;
	return nft_set_each(sk, GUARD_ENDS, guard_look, list);
}

static bool guard_put_end(struct nft_batch *b, int type,
			  const struct guard_end *end)
{
	const struct nft_elem elem = { .key = end, .key_len = sizeof(*end) };
	struct nl_msg *msg = nft_set_message(type, GUARD_ENDS, &elem);

	return nft_batch_put(b, msg, true);
}

static int guard_change(struct nl_sock *sk, const struct guard_list *list,
			bool add)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	bool ok = true;
	size_t i;

	for (i = 0; i < list->n_stale && ok; i++)
		ok = guard_put_end(&b, NFT_MSG_DELSETELEM, &list->stale[i]);
	if (ok && add && !list->have)
		ok = guard_put_end(&b, NFT_MSG_NEWSETELEM, &list->want);
	return ok ? nft_batch_send(sk, &b) : -ENOMEM;
}

int nft_guard_set(struct nl_sock *sk, const struct fw_member *m)
{
	struct guard_list list = { .n_stale = 0 };
	int tries = GUARD_TRIES;
	int err = 0;

	if (strncmp(m->link, VETH_DEVICE_PREFIX,
		    sizeof(VETH_DEVICE_PREFIX) - 1) != 0)
		return 0;
	memcpy(list.want.device, m->link, strnlen(m->link, IFNAMSIZ - 1));
	if (m->mac) {
		memcpy(list.want.mac, m->mac, LINK_MAC_LEN);
		memcpy(list.want.addr, m->inside.bytes,
		       sizeof(list.want.addr));
		err = guard_intact(sk);
		err = err == 0 ? guard_make(sk) : err == 1 ? 0 : err;
	}
	if (err)
		return err;
	do {
		err = guard_list_once(sk, &list);
	} while (err == -EINTR && --tries > 0);
	/* Without the set nobody is in it. */
	if (err == -ENOENT && !m->mac)
		return 0;
	return err ? err : guard_change(sk, &list, m->mac);
}
