/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route_byway.c - routes of a device beside a VPN that leads only where Allow=
 * says
 */
#include "net/route_byway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum {
	BYWAY_TABLE = ROUTE_TABLE_BASE,	/* inside; no uplink has index 0 */
	BYWAY_ROUTES_MAX = ALLOW_MAX + 1,
	BYWAY_RULES_MAX = 2 * (ALLOW_MAX + PROFILE_FORWARDS_MAX),
	/* Outside: what may pass, the end, where those that may go on. */
	BYWAY_MAY = ROUTE_RULE_PRIORITY - 2,
	BYWAY_END = ROUTE_RULE_PRIORITY - 1,
	BYWAY_ON = ROUTE_RULE_PRIORITY + 1,
};

/* NULL or 0 for what it does not have. */
struct byway_route {
	int family;
	uint32_t table;
	uint8_t type;
	const struct addr_net *dst;
	int dev;
	const struct addr *gateway;
	const struct addr *source;
	uint32_t metric;
};

static int byway_route(struct nl_sock *sk, int type,
		       const struct byway_route *r)
{
	struct rtmsg head = {
		.rtm_family = (uint8_t)r->family,
		.rtm_dst_len = r->dst ? r->dst->prefix : 0,
		.rtm_protocol = ROUTE_PROTO,
		.rtm_scope = r->dev && !r->gateway ? RT_SCOPE_LINK :
						     RT_SCOPE_UNIVERSE,
		.rtm_type = r->type,
		.rtm_flags = r->gateway ? RTNH_F_ONLINK : 0,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (type == RTM_DELROUTE)
		head.rtm_scope = RT_SCOPE_NOWHERE;
	msg = nl_new(type, type == RTM_NEWROUTE ?
				   NLM_F_CREATE | NLM_F_REPLACE : 0,
		     &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, RTA_TABLE, r->table) < 0 ||
	    (r->dst && nla_put(msg, RTA_DST, 4, r->dst->addr.bytes) < 0) ||
	    (r->dev && nla_put_u32(msg, RTA_OIF, (uint32_t)r->dev) < 0) ||
	    (r->gateway && nla_put(msg, RTA_GATEWAY, 4,
				   r->gateway->bytes) < 0) ||
	    (r->source && nla_put(msg, RTA_PREFSRC, 4,
				  r->source->bytes) < 0) ||
	    (r->metric && nla_put_u32(msg, RTA_PRIORITY, r->metric) < 0))
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

/* NULL or 0 for what a rule does not ask. */
struct byway_rule {
	uint32_t priority;
	uint8_t action;
	const char *iif;
	const struct allow *to;
	const struct addr *from;
	const struct profile_forward *answers;
	uint32_t table;
	uint32_t on;
};

static bool byway_fill_port(struct nl_msg *msg, int type, bool udp,
			    uint16_t port)
{
	const struct fib_rule_port_range ports = { port, port };

	return nla_put_u8(msg, FRA_IP_PROTO, udp ? IPPROTO_UDP :
						   IPPROTO_TCP) == 0 &&
	       nla_put(msg, type, sizeof(ports), &ports) == 0;
}

static bool byway_fill_rule(struct nl_msg *msg, const struct byway_rule *r)
{
	const struct profile_forward *f = r->answers;
	const struct allow *to = r->to;

	return nla_put_u32(msg, FRA_PRIORITY, r->priority) == 0 &&
	       nla_put_u8(msg, FRA_PROTOCOL, ROUTE_PROTO) == 0 &&
	       nla_put_string(msg, FRA_IIFNAME, r->iif) == 0 &&
	       (!to || nla_put(msg, FRA_DST, 4, to->net.addr.bytes) == 0) &&
	       (!to || to->kind != ALLOW_PORT ||
		byway_fill_port(msg, FRA_DPORT_RANGE, to->udp, to->port)) &&
	       (!r->from || nla_put(msg, FRA_SRC, 4, r->from->bytes) == 0) &&
	       (!f || byway_fill_port(msg, FRA_SPORT_RANGE, f->udp,
				      f->inside_port)) &&
	       (!r->table || nla_put_u32(msg, FRA_TABLE, r->table) == 0) &&
	       (!r->on || nla_put_u32(msg, FRA_GOTO, r->on) == 0);
}

static int byway_rule(struct nl_sock *sk, int type, const struct byway_rule *r)
{
	struct fib_rule_hdr head = {
		.family = AF_INET,
		.dst_len = r->to ? r->to->net.prefix : 0,
		.src_len = r->from ? 32 : 0,
		.action = r->action,
	};
	_cleanup_msg_ struct nl_msg *msg =
		nl_new(type, type == RTM_NEWRULE ?
				     NLM_F_CREATE | NLM_F_EXCL : 0,
		       &head, sizeof(head));
	int err;

	if (!msg)
		return -ENOMEM;
	if (!byway_fill_rule(msg, r))
		return -EMSGSIZE;
	err = nl_talk(sk, msg, NULL, NULL);
	return type == RTM_NEWRULE && err == -EEXIST ? 0 : err;
}

static int byway_rules_remove(struct nl_sock *sk, uint32_t priority,
			      const char *iif)
{
	const struct byway_rule r = { .priority = priority, .iif = iif };
	int left;

	for (left = BYWAY_RULES_MAX; left > 0; left--) {
		int err = byway_rule(sk, RTM_DELRULE, &r);

		if (err == -ENOENT)
			return 0;
		if (err)
			return err;
	}
	return -ELOOP;
}

/* Destinations inside: the host itself is reached by its gateway. */
struct byway_nets {
	struct addr_net list[BYWAY_ROUTES_MAX];
	size_t n;
};

static void byway_nets(const struct route_byway *w, struct byway_nets *nets)
{
	size_t i;

	nets->n = 0;
	for (i = 0; i < w->allows->n; i++) {
		const struct allow *a = &w->allows->list[i];

		if ((a->kind == ALLOW_NET || a->kind == ALLOW_PORT) &&
		    a->net.addr.family == 4)
			nets->list[nets->n++] = a->net;
	}
	/* Answers go there, too: who asks is known by the host alone. */
	if (w->n_forwards || allow_has(w->allows, ALLOW_HOST))
		nets->list[nets->n++] =
			(struct addr_net){ .addr = w->gateway, .prefix = 32 };
}

static int byway_add_routes(struct nl_sock *in, const struct route_byway *w,
			    const struct byway_nets *nets)
{
	size_t i;
	int err = 0;

	for (i = 0; i < nets->n && err == 0; i++) {
		const struct addr_net *dst = &nets->list[i];
		bool near = dst->prefix == 32 &&
			    memcmp(dst->addr.bytes, w->gateway.bytes, 4) == 0;
		const struct byway_route r = {
			.family = AF_INET,
			.table = BYWAY_TABLE,
			.type = RTN_UNICAST,
			.dst = dst,
			.dev = w->link,
			.gateway = near ? NULL : &w->gateway,
			.source = &w->inside,
		};

		err = byway_route(in, RTM_NEWROUTE, &r);
	}
	return err;
}

/* What stands in the table and is not wanted any more. */
struct byway_stale {
	const struct byway_nets *want;
	struct byway_nets found;
};

static bool byway_is_wanted(const struct byway_nets *want,
			    const struct addr_net *net)
{
	size_t i;

	for (i = 0; i < want->n; i++) {
		if (want->list[i].prefix == net->prefix &&
		    memcmp(want->list[i].addr.bytes, net->addr.bytes, 4) == 0)
			return true;
	}
	return false;
}

static int byway_see(void *ctx, struct nlmsghdr *h)
{
	struct byway_stale *stale = ctx;
	const struct rtmsg *head = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct addr_net net = { .addr.family = 4 };

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*head), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (!tb[RTA_TABLE] || nla_get_u32(tb[RTA_TABLE]) != BYWAY_TABLE ||
	    stale->found.n == BYWAY_ROUTES_MAX)
		return 0;
	net.prefix = head->rtm_dst_len;
	if (tb[RTA_DST] && nla_len(tb[RTA_DST]) == 4)
		memcpy(net.addr.bytes, nla_data(tb[RTA_DST]), 4);
	if (!byway_is_wanted(stale->want, &net))
		stale->found.list[stale->found.n++] = net;
	return 0;
}

static int byway_drop_stale(struct nl_sock *in, const struct byway_nets *want)
{
	struct rtmsg head = { .rtm_family = AF_INET };
	struct byway_stale stale = { .want = want };
	_cleanup_msg_ struct nl_msg *msg = nl_new(RTM_GETROUTE, NLM_F_DUMP,
						  &head, sizeof(head));
	int err = msg ? nl_talk(in, msg, byway_see, &stale) : -ENOMEM;
	size_t i;

	for (i = 0; i < stale.found.n && err == 0; i++) {
		const struct byway_route r = {
			.family = AF_INET,
			.table = BYWAY_TABLE,
			.dst = &stale.found.list[i],
		};

		err = byway_route(in, RTM_DELROUTE, &r);
		if (err == -ESRCH)
			err = 0;
	}
	return err;
}

/* A kernel without IPv6 routes none. */
static int byway_end(struct nl_sock *in)
{
	struct byway_route end = {
		.family = AF_INET,
		.table = RT_TABLE_MAIN,
		.type = RTN_UNREACHABLE,
		.metric = ROUTE_LAST_METRIC,
	};
	int err = byway_route(in, RTM_NEWROUTE, &end);

	if (err)
		return err;
	end.family = AF_INET6;
	err = byway_route(in, RTM_NEWROUTE, &end);
	return err == -EAFNOSUPPORT || err == -EOPNOTSUPP ? 0 : err;
}

int route_byway_inside(struct nl_sock *in, const struct route_byway *w)
{
	/* Not for what networks that hang on this one send. */
	const struct byway_rule rule = {
		.priority = ROUTE_RULE_PRIORITY,
		.action = FR_ACT_TO_TBL,
		.iif = "lo",
		.table = BYWAY_TABLE,
	};
	struct byway_nets nets;
	int err = byway_end(in);

	byway_nets(w, &nets);
	if (err == 0)
		err = byway_add_routes(in, w, &nets);
	if (err == 0)
		err = byway_drop_stale(in, &nets);
	return err ? err : byway_rule(in, RTM_NEWRULE, &rule);
}

static int byway_may(struct nl_sock *out, const struct route_byway *w,
		     const struct byway_rule *to)
{
	struct byway_rule r = *to;

	r.priority = BYWAY_MAY;
	r.iif = w->outside;
	r.action = w->uplink ? FR_ACT_TO_TBL : FR_ACT_GOTO;
	r.table = w->uplink ? ROUTE_TABLE_BASE + (uint32_t)w->uplink : 0;
	r.on = w->uplink ? 0 : BYWAY_ON;
	return byway_rule(out, RTM_NEWRULE, &r);
}

int route_byway_outside(struct nl_sock *out, const struct route_byway *w)
{
	const struct byway_rule end = {
		.priority = BYWAY_END, .action = FR_ACT_UNREACHABLE,
		.iif = w->outside,
	};
	const struct byway_rule on = {
		.priority = BYWAY_ON, .action = FR_ACT_NOP, .iif = w->outside,
	};
	size_t i;
	int err = byway_rule(out, RTM_NEWRULE, &end);

	if (err == 0)
		err = byway_rule(out, RTM_NEWRULE, &on);
	/* For a moment nothing passes. */
	if (err == 0)
		err = byway_rules_remove(out, BYWAY_MAY, w->outside);
	for (i = 0; i < w->allows->n && err == 0; i++) {
		const struct allow *a = &w->allows->list[i];
		const struct byway_rule to = { .to = a };

		if (a->kind != ALLOW_HOST && a->net.addr.family == 4)
			err = byway_may(out, w, &to);
	}
	for (i = 0; i < w->n_forwards && err == 0; i++) {
		const struct byway_rule from = {
			.from = &w->inside, .answers = &w->forwards[i],
		};

		err = byway_may(out, w, &from);
	}
	return err;
}

int route_byway_forget(struct nl_sock *out, const char *outside)
{
	static const uint32_t priorities[] = { BYWAY_MAY, BYWAY_END, BYWAY_ON };
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(priorities) && err == 0; i++)
		err = byway_rules_remove(out, priorities[i], outside);
	return err;
}
