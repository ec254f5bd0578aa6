/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route6_steer.c - IPv6 of networks that leave by one uplink only
 */
#include "net/route6_steer.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

enum { STEER6_LEN = 16 };

/* A route of an uplink's table; NULL or 0 for what it does not have. */
struct steer6_route {
	uint32_t table;
	uint8_t type;
	const struct addr_net *dst;
	int dev;
	const struct addr *gateway;
	uint32_t metric;
};

static int steer6_change(struct nl_sock *sk, int type, int flags,
			 const struct steer6_route *r)
{
	struct rtmsg head = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = r->dst ? r->dst->prefix : 0,
		.rtm_protocol = ROUTE_PROTO,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = r->type,
		.rtm_flags = r->gateway ? RTNH_F_ONLINK : 0,
	};
	_cleanup_msg_ struct nl_msg *msg = nl_new(type, flags, &head,
						  sizeof(head));

	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, RTA_TABLE, r->table) < 0 ||
	    (r->dst &&
	     nla_put(msg, RTA_DST, STEER6_LEN, r->dst->addr.bytes) < 0) ||
	    (r->dev && nla_put_u32(msg, RTA_OIF, (uint32_t)r->dev) < 0) ||
	    (r->gateway &&
	     nla_put(msg, RTA_GATEWAY, STEER6_LEN, r->gateway->bytes) < 0) ||
	    (r->metric && nla_put_u32(msg, RTA_PRIORITY, r->metric) < 0))
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

/* Which of the two rules of a network is meant; see route.c. */
struct steer6_rule {
	const char *iif;
	const struct addr *from;
	uint32_t table;
};

static int steer6_rule_change(struct nl_sock *sk, int type, int flags,
			      const struct steer6_rule *r)
{
	struct fib_rule_hdr head = {
		.family = AF_INET6,
		.src_len = r->from ? STEER6_LEN * 8 : 0,
		.action = r->table ? FR_ACT_TO_TBL : 0,
	};
	_cleanup_msg_ struct nl_msg *msg = nl_new(type, flags, &head,
						  sizeof(head));

	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, FRA_PRIORITY, ROUTE_RULE_PRIORITY) < 0 ||
	    nla_put_u8(msg, FRA_PROTOCOL, ROUTE_PROTO) < 0 ||
	    (r->iif && nla_put_string(msg, FRA_IIFNAME, r->iif) < 0) ||
	    (r->from &&
	     nla_put(msg, FRA_SRC, STEER6_LEN, r->from->bytes) < 0) ||
	    (r->table && nla_put_u32(msg, FRA_TABLE, r->table) < 0))
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

static int steer6_rule_remove(struct nl_sock *sk, const struct steer6_rule *r)
{
	int left;

	for (left = ROUTE_RULES_MAX; left > 0; left--) {
		int err = steer6_rule_change(sk, RTM_DELRULE, 0, r);

		if (err == -ENOENT)
			return 0;
		if (err)
			return err;
	}
	return -ELOOP;
}

/* What is unreachable comes first: no moment is without it. */
static int steer6_table(struct nl_sock *sk, const struct route_steer *s,
			uint32_t table)
{
	const struct steer6_route last = {
		.table = table,
		.type = RTN_UNREACHABLE,
		.metric = ROUTE_LAST_METRIC,
	};
	const struct steer6_route out = {
		.table = table,
		.type = RTN_UNICAST,
		.dev = s->uplink.index,
		.gateway = s->gateway6.family ? &s->gateway6 : NULL,
	};
	int err = steer6_change(sk, RTM_NEWROUTE,
				NLM_F_CREATE | NLM_F_REPLACE, &last);

	if (err == 0)
		err = steer6_change(sk, RTM_NEWROUTE,
				    NLM_F_CREATE | NLM_F_REPLACE, &out);
	/* An uplink without IPv6 leads nowhere. */
	return err == -EACCES || err == -ENODEV ? 0 : err;
}

int route6_steer(struct nl_sock *sk, const struct route_steer *s)
{
	uint32_t table = ROUTE_TABLE_BASE + (uint32_t)s->uplink.index;
	const struct steer6_rule rules[2] = {
		{ .iif = s->outside, .table = table },
		{ .from = &s->inside6, .table = table },
	};
	int err = steer6_table(sk, s, table);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules) && err == 0; i++) {
		err = steer6_rule_change(sk, RTM_NEWRULE,
					 NLM_F_CREATE | NLM_F_EXCL, &rules[i]);
		if (err == -EEXIST)
			err = 0;
	}
	return err;
}

int route6_steer_back(struct nl_sock *sk, const struct route_steer *s)
{
	struct addr_net base = s->net6;
	const struct steer6_route back = {
		.table = ROUTE_TABLE_BASE + (uint32_t)s->uplink.index,
		.type = RTN_UNICAST,
		.dst = &base,
		.dev = s->link,
		.gateway = &s->inside6,
	};
	unsigned int i;

	for (i = base.prefix; i < STEER6_LEN * 8; i++)
		base.addr.bytes[i / 8] &= (uint8_t)~(0x80U >> i % 8);
	return steer6_change(sk, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
			     &back);
}

int route6_unsteer(struct nl_sock *sk, const char *outside,
		   const struct addr *inside, int uplink)
{
	uint32_t table = uplink ? ROUTE_TABLE_BASE + (uint32_t)uplink : 0;
	const struct steer6_rule by_link = { .iif = outside, .table = table };
	const struct steer6_rule by_addr = { .from = inside, .table = table };
	int err = steer6_rule_remove(sk, &by_link);

	return err ? err : steer6_rule_remove(sk, &by_addr);
}

int route6_forget(struct nl_sock *sk, int index)
{
	const struct steer6_route any = {
		.table = ROUTE_TABLE_BASE + (uint32_t)index,
	};
	int left;

	for (left = ROUTE_RULES_MAX; left > 0; left--) {
		int err = steer6_change(sk, RTM_DELROUTE, 0, &any);

		if (err == -ESRCH || err == -EOPNOTSUPP ||
		    err == -EAFNOSUPPORT)
			return 0;
		if (err)
			return err;
	}
	return -ELOOP;
}
