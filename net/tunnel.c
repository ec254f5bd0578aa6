/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel.c - a VPN's device: taken inside, and set up there
 *
 * What an earlier call has set is found by the device and our number in the
 * routes, so that nothing has to be remembered.
 */
#include "net/tunnel.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "net/link.h"
#include "net/route.h"

enum {
	OLD_MAX = TUNNEL_ROUTES_MAX + TUNNEL_ADDRS_MAX,
	METRIC6 = 1024,		/* what the kernel takes for none */
};

static int address_family(const struct addr *a)
{
	return a->family == 4 ? AF_INET : AF_INET6;
}

static size_t address_len(const struct addr *a)
{
	return a->family == 4 ? 4 : 16;
}

static int move_device(const struct tunnel_way *way, int index)
{
	struct ifinfomsg head = { .ifi_index = index };
	char alias[sizeof(LINK_ALIAS_PREFIX) + NAME_SIZE];
	_cleanup_msg_ struct nl_msg *msg = NULL;

	snprintf(alias, sizeof(alias), LINK_ALIAS_PREFIX "%s", way->network);
	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)way->ns) < 0 ||
	    nla_put_string(msg, IFLA_IFNAME, way->name) < 0 ||
	    nla_put_string(msg, IFLA_IFALIAS, alias) < 0)
		return -EMSGSIZE;
	return nl_talk(way->from, msg, NULL, NULL);
}

/* An older tunnel's device, if there is one, goes. */
static int move_clear(const struct tunnel_way *way)
{
	struct link old;
	int err = link_find(way->to, way->name, 0, &old);

	if (err)
		return err == -ENODEV ? 0 : err;
	if (strcmp(old.alias, way->network) != 0)
		return -EEXIST;
	err = link_delete(way->to, old.index);
	return err == -ENODEV ? 0 : err;
}

int tunnel_move(const struct tunnel_way *way, int index)
{
	struct link inside;
	int err = move_clear(way);

	if (err == 0)
		err = move_device(way, index);
	if (err == 0)
		err = link_find(way->to, way->name, 0, &inside);
	if (err)
		return log_errno(err, "%s: cannot take its device %s in",
				 way->network, way->name);
	return inside.index;
}

static int apply_link(struct nl_sock *in, int index, const struct tunnel *t)
{
	struct ifinfomsg head = {
		.ifi_index = index,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	uint32_t mtu = t->mtu;
	_cleanup_msg_ struct nl_msg *msg = NULL;

	/* With less the kernel takes its IPv6 away. */
	if (mtu && mtu < TUNNEL_MTU_MIN6 && tunnel_has_family(t, 6))
		mtu = TUNNEL_MTU_MIN6;
	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (mtu && nla_put_u32(msg, IFLA_MTU, mtu) < 0)
		return -EMSGSIZE;
	return nl_talk(in, msg, NULL, NULL);
}

static int change_addr(struct nl_sock *in, int type, int index,
		       const struct addr_net *net)
{
	struct ifaddrmsg head = {
		.ifa_family = (uint8_t)address_family(&net->addr),
		.ifa_prefixlen = net->prefix,
		.ifa_flags = net->addr.family == 6 ? IFA_F_NODAD : 0,
		.ifa_index = (unsigned int)index,
	};
	const int flags = type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE :
						0;
	_cleanup_msg_ struct nl_msg *msg = nl_new(type, flags, &head,
						  sizeof(head));

	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, IFA_LOCAL, (int)address_len(&net->addr),
		    net->addr.bytes) < 0 ||
	    nla_put(msg, IFA_ADDRESS, (int)address_len(&net->addr),
		    net->addr.bytes) < 0)
		return -EMSGSIZE;
	return nl_talk(in, msg, NULL, NULL);
}

static uint32_t route_metric(const struct addr_net *net, uint32_t metric)
{
	return net->addr.family == 6 ? METRIC6 + metric : metric;
}

static int change_route(struct nl_sock *in, int type, int index,
			const struct addr_net *net, uint32_t metric)
{
	struct rtmsg head = {
		.rtm_family = (uint8_t)address_family(&net->addr),
		.rtm_dst_len = net->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = ROUTE_PROTO,
		.rtm_scope = type == RTM_DELROUTE ? RT_SCOPE_NOWHERE :
						    RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};
	const int flags = type == RTM_NEWROUTE ? NLM_F_CREATE | NLM_F_REPLACE :
						 0;
	_cleanup_msg_ struct nl_msg *msg = nl_new(type, flags, &head,
						  sizeof(head));

	if (!msg)
		return -ENOMEM;
	if ((net->prefix && nla_put(msg, RTA_DST, (int)address_len(&net->addr),
				    net->addr.bytes) < 0) ||
	    nla_put_u32(msg, RTA_OIF, (uint32_t)index) < 0 ||
	    nla_put_u32(msg, RTA_PRIORITY, metric) < 0)
		return -EMSGSIZE;
	return nl_talk(in, msg, NULL, NULL);
}

/* What stands on the device and is not wanted any more. */
struct old {
	int index;
	const struct tunnel *t;
	uint32_t metric;
	struct addr_net nets[OLD_MAX];
	uint32_t metrics[OLD_MAX];
	size_t n;
};

static bool among(const struct addr_net *net, const struct addr_net *list,
		  uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (list[i].prefix == net->prefix &&
		    list[i].addr.family == net->addr.family &&
		    memcmp(list[i].addr.bytes, net->addr.bytes,
			   address_len(&net->addr)) == 0)
			return true;
	return false;
}

static bool read_net(const struct nlattr *attr, int family, uint8_t prefix,
		     struct addr_net *out)
{
	*out = (struct addr_net){ .prefix = prefix };
	out->addr.family = family == AF_INET ? 4 : 6;
	if (!attr)
		return prefix == 0;
	if (nla_len(attr) != (int)address_len(&out->addr))
		return false;
	memcpy(out->addr.bytes, nla_data(attr), address_len(&out->addr));
	return true;
}

static int old_addr(void *ctx, struct nlmsghdr *h)
{
	struct old *old = ctx;
	const struct ifaddrmsg *head = nlmsg_data(h);
	struct nlattr *tb[IFA_MAX + 1];
	struct addr_net net;

	if (h->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(h, sizeof(*head), tb, IFA_MAX, NULL) < 0)
		return -EBADMSG;
	/* The kernel's own link-local address stays. */
	if ((int)head->ifa_index != old->index ||
	    head->ifa_scope == RT_SCOPE_LINK || old->n == OLD_MAX ||
	    !read_net(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS],
		      head->ifa_family, head->ifa_prefixlen, &net) ||
	    among(&net, old->t->addrs, old->t->n_addrs))
		return 0;
	old->nets[old->n++] = net;
	return 0;
}

static int old_route(void *ctx, struct nlmsghdr *h)
{
	struct old *old = ctx;
	const struct rtmsg *head = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct addr_net net;
	uint32_t metric;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    nlmsg_parse(h, sizeof(*head), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (head->rtm_protocol != ROUTE_PROTO || !tb[RTA_OIF] ||
	    (int)nla_get_u32(tb[RTA_OIF]) != old->index ||
	    old->n == OLD_MAX ||
	    !read_net(tb[RTA_DST], head->rtm_family, head->rtm_dst_len, &net))
		return 0;
	metric = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
	if (among(&net, old->t->routes, old->t->n_routes) &&
	    metric == route_metric(&net, old->metric))
		return 0;
	old->metrics[old->n] = metric;
	old->nets[old->n++] = net;
	return 0;
}

static int drop_addrs(struct nl_sock *in, struct old *old)
{
	struct ifaddrmsg head = { .ifa_family = AF_UNSPEC };
	_cleanup_msg_ struct nl_msg *msg = nl_new(RTM_GETADDR, NLM_F_DUMP,
						  &head, sizeof(head));
	int err;

	old->n = 0;
	err = msg ? nl_talk(in, msg, old_addr, old) : -ENOMEM;
	while (err == 0 && old->n) {
		err = change_addr(in, RTM_DELADDR, old->index,
				  &old->nets[--old->n]);
		if (err == -EADDRNOTAVAIL)
			err = 0;
	}
	return err;
}

static int drop_routes(struct nl_sock *in, struct old *old, int family)
{
	struct rtmsg head = { .rtm_family = (uint8_t)family };
	_cleanup_msg_ struct nl_msg *msg = nl_new(RTM_GETROUTE, NLM_F_DUMP,
						  &head, sizeof(head));
	int err;

	old->n = 0;
	err = msg ? nl_talk(in, msg, old_route, old) : -ENOMEM;
	while (err == 0 && old->n) {
		old->n--;
		err = change_route(in, RTM_DELROUTE, old->index,
				   &old->nets[old->n], old->metrics[old->n]);
		if (err == -ESRCH)
			err = 0;
	}
	return err;
}

static int drop_old(struct nl_sock *in, int index, const struct tunnel *t,
		    uint32_t metric)
{
	_cleanup_free_ struct old *old = malloc(sizeof(*old));
	int err;

	if (!old)
		return -ENOMEM;
	*old = (struct old){ .index = index, .t = t, .metric = metric };
	err = drop_routes(in, old, AF_INET);
	if (err == 0)
		err = drop_routes(in, old, AF_INET6);
	return err ? err : drop_addrs(in, old);
}

/* A kernel, or a network, without IPv6 is no reason to have no tunnel. */
static bool is_without(const struct addr_net *net, int err)
{
	return net->addr.family == 6 &&
	       (err == -EACCES || err == -EAFNOSUPPORT || err == -EOPNOTSUPP ||
		err == -EPERM);
}

static int apply_all(struct nl_sock *in, int index, const struct tunnel *t,
		     uint32_t metric)
{
	bool family[7] = { false };
	int err = 0;
	uint32_t i;

	for (i = 0; i < t->n_addrs && err == 0; i++) {
		err = change_addr(in, RTM_NEWADDR, index, &t->addrs[i]);
		if (is_without(&t->addrs[i], err))
			err = 0;
		else
			family[t->addrs[i].addr.family] = true;
	}
	for (i = 0; i < t->n_routes && err == 0; i++) {
		const struct addr_net *net = &t->routes[i];

		if (family[net->addr.family])
			err = change_route(in, RTM_NEWROUTE, index, net,
					   route_metric(net, metric));
	}
	return err;
}

int tunnel_apply(struct nl_sock *in, int index, const struct tunnel *t,
		 uint32_t metric)
{
	int err = drop_old(in, index, t, metric);

	if (err == 0)
		err = apply_link(in, index, t);
	if (err == 0)
		err = apply_all(in, index, t, metric);
	if (err)
		return log_errno(err, "cannot set up a tunnel's device");
	return 0;
}
