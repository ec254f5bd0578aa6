/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns_nft.c - look-ups go to the network's own name servers: nf_tables
 *
 * One table in the network's own namespace, written in one transaction.  What
 * is sent elsewhere is decided by the first packet of a connection only, so a
 * filter behind it looks at every one: nothing gets to port 53 of another
 * address, be it by a connection from before the rules.
 */
#include "net/steer_dns_nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_nft_rule.h"
#include "net/nl.h"

#define STEER_TABLE "runns-names"

enum {
	STEER_WORDS = 4, /* of one rule, and one that ends them */
	STEER_RULES = 20,
	STEER_MESSAGES = STEER_RULES + 8,
};

enum steer_chain { STEER_OUT, STEER_CHECK, STEER_ASKED, STEER_ALLOWED };

static const struct {
	const char *name;
	const char *type; /* NULL: reached from another */
	int priority;
} steer_chains[] = {
	[STEER_OUT] = { "steer", "nat", NF_IP_PRI_NAT_DST },
	[STEER_CHECK] = { "check", "filter", NF_IP_PRI_FILTER },
	[STEER_ASKED] = { "asked", NULL, 0 },
	[STEER_ALLOWED] = { "allowed", NULL, 0 },
};

/* Words of rules. */
#define L4PROTO(n) { .kind = NFT_PROTOCOL, .value = (n) }
#define NFPROTO(n) { .kind = NFT_FAMILY, .value = (n) }
#define DPORT(n) { .kind = NFT_PORT, .value = (n) }
#define DADDR(a) { .kind = NFT_ADDRESSED, .net = (a) }
#define DNAT(a) { .kind = NFT_REDIRECT, .net = (a) }
#define REJECT { .kind = NFT_REJECT }
#define RESET { .kind = NFT_RESET }
#define VERDICT(n) { .kind = NFT_VERDICT, .value = (n) }
#define JUMP(to) { .kind = NFT_VERDICT, .value = NFT_JUMP, .chain = (to) }

/* All rules in their order, and the addresses that they point to. */
struct steer_rules {
	struct {
		enum steer_chain chain;
		struct nft_word words[STEER_WORDS];
	} rules[STEER_RULES];
	size_t n;
	struct addr_net servers[PROFILE_DNS_MAX];
	struct addr_net targets[2];
};

#define STEER_ADD(r, in, ...) \
	steer_add((r), (in),  \
		  (const struct nft_word[STEER_WORDS]){ __VA_ARGS__ })

static void steer_add(struct steer_rules *r, enum steer_chain chain,
		      const struct nft_word words[STEER_WORDS])
{
	r->rules[r->n].chain = chain;
	memcpy(r->rules[r->n].words, words, sizeof(r->rules[r->n].words));
	r->n++;
}

static int steer_family(const struct addr *a)
{
	return a->family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

/* Where a packet of one family goes that asked no server of the network. */
static void steer_family_rules(struct steer_rules *r, struct addr_net *to,
			       const struct addr *server)
{
	static const struct addr_net loopback4 = { { 4, { 127 } }, 8 };
	static const struct addr_net loopback6 = { { 6, { [15] = 1 } }, 128 };
	static const struct addr_net local6 = { { 6, { 0xfe, 0x80 } }, 10 };
	int family;

	if (!server)
		return;
	to->addr = *server;
	family = steer_family(server);
	if (server->family == 4) {
		STEER_ADD(r, STEER_ASKED, NFPROTO(family), DADDR(&loopback4),
			  VERDICT(NFT_RETURN));
	} else {
		STEER_ADD(r, STEER_ASKED, NFPROTO(family), DADDR(&loopback6),
			  VERDICT(NFT_RETURN));
		STEER_ADD(r, STEER_ASKED, NFPROTO(family), DADDR(&local6),
			  VERDICT(NFT_RETURN));
	}
	STEER_ADD(r, STEER_ASKED, NFPROTO(family), DNAT(to));
}

static void steer_fill(struct steer_rules *r, const struct steer_dns *dns)
{
	static const int protocols[] = { IPPROTO_UDP, IPPROTO_TCP };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		STEER_ADD(r, STEER_OUT, L4PROTO(protocols[i]),
			  DPORT(STEER_DNS_PORT),
			  JUMP(steer_chains[STEER_ASKED].name));
		STEER_ADD(r, STEER_CHECK, L4PROTO(protocols[i]),
			  DPORT(STEER_DNS_PORT),
			  JUMP(steer_chains[STEER_ALLOWED].name));
	}
	for (i = 0; i < dns->n; i++) {
		const struct addr *a = &dns->servers[i];

		r->servers[i] =
			(struct addr_net){ *a, a->family == 4 ? 32 : 128 };
		STEER_ADD(r, STEER_ASKED, NFPROTO(steer_family(a)),
			  DADDR(&r->servers[i]), VERDICT(NFT_RETURN));
		STEER_ADD(r, STEER_ALLOWED, NFPROTO(steer_family(a)),
			  DADDR(&r->servers[i]), VERDICT(NFT_RETURN));
	}
	steer_family_rules(r, &r->targets[0], steer_dns_target(dns, 4));
	steer_family_rules(r, &r->targets[1], steer_dns_target(dns, 6));
	/* A connection that is being made takes no notice of ICMP. */
	STEER_ADD(r, STEER_ALLOWED, L4PROTO(IPPROTO_TCP), RESET);
	/* The last one, which carries the comment. */
	STEER_ADD(r, STEER_ALLOWED, REJECT);
}

/* All messages of one transaction. */
struct steer_batch {
	struct nl_msg *msgs[STEER_MESSAGES];
	size_t n;
};

/* Takes @msg over; @complete: it has all that it needs. */
static bool steer_put(struct steer_batch *b, struct nl_msg *msg, bool complete)
{
	if (!complete) {
		nl_freep(&msg);
		return false;
	}
	b->msgs[b->n++] = msg;
	return true;
}

static bool steer_put_table(struct steer_batch *b, int type)
{
	struct nl_msg *msg =
		nft_new(NFPROTO_INET, type,
			type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);

	return steer_put(b, msg,
			 msg && nla_put_string(msg, NFTA_TABLE_NAME,
					       STEER_TABLE) == 0);
}

static bool steer_fill_chain(struct nl_msg *msg, enum steer_chain c)
{
	struct nlattr *hook;

	if (nla_put_string(msg, NFTA_CHAIN_TABLE, STEER_TABLE) < 0 ||
	    nla_put_string(msg, NFTA_CHAIN_NAME, steer_chains[c].name) < 0)
		return false;
	if (!steer_chains[c].type)
		return true;
	if (nla_put_string(msg, NFTA_CHAIN_TYPE, steer_chains[c].type) < 0)
		return false;
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK | NLA_F_NESTED);
	if (!hook || !nft_put_u32(msg, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_OUT) ||
	    !nft_put_u32(msg, NFTA_HOOK_PRIORITY,
			 (uint32_t)steer_chains[c].priority))
		return false;
	nla_nest_end(msg, hook);
	return true;
}

static bool steer_put_chain(struct steer_batch *b, enum steer_chain c)
{
	struct nl_msg *msg =
		nft_new(NFPROTO_INET, NFT_MSG_NEWCHAIN, NLM_F_CREATE);

	return steer_put(b, msg, msg && steer_fill_chain(msg, c));
}

static bool steer_put_rules(struct steer_batch *b, const struct steer_rules *r,
			    const char *comment)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < r->n && ok; i++) {
		const struct nft_rule rule = {
			.family = NFPROTO_INET,
			.table = STEER_TABLE,
			.chain = steer_chains[r->rules[i].chain].name,
			.comment = i + 1 == r->n ? comment : NULL,
			.words = r->rules[i].words,
		};
		struct nl_msg *msg = nft_rule_new(&rule);

		ok = steer_put(b, msg, msg);
	}
	return ok;
}

static bool steer_put_all(struct steer_batch *b, const struct steer_dns *dns)
{
	struct steer_rules rules = { .n = 0 };
	char comment[STEER_DNS_TEXT_SIZE];
	bool ok;
	size_t i;

	steer_fill(&rules, dns);
	steer_dns_text(dns, comment);
	/* Made first, since what is absent cannot be deleted. */
	ok = steer_put_table(b, NFT_MSG_NEWTABLE);
	if (ok && !dns->anew)
		ok = steer_put_table(b, NFT_MSG_DELTABLE) &&
		     steer_put_table(b, NFT_MSG_NEWTABLE);
	for (i = 0; i < ARRAY_SIZE(steer_chains) && ok; i++)
		ok = steer_put_chain(b, (enum steer_chain)i);
	return ok && steer_put_rules(b, &rules, comment);
}

static int steer_send(struct nl_sock *sk, struct steer_batch *b)
{
	int err = nl_talk_batch(sk, b->msgs, b->n, NFNL_SUBSYS_NFTABLES);

	while (b->n > 0)
		nl_freep(&b->msgs[--b->n]);
	return err;
}

static int steer_remove(struct nl_sock *sk)
{
	struct steer_batch b = { .n = 0 };
	int err = -ENOMEM;

	if (steer_put_table(&b, NFT_MSG_DELTABLE))
		err = steer_send(sk, &b);
	if (err && err != -ENOENT)
		return log_errno(err,
				 "cannot remove the nftables table " STEER_TABLE
				 " inside");
	return 0;
}

int nft_steer(const struct steer_dns *dns)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct steer_batch b = { .n = 0 };
	int err = nl_open(NETLINK_NETFILTER, &sk);

	if (err == 0 && !dns)
		return steer_remove(sk);
	if (err == 0 && !steer_put_all(&b, dns))
		err = -ENOMEM;
	if (err == 0)
		err = steer_send(sk, &b);
	if (err)
		return log_errno(err,
				 "StrictDNS: nf_tables refuses the rules "
				 "that steer look-ups inside (are nft_nat and "
				 "nft_reject_inet loaded or loadable?)");
	return 0;
}

/* What is found of the table. */
struct steer_found {
	const char *comment;
	size_t rules;
	bool named;
};

static int steer_found_one(void *ctx, struct nlmsghdr *h)
{
	struct steer_found *found = ctx;
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

int nft_steers(const struct steer_dns *dns)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	_cleanup_msg_ struct nl_msg *msg = NULL;
	struct steer_rules rules = { .n = 0 };
	char comment[STEER_DNS_TEXT_SIZE];
	struct steer_found found = { .comment = comment };
	int err = nl_open(NETLINK_NETFILTER, &sk);

	if (err)
		return err;
	steer_fill(&rules, dns);
	steer_dns_text(dns, comment);
	msg = nft_new(NFPROTO_INET, NFT_MSG_GETRULE, NLM_F_DUMP);
	if (!msg || nla_put_string(msg, NFTA_RULE_TABLE, STEER_TABLE) < 0)
		return -ENOMEM;
	err = nl_talk(sk, msg, steer_found_one, &found);
	if (err && err != -ENOENT)
		return err;
	return found.named && found.rules == rules.n;
}
