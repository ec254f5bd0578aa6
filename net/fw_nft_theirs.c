/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_theirs.c - chains of others that forwarded packets pass through
 *
 * Rules of ours among theirs are known by their comment, "runns:DEVICE".
 */
#include "net/fw_nft_theirs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "lib/base/buf.h"
#include "net/fw_nft_base.h"
#include "net/fw_nft_rule.h"
#include "net/link.h"
#include "net/pool.h"

enum {
	THEIRS_CHAINS_MAX = 32,
	THEIRS_NAME_SIZE = 128,
	THEIRS_OURS_MAX = 64,	/* rules of ours in one chain */
	THEIRS_JUMPS_MAX = 16,	/* of one chain, for every packet */
	THEIRS_DEPTH_MAX = 6,
	THEIRS_TRIES = 10,	/* any change interrupts a listing */
	THEIRS_COMMENT = 0,	/* type of a rule's comment, as nft(8) has it */
};

#define THEIRS_MARK "runns:"
#define THEIRS_ALL POOL_LINK_PREFIX "*"

/* A base chain of the hook "forward". */
struct theirs_chain {
	uint8_t family;
	char table[THEIRS_NAME_SIZE];
	char name[THEIRS_NAME_SIZE];
	bool policy_drop;
};

/* As iptables-nft and ip6tables-nft make them. */
static const struct theirs_chain theirs_iptables[] = {
	{ .family = NFPROTO_IPV4, .table = "filter", .name = "FORWARD" },
	{ .family = NFPROTO_IPV6, .table = "filter", .name = "FORWARD" },
};

struct theirs_list {
	struct theirs_chain chains[THEIRS_CHAINS_MAX];
	size_t n;
};

static int theirs_chain_one(void *ctx, struct nlmsghdr *h)
{
	struct theirs_list *list = ctx;
	const struct nfgenmsg *head = nlmsg_data(h);
	struct nlattr *tb[NFTA_CHAIN_MAX + 1];
	struct theirs_chain *c = &list->chains[list->n];
	struct nlattr *hook;

	if (nlmsg_parse(h, sizeof(*head), tb, NFTA_CHAIN_MAX, NULL) < 0)
		return -EBADMSG;
	if (!tb[NFTA_CHAIN_HOOK] || !tb[NFTA_CHAIN_POLICY] ||
	    !tb[NFTA_CHAIN_TABLE] || !tb[NFTA_CHAIN_NAME] ||
	    (head->nfgen_family != NFPROTO_INET &&
	     head->nfgen_family != NFPROTO_IPV4 &&
	     head->nfgen_family != NFPROTO_IPV6) ||
	    list->n == THEIRS_CHAINS_MAX)
		return 0;
	hook = nla_find(nla_data(tb[NFTA_CHAIN_HOOK]),
			nla_len(tb[NFTA_CHAIN_HOOK]), NFTA_HOOK_HOOKNUM);
	if (!hook || ntohl(nla_get_u32(hook)) != NF_INET_FORWARD)
		return 0;
	c->family = head->nfgen_family;
	nla_strlcpy(c->table, tb[NFTA_CHAIN_TABLE], sizeof(c->table));
	nla_strlcpy(c->name, tb[NFTA_CHAIN_NAME], sizeof(c->name));
	c->policy_drop = ntohl(nla_get_u32(tb[NFTA_CHAIN_POLICY])) == NF_DROP;
	if (c->family != NFPROTO_INET || strcmp(c->table, NFT_TABLE) != 0)
		list->n++;
	return 0;
}

/* All of them, or only @one. */
static int theirs_chains(struct nl_sock *sk, const struct theirs_chain *one,
			 struct theirs_list *list)
{
	int tries;
	int err = -EINTR;

	for (tries = THEIRS_TRIES; tries > 0 && err == -EINTR; tries--) {
		_cleanup_msg_ struct nl_msg *msg =
			nft_new(one ? one->family : NFPROTO_UNSPEC,
				NFT_MSG_GETCHAIN, one ? 0 : NLM_F_DUMP);

		list->n = 0;
		if (!msg || (one && (nla_put_string(msg, NFTA_CHAIN_TABLE,
						    one->table) < 0 ||
				     nla_put_string(msg, NFTA_CHAIN_NAME,
						    one->name) < 0)))
			return -ENOMEM;
		err = nl_talk(sk, msg, theirs_chain_one, list);
	}
	return err == -ENOENT ? 0 : err;
}

/* What becomes of every packet that gets to a rule, or through a chain. */
enum theirs_end {
	END_NONE,	/* it goes on */
	END_DROPS,
	END_PASSES,
	END_RETURNS,
	END_JUMPS,
	END_OURS,	/* a rule of ours is next */
};

/* A rule as far as it matters here. */
struct theirs_rule {
	uint64_t handle;	/* as the kernel has it, big endian */
	char comment[sizeof(THEIRS_MARK) + IFNAMSIZ];
	enum theirs_end end;
	char jump[THEIRS_NAME_SIZE];
};

/* NULL in NULL is NULL. */
static const struct nlattr *theirs_in(const struct nlattr *nest, int type)
{
	return nest ? nla_find(nla_data(nest), nla_len(nest), type) : NULL;
}

static enum theirs_end theirs_verdict(const struct nlattr *data,
				      struct theirs_rule *rule)
{
	const struct nlattr *nest =
		theirs_in(theirs_in(data, NFTA_IMMEDIATE_DATA),
			  NFTA_DATA_VERDICT);
	const struct nlattr *code = theirs_in(nest, NFTA_VERDICT_CODE);
	const struct nlattr *chain = theirs_in(nest, NFTA_VERDICT_CHAIN);

	switch (code ? (int)ntohl(nla_get_u32(code)) : NFT_CONTINUE) {
	case NF_DROP:
		return END_DROPS;
	case NF_ACCEPT:
		return END_PASSES;
	case NFT_RETURN:
		return END_RETURNS;
	case NFT_JUMP:
	case NFT_GOTO:
		if (chain)
			nla_strlcpy(rule->jump, chain, sizeof(rule->jump));
		return END_JUMPS;
	default:
		return END_NONE;
	}
}

/* Of a match or target of iptables'; both have their name in the same place. */
static bool theirs_is_named(const struct nlattr *data, const char *name)
{
	const struct nlattr *attr = theirs_in(data, NFTA_TARGET_NAME);

	return attr && nla_strcmp(attr, name) == 0;
}

/* Has the expression no say in what becomes of a packet? */
static bool theirs_is_neutral(const struct nlattr *name,
			      const struct nlattr *data)
{
	return nla_strcmp(name, "counter") == 0 ||
	       nla_strcmp(name, "log") == 0 ||
	       (data && nla_strcmp(name, "match") == 0 &&
		theirs_is_named(data, "comment"));
}

/* By the first expression that has one; END_NONE if it is a condition. */
static void theirs_rule_end(const struct nlattr *expressions,
			    struct theirs_rule *rule)
{
	struct nlattr *expr;
	int left;

	nla_for_each_nested(expr, expressions, left) {
		const struct nlattr *name = theirs_in(expr, NFTA_EXPR_NAME);
		const struct nlattr *data = theirs_in(expr, NFTA_EXPR_DATA);

		if (!name)
			return;
		if (theirs_is_neutral(name, data))
			continue;
		if (nla_strcmp(name, "reject") == 0 ||
		    (data && nla_strcmp(name, "target") == 0 &&
		     theirs_is_named(data, "REJECT")))
			rule->end = END_DROPS;
		else if (data && nla_strcmp(name, "immediate") == 0)
			rule->end = theirs_verdict(data, rule);
		return;
	}
}

/* Notes of a rule: one byte of type, one of length, text. */
static void theirs_comment(struct theirs_rule *rule, const struct nlattr *notes)
{
	const uint8_t *at = nla_data(notes);
	const uint8_t *end = at + nla_len(notes);

	for (; at + 2 <= end && at + 2 + at[1] <= end; at += 2 + at[1]) {
		size_t len = strnlen((const char *)at + 2, at[1]);

		if (at[0] != THEIRS_COMMENT || len >= sizeof(rule->comment))
			continue;
		memcpy(rule->comment, at + 2, len);
		rule->comment[len] = '\0';
	}
}

struct theirs_walk {
	void (*fn)(void *ctx, const struct theirs_rule *rule);
	void *ctx;
};

static int theirs_rule_one(void *ctx, struct nlmsghdr *h)
{
	const struct theirs_walk *walk = ctx;
	struct nlattr *tb[NFTA_RULE_MAX + 1];
	struct theirs_rule rule = { 0 };

	if (nlmsg_parse(h, sizeof(struct nfgenmsg), tb, NFTA_RULE_MAX,
			NULL) < 0)
		return -EBADMSG;
	if (tb[NFTA_RULE_HANDLE])
		rule.handle = nla_get_u64(tb[NFTA_RULE_HANDLE]);
	if (tb[NFTA_RULE_USERDATA])
		theirs_comment(&rule, tb[NFTA_RULE_USERDATA]);
	if (tb[NFTA_RULE_EXPRESSIONS])
		theirs_rule_end(tb[NFTA_RULE_EXPRESSIONS], &rule);
	walk->fn(walk->ctx, &rule);
	return 0;
}

static struct nl_msg *theirs_rule_msg(const struct theirs_chain *c, int type,
				      int flags)
{
	struct nl_msg *msg = nft_new(c->family, type, flags);

	if (msg && (nla_put_string(msg, NFTA_RULE_TABLE, c->table) < 0 ||
		    nla_put_string(msg, NFTA_RULE_CHAIN, c->name) < 0)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Once, from the first to the last; -EINTR if they changed meanwhile. */
static int theirs_rules(struct nl_sock *sk, const struct theirs_chain *c,
			void (*fn)(void *ctx, const struct theirs_rule *rule),
			void *ctx)
{
	struct theirs_walk walk = { .fn = fn, .ctx = ctx };
	_cleanup_msg_ struct nl_msg *msg =
		theirs_rule_msg(c, NFT_MSG_GETRULE, NLM_F_DUMP);
	int err = msg ? nl_talk(sk, msg, theirs_rule_one, &walk) : -ENOMEM;

	return err == -ENOENT ? 0 : err;
}

/* Where a chain ends, and where it has jumped to before. */
struct theirs_order {
	enum theirs_end end;
	char jumps[THEIRS_JUMPS_MAX][THEIRS_NAME_SIZE];
	size_t n;
};

static void theirs_order_one(void *ctx, const struct theirs_rule *rule)
{
	struct theirs_order *order = ctx;

	if (order->end != END_NONE)
		return;
	if (strncmp(rule->comment, THEIRS_MARK, sizeof(THEIRS_MARK) - 1) == 0)
		order->end = END_OURS;
	else if (rule->end == END_JUMPS && order->n < THEIRS_JUMPS_MAX)
		memcpy(order->jumps[order->n++], rule->jump,
		       sizeof(rule->jump));
	else if (rule->end != END_JUMPS)
		order->end = rule->end;
}

/* What becomes of every packet in the chain; @by: the chain that drops it. */
static enum theirs_end theirs_follow(struct nl_sock *sk,
				     const struct theirs_chain *c,
				     unsigned int depth,
				     char by[THEIRS_NAME_SIZE])
{
	struct theirs_order order;
	int tries = THEIRS_TRIES;
	size_t i;

	do {
		order = (struct theirs_order){ .n = 0 };
	} while (theirs_rules(sk, c, theirs_order_one, &order) == -EINTR &&
		 --tries > 0);
	for (i = 0; i < order.n && depth < THEIRS_DEPTH_MAX; i++) {
		struct theirs_chain next = *c;
		enum theirs_end end;

		memcpy(next.name, order.jumps[i], sizeof(next.name));
		end = theirs_follow(sk, &next, depth + 1, by);
		if (end != END_NONE)
			return end;
	}
	if (order.end == END_DROPS)
		memcpy(by, c->name, THEIRS_NAME_SIZE);
	return order.end == END_RETURNS ? END_NONE : order.end;
}

/* Why packets do not pass, into @why; false if they do. */
static bool theirs_reason(struct nl_sock *sk, bool used,
			  const struct theirs_chain *c, struct buf *why)
{
	char by[THEIRS_NAME_SIZE] = "";
	enum theirs_end end = theirs_follow(sk, c, 0, by);

	if (end == END_DROPS) {
		buf_adds(why, "a rule for every packet");
		if (strcmp(by, c->name) != 0)
			buf_addf(why, " in %s", by);
		return true;
	}
	if (!c->policy_drop || end == END_PASSES || (used && end == END_OURS))
		return false;
	buf_adds(why, "policy drop");
	return true;
}

static const char *theirs_family(const struct theirs_chain *c)
{
	if (c->family == NFPROTO_INET)
		return "inet";
	return c->family == NFPROTO_IPV6 ? "ip6" : "ip";
}

int nft_theirs_blocks(struct nl_sock *sk, bool used,
		      int (*fn)(void *ctx, const char *what, bool six),
		      void *ctx)
{
	struct theirs_list list;
	int r = theirs_chains(sk, NULL, &list);
	size_t i;

	for (i = 0; i < list.n && r == 0; i++) {
		const struct theirs_chain *c = &list.chains[i];
		BUF(why, THEIRS_NAME_SIZE + 32);
		BUF(what, 3 * THEIRS_NAME_SIZE + 64);

		if (!theirs_reason(sk, used, c, &why))
			continue;
		buf_addf(&what, "chain %s %s %s (nft, %s)",
			 theirs_family(c), c->table, c->name, why.text);
		r = fn(ctx, what.text, c->family == NFPROTO_IPV6);
	}
	return r;
}

/* Rules of ours in a chain of iptables-nft's. */
struct theirs_ours {
	const struct theirs_chain *chain;
	const char *device;	/* NULL: any */
	uint64_t handles[THEIRS_OURS_MAX];
	size_t n;
};

static void theirs_ours_one(void *ctx, const struct theirs_rule *rule)
{
	struct theirs_ours *ours = ctx;
	const size_t mark = sizeof(THEIRS_MARK) - 1;

	if (strncmp(rule->comment, THEIRS_MARK, mark) != 0 ||
	    (ours->device && strcmp(rule->comment + mark, ours->device) != 0))
		return;
	if (ours->n < THEIRS_OURS_MAX)
		ours->handles[ours->n++] = rule->handle;
}

static int theirs_find(struct nl_sock *sk, struct theirs_ours *ours)
{
	int tries = THEIRS_TRIES;
	int err;

	do {
		ours->n = 0;
		err = theirs_rules(sk, ours->chain, theirs_ours_one, ours);
	} while (err == -EINTR && --tries > 0);
	return err;
}

static int theirs_delete(struct nl_sock *sk, const struct theirs_chain *c,
			 uint64_t handle)
{
	struct nl_msg *msgs[1] = { theirs_rule_msg(c, NFT_MSG_DELRULE, 0) };
	int err = -ENOMEM;

	if (msgs[0] && nla_put_u64(msgs[0], NFTA_RULE_HANDLE, handle) == 0)
		err = nl_talk_batch(sk, msgs, 1, NFNL_SUBSYS_NFTABLES);
	nl_freep(&msgs[0]);
	return err == -ENOENT ? 0 : err;
}

static int theirs_remove(struct nl_sock *sk, const struct theirs_chain *c,
			 const char *device)
{
	struct theirs_ours ours = { .chain = c, .device = device };
	int err = theirs_find(sk, &ours);

	while (err == 0 && ours.n > 0)
		err = theirs_delete(sk, c, ours.handles[--ours.n]);
	return err;
}

/* One pair of rules does for all devices with names of ours. */
static const char *theirs_device(const char *link)
{
	return strncmp(link, POOL_LINK_PREFIX, sizeof(POOL_LINK_PREFIX) - 1) ?
		link : THEIRS_ALL;
}

/* Both ways; as iptables-nft can read it. */
static int theirs_let_pass(struct nl_sock *sk, const struct theirs_chain *c,
			   const char *device)
{
	static const enum nft_kind ways[] = { NFT_FROM, NFT_TO };
	struct nl_msg *msgs[ARRAY_SIZE(ways)] = { NULL };
	BUF(comment, sizeof(THEIRS_MARK) + IFNAMSIZ);
	int err = 0;
	size_t i;

	buf_addf(&comment, THEIRS_MARK "%s", device);
	for (i = 0; i < ARRAY_SIZE(ways) && err == 0; i++) {
		const struct nft_word words[] = {
			{ .kind = ways[i], .device = device },
			{ .kind = NFT_COUNT },
			{ .kind = NFT_VERDICT, .value = NF_ACCEPT },
			{ .kind = NFT_END },
		};
		const struct nft_rule rule = {
			.family = c->family,
			.table = c->table,
			.chain = c->name,
			.comment = comment.text,
			.words = words,
		};

		msgs[i] = nft_rule_new(&rule);
		err = msgs[i] ? 0 : -ENOMEM;
	}
	if (err == 0)
		err = nl_talk_batch(sk, msgs, ARRAY_SIZE(msgs),
				    NFNL_SUBSYS_NFTABLES);
	for (i = 0; i < ARRAY_SIZE(msgs); i++)
		nl_freep(&msgs[i]);
	return err;
}

static int theirs_pass(struct nl_sock *sk, const struct theirs_chain *c,
		       const char *link)
{
	struct theirs_ours ours = {
		.chain = c, .device = theirs_device(link),
	};
	struct theirs_list list;
	int err = theirs_chains(sk, c, &list);

	if (err || list.n == 0 || !list.chains[0].policy_drop)
		return err;
	err = theirs_find(sk, &ours);
	/* One for each way. */
	if (err || ours.n == 2)
		return err;
	err = theirs_remove(sk, c, ours.device);
	return err ? err : theirs_let_pass(sk, c, ours.device);
}

int nft_theirs_pass(struct nl_sock *sk, const char *link, bool six)
{
	int err = theirs_pass(sk, &theirs_iptables[0], link);

	return err || !six ? err : theirs_pass(sk, &theirs_iptables[1], link);
}

int nft_theirs_unpass(struct nl_sock *sk, const char *link)
{
	int err;

	/* What one pair does for all goes with the last. */
	if (link && theirs_device(link) != link)
		return 0;
	err = theirs_remove(sk, &theirs_iptables[0], link);
	return err ? err : theirs_remove(sk, &theirs_iptables[1], link);
}
