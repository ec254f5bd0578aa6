/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route6.c - addresses, neighbours and routes of IPv6, by rtnetlink(7)
 */
#include "net/route6.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "net/link.h"

enum {
	ROUTE6_LEN = 16,
	ROUTE6_HALF = 3,	/* 2000::/3 is meant as a default too */
};

static int route6_put_addr(struct nl_sock *sk, int index,
			   const struct addr_net *net, uint32_t flags)
{
	struct ifaddrmsg head = {
		.ifa_family = AF_INET6,
		.ifa_prefixlen = net->prefix,
		.ifa_index = (unsigned int)index,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	msg = nl_new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head,
		     sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, IFA_LOCAL, ROUTE6_LEN, net->addr.bytes) < 0 ||
	    nla_put(msg, IFA_ADDRESS, ROUTE6_LEN, net->addr.bytes) < 0 ||
	    nla_put_u32(msg, IFA_FLAGS, flags) < 0)
		return -EMSGSIZE;
	err = nl_talk(sk, msg, NULL, NULL);
	return err == -EEXIST ? 0 : err;
}

int route6_add_addr(struct nl_sock *sk, int index, const struct addr_net *net)
{
	return route6_put_addr(sk, index, net, IFA_F_NODAD);
}

int route6_add_lone_addr(struct nl_sock *sk, int index,
			 const struct addr_net *net)
{
	return route6_put_addr(sk, index, net,
			       IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
}

int route6_add_neighbour(struct nl_sock *sk, int index, const struct addr *a,
			 const uint8_t *mac)
{
	struct ndmsg head = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = index,
		.ndm_state = NUD_PERMANENT,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &head,
		     sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, NDA_DST, ROUTE6_LEN, a->bytes) < 0 ||
	    nla_put(msg, NDA_LLADDR, LINK_MAC_LEN, mac) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

int route6_add_net(struct nl_sock *sk, int index, const struct addr_net *net,
		   const struct addr *gateway)
{
	struct addr_net base = net ? *net : (struct addr_net){ .prefix = 0 };
	struct rtmsg head = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = base.prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = ROUTE_PROTO,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
		.rtm_flags = RTNH_F_ONLINK,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;
	unsigned int bit;

	for (bit = base.prefix; bit < ROUTE6_LEN * 8; bit++)
		base.addr.bytes[bit / 8] &= (uint8_t)~(0x80U >> bit % 8);
	msg = nl_new(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &head,
		     sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, RTA_DST, ROUTE6_LEN, base.addr.bytes) < 0 ||
	    nla_put_u32(msg, RTA_OIF, (uint32_t)index) < 0 ||
	    nla_put(msg, RTA_GATEWAY, ROUTE6_LEN, gateway->bytes) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

int route6_add_default(struct nl_sock *sk, int index,
		       const struct addr *gateway)
{
	return route6_add_net(sk, index, NULL, gateway);
}

static int route6_matched(void *ctx, struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);

	if (h->nlmsg_type == RTM_NEWROUTE &&
	    h->nlmsg_len >= NLMSG_HDRLEN + sizeof(*head))
		*(int *)ctx = head->rtm_dst_len;
	return 0;
}

int route6_is_free(struct nl_sock *sk, const struct addr *a)
{
	struct rtmsg head = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = 128,
		.rtm_flags = RTM_F_FIB_MATCH,
	};
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int prefix = -1;
	int err;

	msg = nl_new(RTM_GETROUTE, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, RTA_DST, ROUTE6_LEN, a->bytes) < 0)
		return -EMSGSIZE;
	err = nl_ask(sk, msg, route6_matched, &prefix);
	if (err == -ENETUNREACH || err == -EHOSTUNREACH)
		return 1;
	if (err == -EINVAL || err == -EACCES)
		return 0;
	return err ? err : prefix >= 0 && prefix <= ROUTE6_HALF;
}

struct route6_list {
	struct route_uplink *out;
	int n;
};

static void route6_list_add(struct route6_list *list, int index,
			    const struct nlattr *gateway)
{
	struct route_uplink u = { .index = index };
	int i;

	for (i = 0; i < list->n; i++) {
		if (list->out[i].index == index)
			return;
	}
	if (list->n == ROUTE_UPLINKS_MAX)
		return;
	if (gateway && nla_len(gateway) == ROUTE6_LEN) {
		u.gateway.family = 6;
		memcpy(u.gateway.bytes, nla_data(gateway), ROUTE6_LEN);
	}
	list->out[list->n++] = u;
}

static void route6_list_hops(struct route6_list *list, struct nlattr *multi)
{
	struct rtnexthop *hop = nla_data(multi);
	int left = nla_len(multi);

	while (left >= (int)sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) &&
	       hop->rtnh_len <= left) {
		struct nlattr *attrs = (struct nlattr *)RTNH_DATA(hop);
		int len = hop->rtnh_len - (int)sizeof(*hop);

		route6_list_add(list, hop->rtnh_ifindex,
				nla_find(attrs, len, RTA_GATEWAY));
		left -= (int)RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static bool route6_is_steered(const struct nlattr *table)
{
	return table && (nla_get_u32(table) & ~0xffffffU) == ROUTE_TABLE_BASE;
}

static int route6_list_one(void *ctx, struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*head), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (head->rtm_dst_len > ROUTE6_HALF || head->rtm_type != RTN_UNICAST ||
	    route6_is_steered(tb[RTA_TABLE]))
		return 0;
	if (tb[RTA_OIF])
		route6_list_add(ctx, (int)nla_get_u32(tb[RTA_OIF]),
				tb[RTA_GATEWAY]);
	if (tb[RTA_MULTIPATH])
		route6_list_hops(ctx, tb[RTA_MULTIPATH]);
	return 0;
}

int route6_uplinks(struct nl_sock *sk,
		   struct route_uplink out[ROUTE_UPLINKS_MAX])
{
	struct rtmsg head = { .rtm_family = AF_INET6 };
	struct route6_list list = { .out = out };
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	msg = nl_new(RTM_GETROUTE, NLM_F_DUMP, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	err = nl_talk(sk, msg, route6_list_one, &list);
	return err ? err : list.n;
}
