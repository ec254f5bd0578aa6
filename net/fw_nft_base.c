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
#include <nftables/libnftables.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"

#define NFT_IN " inet " NFT_TABLE " "

const char *const nft_sets[NFT_SETS] = {
	[NFT_LINKS] = "links",	/* host ends of all members */
	[NFT_NAT] = "nat",	/* of those that are masqueraded */
	[NFT_OPEN] = "open",	/* of those with Isolate=no */
	[NFT_OPENED] = "opened", /* uplinks that forward because of us */
};

/* The rules of one chain, and how many they are. */
static const struct nft_chain {
	const char *name;
	const char *hook;
	const char *rules[6];
} nft_chains[] = {
	{ "sources", "type filter hook prerouting priority raw",
	  { "iifname @links fib saddr . iif oif missing drop" } },
	{ "leaving", "type nat hook postrouting priority srcnat",
	  { "iifname @nat oifname != @links masquerade" } },
	{ "routed", "type filter hook forward priority filter",
	  { "iifname @opened oifname != @links drop",
	    "iifname != @links oifname != @links accept",
	    "ct state established,related accept",
	    "oifname @links oifname != @open drop",
	    "iifname @links iifname != @open oifname @links drop" } },
	{ "arriving", "type filter hook input priority filter",
	  { "iifname != @links accept",
	    "iifname @open accept",
	    "ct state established,related accept",
	    "meta l4proto { icmp, icmpv6 } accept",
	    "drop" } },
};

static size_t nft_chain_rules(const struct nft_chain *c)
{
	size_t n = 0;

	while (n < ARRAY_SIZE(c->rules) && c->rules[n])
		n++;
	return n;
}

struct nl_msg *nft_new(int family, int type, int flags)
{
	struct nfgenmsg head = {
		.nfgen_family = (uint8_t)family,
		.version = NFNETLINK_V0,
	};

	return nl_new(NFNL_SUBSYS_NFTABLES << 8 | type, flags, &head,
		      sizeof(head));
}

static int nft_chain_use(void *ctx, struct nlmsghdr *h)
{
	struct nlattr *tb[NFTA_CHAIN_MAX + 1];

	if (nlmsg_parse(h, sizeof(struct nfgenmsg), tb, NFTA_CHAIN_MAX,
			NULL) < 0)
		return -EBADMSG;
	if (tb[NFTA_CHAIN_USE])
		*(uint32_t *)ctx = ntohl(nla_get_u32(tb[NFTA_CHAIN_USE]));
	return 0;
}

/* 1 if the chain is as we made it, 0 if not, or -errno. */
static int nft_chain_intact(struct nl_sock *sk, const struct nft_chain *c)
{
	_cleanup_msg_ struct nl_msg *msg = nft_new(NFPROTO_INET, NFT_MSG_GETCHAIN, 0);
	uint32_t use = 0;
	int err;

	if (!msg)
		return -ENOMEM;
	if (nla_put_string(msg, NFTA_CHAIN_TABLE, NFT_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, c->name) < 0)
		return -EMSGSIZE;
	err = nl_talk(sk, msg, nft_chain_use, &use);
	if (err == -ENOENT)
		return 0;
	return err ? err : use == nft_chain_rules(c);
}

int nft_base_intact(struct nl_sock *sk)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nft_chains); i++) {
		int r = nft_chain_intact(sk, &nft_chains[i]);

		if (r != 1)
			return r;
	}
	return 1;
}

int nft_run(const char *text)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	int err = 0;

	if (!nft)
		return log_errno(-ENOMEM, "cannot start libnftables");
	if (nft_ctx_buffer_error(nft) || nft_ctx_buffer_output(nft))
		err = -ENOMEM;
	else if (nft_run_cmd_from_buffer(nft, text))
		err = -EIO;
	if (err) {
		const char *why = nft_ctx_get_error_buffer(nft);

		log_msg(LOG_ERR, "nftables refuses the rules of RUNNS: %.300s "
			"(are nf_tables, nf_nat, nft_masq and nft_fib_inet "
			"loaded or loadable?)", why ? why : "no reason given");
	}
	nft_ctx_free(nft);
	return err;
}

int nft_base_make(void)
{
	BUF(b, 4096);
	size_t i, j;

	buf_adds(&b, "add table inet " NFT_TABLE "\n");
	for (i = 0; i < NFT_SETS; i++)
		buf_addf(&b, "add set" NFT_IN "%s { type ifname; }\n",
			 nft_sets[i]);
	for (i = 0; i < ARRAY_SIZE(nft_chains); i++) {
		const struct nft_chain *c = &nft_chains[i];

		buf_addf(&b, "add chain" NFT_IN "%s { %s; policy accept; }\n"
			 "flush chain" NFT_IN "%s\n",
			 c->name, c->hook, c->name);
		for (j = 0; j < nft_chain_rules(c); j++)
			buf_addf(&b, "add rule" NFT_IN "%s %s\n", c->name,
				 c->rules[j]);
	}
	if (buf_status(&b) < 0)
		return -EMSGSIZE;
	return nft_run(b.text);
}
