/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_away.c - networks that a VPN wants left out
 *
 * A route that leads nowhere belongs to no device and so goes with none.
 */
#include "rootless/attach_away.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "net/route.h"

enum { METRIC = 2048 };		/* a network in both lists is behind the VPN */

struct away {
	struct addr_net nets[2 * TUNNEL_ROUTES_MAX];
	size_t n;
};

static int change(struct nl_sock *sk, int type, const struct addr_net *net)
{
	const int len = net->addr.family == 4 ? 4 : 16;
	struct rtmsg head = {
		.rtm_family = net->addr.family == 4 ? AF_INET : AF_INET6,
		.rtm_dst_len = net->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = ROUTE_PROTO,
		.rtm_scope = type == RTM_DELROUTE ? RT_SCOPE_NOWHERE :
						    RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNREACHABLE,
	};
	_cleanup_msg_ struct nl_msg *msg =
		nl_new(type, type == RTM_NEWROUTE ? NLM_F_CREATE : 0, &head,
		       sizeof(head));

	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, RTA_DST, len, net->addr.bytes) < 0 ||
	    nla_put_u32(msg, RTA_PRIORITY, METRIC) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

/* A kernel, or a network, without IPv6 has nothing to be left out. */
static bool is_without(const struct addr_net *net, int err)
{
	return net->addr.family == 6 &&
	       (err == -EACCES || err == -EAFNOSUPPORT || err == -EOPNOTSUPP ||
		err == -EPERM);
}

int away_add(struct nl_sock *sk, const struct tunnel *away)
{
	uint32_t i;

	for (i = 0; i < away->n_routes; i++) {
		const struct addr_net *net = &away->routes[i];
		int err = net->prefix ? change(sk, RTM_NEWROUTE, net) : 0;

		if (err && err != -EEXIST && !is_without(net, err))
			return log_errno(err, "cannot leave a network out");
	}
	return 0;
}

static int find(void *ctx, struct nlmsghdr *h)
{
	struct away *old = ctx;
	const struct rtmsg *head = nlmsg_data(h);
	struct addr_net *net = &old->nets[old->n];
	struct nlattr *tb[RTA_MAX + 1];
	int len;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*head), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	len = head->rtm_family == AF_INET ? 4 : 16;
	if (head->rtm_protocol != ROUTE_PROTO ||
	    head->rtm_type != RTN_UNREACHABLE || !tb[RTA_DST] ||
	    nla_len(tb[RTA_DST]) != len || old->n == ARRAY_SIZE(old->nets))
		return 0;
	*net = (struct addr_net){ .prefix = head->rtm_dst_len };
	net->addr.family = len == 4 ? 4 : 6;
	memcpy(net->addr.bytes, nla_data(tb[RTA_DST]), (size_t)len);
	old->n++;
	return 0;
}

static int find_all(struct nl_sock *sk, int family, struct away *old)
{
	struct rtmsg head = { .rtm_family = (uint8_t)family };
	_cleanup_msg_ struct nl_msg *msg = nl_new(RTM_GETROUTE, NLM_F_DUMP,
						  &head, sizeof(head));

	return msg ? nl_talk(sk, msg, find, old) : -ENOMEM;
}

int away_clear(struct nl_sock *sk)
{
	_cleanup_free_ struct away *old = calloc(1, sizeof(*old));
	int err = old ? find_all(sk, AF_INET, old) : -ENOMEM;

	if (err == 0)
		err = find_all(sk, AF_INET6, old);
	while (err == 0 && old->n) {
		err = change(sk, RTM_DELROUTE, &old->nets[--old->n]);
		if (err == -ESRCH)
			err = 0;
	}
	if (err)
		return log_errno(err, "cannot take old routes away");
	return 0;
}
