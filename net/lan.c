/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lan.c - the networks that uplinks are connected to
 */
#include "net/lan.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

enum { LAN_PREFIX_MIN = 8, LAN_PREFIX_MAX = 31 };

struct lan {
	const struct route_uplink *uplinks;
	int n;
	struct allow_list *out;
};

static bool lan_is_uplink(const struct lan *lan, const struct nlattr *oif)
{
	int i;

	for (i = 0; oif && i < lan->n; i++) {
		if (lan->uplinks[i].index == (int)nla_get_u32(oif))
			return true;
	}
	return false;
}

/* What is reached without a gateway; not all the world by such a route. */
static int lan_one(void *ctx, struct nlmsghdr *h)
{
	const struct lan *lan = ctx;
	const struct rtmsg *head = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct allow a = { .kind = ALLOW_NET };

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*head), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (head->rtm_type != RTN_UNICAST || head->rtm_table != RT_TABLE_MAIN ||
	    head->rtm_scope != RT_SCOPE_LINK || tb[RTA_GATEWAY] ||
	    head->rtm_dst_len < LAN_PREFIX_MIN ||
	    head->rtm_dst_len > LAN_PREFIX_MAX || !tb[RTA_DST] ||
	    nla_len(tb[RTA_DST]) != 4 || !lan_is_uplink(lan, tb[RTA_OIF]))
		return 0;
	a.net.addr.family = 4;
	a.net.prefix = head->rtm_dst_len;
	memcpy(a.net.addr.bytes, nla_data(tb[RTA_DST]), 4);
	return allow_add(lan->out, &a);
}

int lan_find(struct nl_sock *sk, const struct route_uplink *uplinks, int n,
	     struct allow_list *out)
{
	struct rtmsg head = { .rtm_family = AF_INET };
	struct lan lan = { .uplinks = uplinks, .n = n, .out = out };
	_cleanup_msg_ struct nl_msg *msg = nl_new(RTM_GETROUTE, NLM_F_DUMP,
						  &head, sizeof(head));

	return msg ? nl_talk(sk, msg, lan_one, &lan) : -ENOMEM;
}
