/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route.c - addresses, routes and routing rules (IPv4), by rtnetlink(7)
 */
#include "net/route.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum {
	ROUTE_HALF = 1,			/* as long a prefix is a default's */
};

int route_add_addr(struct nl_sock *sk, int index, const struct addr_net *net)
{
	struct ifaddrmsg head = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = net->prefix,
		.ifa_index = (unsigned int)index,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &head,
		     sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, IFA_LOCAL, 4, net->addr.bytes) < 0 ||
	    nla_put(msg, IFA_ADDRESS, 4, net->addr.bytes) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

/* A route to be put into, or taken out of, a table. */
struct route_entry {
	uint32_t table;
	uint8_t type;
	const struct addr_net *dst;	/* NULL: default */
	int dev;			/* 0: none */
	const struct addr *gateway;	/* NULL: none */
	uint32_t metric;
};

static int route_change(struct nl_sock *sk, int type, int flags,
			const struct route_entry *e)
{
	struct rtmsg head = {
		.rtm_family = AF_INET,
		.rtm_dst_len = e->dst ? e->dst->prefix : 0,
		.rtm_protocol = ROUTE_PROTO,
		.rtm_scope = e->dev && !e->gateway ? RT_SCOPE_LINK :
						     RT_SCOPE_UNIVERSE,
		.rtm_type = e->type,
		.rtm_flags = e->gateway ? RTNH_F_ONLINK : 0,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (type == RTM_DELROUTE)
		head.rtm_scope = RT_SCOPE_NOWHERE;
	msg = nl_new(type, flags, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, RTA_TABLE, e->table) < 0 ||
	    (e->dst && nla_put(msg, RTA_DST, 4, e->dst->addr.bytes) < 0) ||
	    (e->dev && nla_put_u32(msg, RTA_OIF, (uint32_t)e->dev) < 0) ||
	    (e->gateway && nla_put(msg, RTA_GATEWAY, 4, e->gateway->bytes) < 0) ||
	    (e->metric && nla_put_u32(msg, RTA_PRIORITY, e->metric) < 0))
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

int route_add_default(struct nl_sock *sk, int index,
		      const struct addr *gateway)
{
	struct route_entry e = {
		.table = RT_TABLE_MAIN,
		.type = RTN_UNICAST,
		.dev = index,
		.gateway = gateway,
	};

	return route_change(sk, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &e);
}

/* Which route would be used?  Gets the route itself, not what it resolves to. */
static int route_lookup(struct nl_sock *sk, const uint8_t dst[4],
			int (*fn)(void *ctx, struct nlmsghdr *h), void *ctx)
{
	struct rtmsg head = {
		.rtm_family = AF_INET,
		.rtm_dst_len = 32,
		.rtm_flags = RTM_F_LOOKUP_TABLE | RTM_F_FIB_MATCH,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_GETROUTE, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, RTA_DST, 4, dst) < 0)
		return -EMSGSIZE;
	return nl_ask(sk, msg, fn, ctx);
}

static int route_matched(void *ctx, struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);

	if (h->nlmsg_type == RTM_NEWROUTE &&
	    h->nlmsg_len >= NLMSG_HDRLEN + sizeof(*head))
		*(int *)ctx = head->rtm_dst_len;
	return 0;
}

int route_is_free(struct nl_sock *sk, const struct addr *a)
{
	int prefix = -1;
	int err = route_lookup(sk, a->bytes, route_matched, &prefix);

	/* No route, or an "unreachable default". */
	if (err == -ENETUNREACH || err == -EHOSTUNREACH)
		return 1;
	/* A blackhole or a prohibition: somebody has plans for it. */
	if (err == -EINVAL || err == -EACCES)
		return 0;
	if (err)
		return err;
	return prefix >= 0 && prefix <= ROUTE_HALF;
}

static int route_to_device(void *ctx, struct nlmsghdr *h)
{
	struct nlattr *tb[RTA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(struct rtmsg), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (tb[RTA_OIF])
		*(int *)ctx = (int)nla_get_u32(tb[RTA_OIF]);
	return 0;
}

int route_device(struct nl_sock *sk, const struct addr *a)
{
	int device = 0;
	int err = route_lookup(sk, a->bytes, route_to_device, &device);

	if (err == -ENETUNREACH || err == -EHOSTUNREACH || err == -EINVAL ||
	    err == -EACCES)
		return 0;
	return err ? err : device;
}

struct route_list {
	struct route_uplink *out;
	uint32_t metric[ROUTE_UPLINKS_MAX];
	int n;
	bool any_table;
};

static void route_list_add(struct route_list *list, int index,
			   const struct nlattr *gateway, uint32_t metric)
{
	struct route_uplink u = { .index = index };
	int at;

	for (at = 0; at < list->n; at++) {
		if (list->out[at].index == index)
			return;
	}
	if (list->n == ROUTE_UPLINKS_MAX)
		return;
	if (gateway && nla_len(gateway) == 4) {
		u.gateway.family = 4;
		memcpy(u.gateway.bytes, nla_data(gateway), 4);
	}
	for (at = list->n++; at > 0 && list->metric[at - 1] > metric; at--) {
		list->out[at] = list->out[at - 1];
		list->metric[at] = list->metric[at - 1];
	}
	list->out[at] = u;
	list->metric[at] = metric;
}

static void route_list_hops(struct route_list *list, struct nlattr *multi,
			    uint32_t metric)
{
	struct rtnexthop *hop = nla_data(multi);
	int left = nla_len(multi);

	while (left >= (int)sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) &&
	       hop->rtnh_len <= left) {
		struct nlattr *attrs = (struct nlattr *)RTNH_DATA(hop);
		int len = hop->rtnh_len - (int)sizeof(*hop);

		route_list_add(list, hop->rtnh_ifindex,
			       nla_find(attrs, len, RTA_GATEWAY), metric);
		left -= (int)RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static int route_list_one(void *ctx, struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	uint32_t metric;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*head), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (head->rtm_dst_len > ROUTE_HALF || head->rtm_type != RTN_UNICAST ||
	    (head->rtm_table != RT_TABLE_MAIN &&
	     !((const struct route_list *)ctx)->any_table))
		return 0;
	metric = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
	if (tb[RTA_MULTIPATH])
		route_list_hops(ctx, tb[RTA_MULTIPATH], metric);
	else if (tb[RTA_OIF])
		route_list_add(ctx, (int)nla_get_u32(tb[RTA_OIF]),
			       tb[RTA_GATEWAY], metric);
	return 0;
}

int route_uplinks(struct nl_sock *sk,
		  struct route_uplink out[ROUTE_UPLINKS_MAX])
{
	struct rtmsg head = { .rtm_family = AF_INET };
	struct route_list list = { .out = out };
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	msg = nl_new(RTM_GETROUTE, NLM_F_DUMP, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	err = nl_talk(sk, msg, route_list_one, &list);
	return err ? err : list.n;
}

int route_uplink_now(struct nl_sock *sk,
		     struct route_uplink out[ROUTE_UPLINKS_MAX])
{
	/* Any address of each half of the address space. */
	static const uint8_t halves[2][4] = { { 9, 0, 0, 1 },
					      { 198, 51, 100, 1 } };
	/* wg-quick(8), for one, has a table of its own. */
	struct route_list list = { .out = out, .any_table = true };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(halves); i++) {
		int err = route_lookup(sk, halves[i], route_list_one, &list);

		if (err == -EBADMSG || err == -ENOMEM || err == -ETIMEDOUT)
			return err;
	}
	return list.n;
}

/* Which of the two rules of a network is meant. */
struct route_rule {
	const char *iif;		/* or NULL */
	const struct addr *from;	/* or NULL */
	uint32_t table;			/* 0: any, for removal */
};

static int route_rule_change(struct nl_sock *sk, int type, int flags,
			     const struct route_rule *r)
{
	struct fib_rule_hdr head = {
		.family = AF_INET,
		.src_len = r->from ? 32 : 0,
		.action = r->table ? FR_ACT_TO_TBL : 0,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(type, flags, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, FRA_PRIORITY, ROUTE_RULE_PRIORITY) < 0 ||
	    nla_put_u8(msg, FRA_PROTOCOL, ROUTE_PROTO) < 0 ||
	    (r->iif && nla_put_string(msg, FRA_IIFNAME, r->iif) < 0) ||
	    (r->from && nla_put(msg, FRA_SRC, 4, r->from->bytes) < 0) ||
	    (r->table && nla_put_u32(msg, FRA_TABLE, r->table) < 0))
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

/* Those that lead into @r->table, or all. */
static int route_rule_remove(struct nl_sock *sk, const struct route_rule *r)
{
	int left;

	for (left = ROUTE_RULES_MAX; left > 0; left--) {
		int err = route_rule_change(sk, RTM_DELRULE, 0, r);

		if (err == -ENOENT)
			return 0;
		if (err)
			return err;
	}
	return -ELOOP;
}

static int route_steer_table(struct nl_sock *sk, const struct route_steer *s,
			     uint32_t table)
{
	bool via = s->uplink.gateway.family == 4;
	struct route_entry last = {
		.table = table,
		.type = RTN_UNREACHABLE,
		.metric = ROUTE_LAST_METRIC,
	};
	struct route_entry out = {
		.table = table,
		.type = RTN_UNICAST,
		.dev = s->uplink.index,
		.gateway = via ? &s->uplink.gateway : NULL,
	};
	int err = route_change(sk, RTM_NEWROUTE,
			       NLM_F_CREATE | NLM_F_REPLACE, &last);

	if (err == 0)
		err = route_change(sk, RTM_NEWROUTE,
				   NLM_F_CREATE | NLM_F_REPLACE, &out);
	return err;
}

int route_steer_back(struct nl_sock *sk, const struct route_steer *s)
{
	struct addr_net base = s->net;
	struct route_entry back = {
		.table = ROUTE_TABLE_BASE + (uint32_t)s->uplink.index,
		.type = RTN_UNICAST,
		.dst = &base,
		.dev = s->link,
	};
	int i;

	for (i = s->net.prefix; i < 32; i++)
		base.addr.bytes[i / 8] &= (uint8_t)~(0x80 >> (i % 8));
	return route_change(sk, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
			    &back);
}

int route_steer(struct nl_sock *sk, const struct route_steer *s)
{
	uint32_t table = ROUTE_TABLE_BASE + (uint32_t)s->uplink.index;
	struct route_rule rules[2] = {
		{ .iif = s->outside, .table = table },
		{ .from = &s->inside, .table = table },
	};
	int err = route_steer_table(sk, s, table);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules) && err == 0; i++) {
		err = route_rule_change(sk, RTM_NEWRULE,
					NLM_F_CREATE | NLM_F_EXCL, &rules[i]);
		if (err == -EEXIST)
			err = 0;
	}
	return err;
}

int route_unsteer(struct nl_sock *sk, const char *outside,
		  const struct addr *inside, int uplink)
{
	uint32_t table = uplink ? ROUTE_TABLE_BASE + (uint32_t)uplink : 0;
	struct route_rule by_link = { .iif = outside, .table = table };
	struct route_rule by_addr = { .from = inside, .table = table };
	int err = route_rule_remove(sk, &by_link);

	return err ? err : route_rule_remove(sk, &by_addr);
}

int route_forget(struct nl_sock *sk, int index)
{
	struct route_entry e = {
		.table = ROUTE_TABLE_BASE + (uint32_t)index,
	};
	int left;

	for (left = ROUTE_RULES_MAX; left > 0; left--) {
		int err = route_change(sk, RTM_DELROUTE, 0, &e);

		if (err == -ESRCH)
			return 0;
		if (err)
			return err;
	}
	return -ELOOP;
}
