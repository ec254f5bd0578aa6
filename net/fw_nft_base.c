/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_base.c - the table of nf_tables that all members share
 *
 * It names no addresses: anti-spoofing asks the routing table, and all else
 * goes by the name of the device.
 */
#include "net/fw_nft_base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw.h"
#include "net/fw_nft_allow.h"
#include "net/fw_nft_batch.h"
#include "net/fw_nft_door.h"
#include "net/fw_nft_rule.h"

#define LINKS "links"
#define NAT "nat"
#define OPEN "open"
#define BYWAYS "byways"
#define OPENED "opened"
#define OPENED6 "opened6"

const char *const nft_sets[NFT_SETS] = {
	[NFT_LINKS] = LINKS,	/* host ends of all members */
	[NFT_NAT] = NAT,	/* of those that are masqueraded */
	[NFT_OPEN] = OPEN,	/* of those with Isolate=no */
	[NFT_BYWAYS] = BYWAYS,	/* of those that go where they may only */
	[NFT_OPENED] = OPENED,	/* uplinks that forward because of us */
	[NFT_OPENED6] = OPENED6, /* the same for IPv6 */
};

enum {
	BASE_RULES = 13,	/* of one chain, and one that ends them */
	BASE_WORDS = 5,		/* of one rule, likewise */
	BASE_IFNAME = 41,	/* type of a set's elements, as nft(8) has it */
};

/* Words of rules. */
#define IIFNAME(name) { .kind = NFT_FROM, .set = (name) }
#define IIFNAME_NOT(name) { .kind = NFT_FROM, .set = (name), .others = true }
#define OIFNAME(name) { .kind = NFT_TO, .set = (name) }
#define OIFNAME_NOT(name) { .kind = NFT_TO, .set = (name), .others = true }
#define L4PROTO(n) { .kind = NFT_PROTOCOL, .value = (n) }
#define ADDRESSED(n) { .kind = NFT_ADDRESSED, .net = (n) }
#define IPV4 { .kind = NFT_FAMILY, .value = NFPROTO_IPV4 }
#define IPV6 { .kind = NFT_FAMILY, .value = NFPROTO_IPV6 }
#define LOCAL { .kind = NFT_LOCAL }
#define TRANSLATED { .kind = NFT_TRANSLATED }
#define DOOR4 { .kind = NFT_DOOR, .set = NFT_DOORS, .value = NFPROTO_IPV4 }
#define DOOR4_ANY \
	{ .kind = NFT_DOOR, .set = NFT_DOORS, .value = NFPROTO_IPV4, \
	  .others = true }
#define DOOR6 { .kind = NFT_DOOR, .set = NFT_DOORS6, .value = NFPROTO_IPV6 }
#define DOOR6_ANY \
	{ .kind = NFT_DOOR, .set = NFT_DOORS6, .value = NFPROTO_IPV6, \
	  .others = true }
#define ALLOWED(row) \
	{ .kind = NFT_ALLOWED, .set = row, .value = row##_FIELDS }
#define ANSWER { .kind = NFT_ANSWER }
#define ECHO { .kind = NFT_ECHO6 }
#define SPOOFED { .kind = NFT_SPOOFED }
#define MASQUERADE { .kind = NFT_MASQUERADE }
#define ACCEPT { .kind = NFT_VERDICT, .value = NF_ACCEPT }
#define DROP { .kind = NFT_VERDICT, .value = NF_DROP }

static const struct addr_net base_loopback = {
	.addr = { .family = 4, .bytes = { 127 } }, .prefix = 8,
};

static const struct addr_net base_loopback6 = {
	.addr = { .family = 6, .bytes = { [15] = 1 } }, .prefix = 128,
};

static const struct nft_chain {
	const char *name;
	const char *type;
	enum nf_inet_hooks hook;
	int priority;
	struct nft_word rules[BASE_RULES][BASE_WORDS];
} nft_chains[] = {
	{ "sources", "filter", NF_INET_PRE_ROUTING, NF_IP_PRI_RAW,
	  { { IIFNAME(LINKS), SPOOFED, DROP } } },
	{ "leaving", "nat", NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC,
	  { { OIFNAME(BYWAYS), MASQUERADE },
	    { IIFNAME(NAT), OIFNAME_NOT(LINKS), MASQUERADE } } },
	{ "routed", "filter", NF_INET_FORWARD, NF_IP_PRI_FILTER,
	  { { IPV4, IIFNAME(OPENED), OIFNAME_NOT(LINKS), DROP },
	    { IPV6, IIFNAME(OPENED6), OIFNAME_NOT(LINKS), DROP },
	    { IIFNAME_NOT(LINKS), OIFNAME_NOT(LINKS), ACCEPT },
	    { ANSWER, ACCEPT },
	    { OIFNAME(LINKS), TRANSLATED, ACCEPT },
	    { IPV4, ALLOWED(NFT_ALLOW_NETS), ACCEPT },
	    { IPV4, ALLOWED(NFT_ALLOW_PORTS), ACCEPT },
	    { IPV6, ALLOWED(NFT_ALLOW_NETS6), ACCEPT },
	    { IPV6, ALLOWED(NFT_ALLOW_PORTS6), ACCEPT },
	    { IIFNAME(BYWAYS), DROP },
	    { OIFNAME(LINKS), OIFNAME_NOT(OPEN), DROP },
	    { IIFNAME(LINKS), IIFNAME_NOT(OPEN), OIFNAME(LINKS), DROP } } },
	{ "arriving", "filter", NF_INET_LOCAL_IN, NF_IP_PRI_FILTER,
	  { { IIFNAME_NOT(LINKS), ACCEPT },
	    { IIFNAME(OPEN), ACCEPT },
	    { ANSWER, ACCEPT },
	    { ALLOWED(NFT_ALLOW_HERE), ACCEPT },
	    { IIFNAME(BYWAYS), DROP },
	    { L4PROTO(IPPROTO_ICMP), ACCEPT },
	    { IPV6, L4PROTO(IPPROTO_ICMPV6), ECHO, ACCEPT },
	    { DROP } } },
	{ "published", "nat", NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST,
	  { { IIFNAME(LINKS), IIFNAME_NOT(OPEN), ACCEPT },
	    { IPV4, LOCAL, DOOR4 },
	    { IPV4, LOCAL, DOOR4_ANY },
	    { IPV6, LOCAL, DOOR6 },
	    { IPV6, LOCAL, DOOR6_ANY } } },
	/* Nobody could answer a packet that comes from 127.0.0.1 or ::1. */
	{ "published-here", "nat", NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST,
	  { { IPV4, ADDRESSED(&base_loopback), ACCEPT },
	    { IPV6, ADDRESSED(&base_loopback6), ACCEPT },
	    { IPV4, LOCAL, DOOR4 },
	    { IPV4, LOCAL, DOOR4_ANY },
	    { IPV6, LOCAL, DOOR6 },
	    { IPV6, LOCAL, DOOR6_ANY } } },
	/* At a Parent only: see nft_chain_count(). */
	{ "sent", "filter", NF_INET_LOCAL_OUT, NF_IP_PRI_FILTER,
	  { { OIFNAME_NOT(LINKS), ACCEPT },
	    { OIFNAME(OPEN), ACCEPT },
	    { ANSWER, ACCEPT },
	    { DROP } } },
};

/* The host reaches its networks; who is in a Parent, those that are open. */
static size_t nft_chain_count(void)
{
	return fw_is_at_parent() ? ARRAY_SIZE(nft_chains) :
				   ARRAY_SIZE(nft_chains) - 1;
}

static size_t nft_chain_rules(const struct nft_chain *c)
{
	size_t n = 0;

	while (c->rules[n][0].kind != NFT_END)
		n++;
	return n;
}

static int nft_chain_use(void *ctx, struct nlmsghdr *h)
{
	struct nlattr *tb[NFTA_CHAIN_MAX + 1];

	if (nlmsg_parse(h, sizeof(struct nfgenmsg), tb, NFTA_CHAIN_MAX, NULL) <
	    0)
		return -EBADMSG;
	if (tb[NFTA_CHAIN_USE])
		*(uint32_t *)ctx = ntohl(nla_get_u32(tb[NFTA_CHAIN_USE]));
	return 0;
}

int nft_chain_has(struct nl_sock *sk, const char *name, size_t rules)
{
	_cleanup_msg_ struct nl_msg *msg = nft_new(NFPROTO_INET,
						   NFT_MSG_GETCHAIN, 0);
	uint32_t use = 0;
	int err;

	if (!msg)
		return -ENOMEM;
	if (nla_put_string(msg, NFTA_CHAIN_TABLE, NFT_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, name) < 0)
		return -EMSGSIZE;
	err = nl_ask(sk, msg, nft_chain_use, &use);
	if (err == -ENOENT)
		return 0;
	return err ? err : use == rules;
}

int nft_base_exists(struct nl_sock *sk)
{
	_cleanup_msg_ struct nl_msg *msg = nft_new(NFPROTO_INET,
						   NFT_MSG_GETTABLE, 0);
	int err;

	if (!msg)
		return -ENOMEM;
	if (nla_put_string(msg, NFTA_TABLE_NAME, NFT_TABLE) < 0)
		return -EMSGSIZE;
	err = nl_ask(sk, msg, NULL, NULL);
	if (err == -ENOENT)
		return 0;
	return err ? err : 1;
}

int nft_base_intact(struct nl_sock *sk)
{
	size_t i;

	for (i = 0; i < nft_chain_count(); i++) {
		int r = nft_chain_has(sk, nft_chains[i].name,
				      nft_chain_rules(&nft_chains[i]));

		if (r != 1)
			return r;
	}
	return 1;
}

static bool base_put_table(struct nft_batch *b)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWTABLE,
				     NLM_F_CREATE);

	return nft_batch_put(b, msg,
			     msg && nla_put_string(msg, NFTA_TABLE_NAME,
						   NFT_TABLE) == 0);
}

/* For nft(8): elements are in the order of this machine's bytes. */
static size_t base_set_note(uint8_t note[2 + sizeof(uint32_t)])
{
	const uint32_t host_endian = 1;

	note[0] = 0;
	note[1] = sizeof(host_endian);
	memcpy(note + 2, &host_endian, sizeof(host_endian));
	return 2 + sizeof(host_endian);
}

static bool base_fill_set(struct nl_msg *msg, enum nft_set set)
{
	uint8_t note[2 + sizeof(uint32_t)];
	size_t len = base_set_note(note);

	return nla_put_string(msg, NFTA_SET_TABLE, NFT_TABLE) == 0 &&
	       nla_put_string(msg, NFTA_SET_NAME, nft_sets[set]) == 0 &&
	       nft_put_u32(msg, NFTA_SET_ID, set + 1U) &&
	       nft_put_u32(msg, NFTA_SET_KEY_TYPE, BASE_IFNAME) &&
	       nft_put_u32(msg, NFTA_SET_KEY_LEN, IFNAMSIZ) &&
	       nla_put(msg, NFTA_SET_USERDATA, (int)len, note) == 0;
}

static bool base_put_set(struct nft_batch *b, enum nft_set set)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWSET,
				     NLM_F_CREATE);

	return nft_batch_put(b, msg, msg && base_fill_set(msg, set));
}

static bool base_fill_chain(struct nl_msg *msg, const struct nft_chain *c)
{
	struct nlattr *hook;

	if (nla_put_string(msg, NFTA_CHAIN_TABLE, NFT_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, c->name) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_TYPE, c->type) < 0 ||
	    !nft_put_u32(msg, NFTA_CHAIN_POLICY, NF_ACCEPT))
		return false;
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK | NLA_F_NESTED);
	if (!hook || !nft_put_u32(msg, NFTA_HOOK_HOOKNUM, c->hook) ||
	    !nft_put_u32(msg, NFTA_HOOK_PRIORITY, (uint32_t)c->priority))
		return false;
	nla_nest_end(msg, hook);
	return true;
}

static bool base_fill_flush(struct nl_msg *msg, const struct nft_chain *c)
{
	return nla_put_string(msg, NFTA_RULE_TABLE, NFT_TABLE) == 0 &&
	       nla_put_string(msg, NFTA_RULE_CHAIN, c->name) == 0;
}

/* The chain, without what may be in it. */
static bool base_put_chain(struct nft_batch *b, const struct nft_chain *c)
{
	struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_NEWCHAIN,
				     NLM_F_CREATE);

	if (!nft_batch_put(b, msg, msg && base_fill_chain(msg, c)))
		return false;
	msg = nft_new(NFPROTO_INET, NFT_MSG_DELRULE, 0);
	return nft_batch_put(b, msg, msg && base_fill_flush(msg, c));
}

static bool base_put_rules(struct nft_batch *b, const struct nft_chain *c)
{
	struct nft_rule rule = {
		.family = NFPROTO_INET,
		.table = NFT_TABLE,
		.chain = c->name,
	};
	size_t i;

	for (i = 0; i < nft_chain_rules(c); i++) {
		struct nl_msg *msg;

		rule.words = c->rules[i];
		msg = nft_rule_new(&rule);
		if (!nft_batch_put(b, msg, true))
			return false;
	}
	return true;
}

static bool base_put_all(struct nft_batch *b)
{
	bool ok = base_put_table(b);
	size_t i;

	for (i = 0; i < NFT_SETS && ok; i++)
		ok = base_put_set(b, (enum nft_set)i);
	for (i = 0; i < 2 && ok; i++) {
		struct nl_msg *msg = nft_doors_new(i ? 6 : 4,
						   (uint32_t)(NFT_SETS + 1 + i));

		ok = nft_batch_put(b, msg, true);
	}
	for (i = 0; i < NFT_ALLOW_SETS && ok; i++) {
		struct nl_msg *msg = nft_allow_new((unsigned int)i,
						   (uint32_t)(NFT_SETS + 3 + i));

		ok = nft_batch_put(b, msg, true);
	}
	for (i = 0; i < nft_chain_count() && ok; i++)
		ok = base_put_chain(b, &nft_chains[i]) &&
		     base_put_rules(b, &nft_chains[i]);
	return ok;
}

int nft_base_make(struct nl_sock *sk)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	int err = base_put_all(&b) ? nft_batch_send(sk, &b) : -ENOMEM;

	if (err)
		return log_errno(err, "nf_tables refuses the rules of RUNNS "
				 "(are nf_nat, nft_masq and nft_fib_inet "
				 "loaded or loadable?)");
	return 0;
}
