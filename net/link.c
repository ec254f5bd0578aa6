/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link.c - network devices, and whose they are
 */
#include "net/link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

/* "rnns" and "rnni": locally administered, as the second bit says. */
static const uint8_t mac_outside[4] = { 0x72, 0x6e, 0x6e, 0x73 };
static const uint8_t mac_inside[4] = { 0x72, 0x6e, 0x6e, 0x69 };
static const uint8_t mac_port[4] = { 0xfe, 0x6e, 0x6e, 0x73 };

static void link_mac(uint8_t mac[LINK_MAC_LEN], const uint8_t prefix[4],
		     uint32_t index)
{
	memcpy(mac, prefix, 4);
	mac[4] = (uint8_t)(index >> 8);
	mac[5] = (uint8_t)index;
}

void link_inside_mac(uint32_t index, uint8_t mac[LINK_MAC_LEN])
{
	link_mac(mac, mac_inside, index);
}

/* What both ends have; one queue each saves the kernel work. */
static int link_put_end(struct nl_msg *msg, const struct link_pair *pair,
			const char *name, const uint8_t *prefix)
{
	uint8_t mac[LINK_MAC_LEN];

	if (prefix)
		link_mac(mac, prefix, pair->index);
	if (nla_put_string(msg, IFLA_IFNAME, name) < 0 ||
	    (prefix && nla_put(msg, IFLA_ADDRESS, sizeof(mac), mac) < 0) ||
	    nla_put_u32(msg, IFLA_NUM_TX_QUEUES, 1) < 0 ||
	    nla_put_u32(msg, IFLA_NUM_RX_QUEUES, 1) < 0)
		return -EMSGSIZE;
	if (pair->mtu && nla_put_u32(msg, IFLA_MTU, pair->mtu) < 0)
		return -EMSGSIZE;
	return 0;
}

static int link_put_peer(struct nl_msg *msg, const struct link_pair *pair)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
	struct nlattr *data, *peer;

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "veth") < 0)
		return -EMSGSIZE;
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	peer = nla_nest_start(msg, VETH_INFO_PEER);
	if (!data || !peer ||
	    nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO) < 0 ||
	    link_put_end(msg, pair, pair->inside,
			 pair->bridge ? NULL : mac_inside) < 0 ||
	    nla_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)pair->ns) < 0)
		return -EMSGSIZE;
	nla_nest_end(msg, peer);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return 0;
}

int link_make_pair(struct nl_sock *sk, const struct link_pair *pair)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head,
		     sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (link_put_end(msg, pair, pair->outside,
			 pair->bridge ? mac_port : mac_outside) < 0 ||
	    (pair->bridge &&
	     nla_put_u32(msg, IFLA_MASTER, (uint32_t)pair->bridge) < 0) ||
	    link_put_peer(msg, pair) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

/* Others reach it by an address of its own, and each other. */
static int link_put_below(struct nl_msg *msg, const struct link_below *below)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
	struct nlattr *data;
	int err;

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, below->kind) < 0)
		return -EMSGSIZE;
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	if (!data)
		return -EMSGSIZE;
	if (strcmp(below->kind, "macvlan") == 0)
		err = nla_put_u32(msg, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
	else
		err = nla_put_u16(msg, IFLA_IPVLAN_MODE, IPVLAN_MODE_L2);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return err < 0 ? -EMSGSIZE : 0;
}

int link_make_below(struct nl_sock *sk, const struct link_below *below)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head,
		     sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_string(msg, IFLA_IFNAME, below->name) < 0 ||
	    nla_put_u32(msg, IFLA_LINK, (uint32_t)below->lower) < 0 ||
	    nla_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)below->ns) < 0 ||
	    (below->mtu && nla_put_u32(msg, IFLA_MTU, below->mtu) < 0))
		return -EMSGSIZE;
	if (link_put_below(msg, below) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

static void link_read_alias(struct link *l, const struct nlattr *attr)
{
	size_t skip = sizeof(LINK_ALIAS_PREFIX) - 1;
	const char *text = nla_data(attr);
	size_t len = strnlen(text, (size_t)nla_len(attr));
	const char *name = text + skip;
	const char *at;
	size_t name_len;

	if (len <= skip || memcmp(text, LINK_ALIAS_PREFIX, skip) != 0)
		return;
	at = memchr(name, '@', len - skip);
	name_len = at ? (size_t)(at - name) : len - skip;
	if (name_len >= sizeof(l->alias) ||
	    (at && len - skip - name_len > sizeof(l->leaves_by)))
		return;
	memcpy(l->alias, name, name_len);
	if (at)
		memcpy(l->leaves_by, at + 1, len - skip - name_len - 1);
}

static void link_read_kind(struct link *l, const struct nlattr *info)
{
	const struct nlattr *kind =
		nla_find(nla_data(info), nla_len(info), IFLA_INFO_KIND);

	if (kind)
		nla_strlcpy(l->kind, kind, sizeof(l->kind));
}

static int link_read(struct nlmsghdr *h, struct link *l)
{
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *head = nlmsg_data(h);

	memset(l, 0, sizeof(*l));
	if (h->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(h, sizeof(*head), tb, IFLA_MAX, NULL) < 0)
		return -EBADMSG;
	l->index = head->ifi_index;
	l->up = head->ifi_flags & IFF_UP;
	l->loopback = head->ifi_flags & IFF_LOOPBACK;
	if (tb[IFLA_IFNAME])
		nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	if (tb[IFLA_IFALIAS])
		link_read_alias(l, tb[IFLA_IFALIAS]);
	if (tb[IFLA_LINKINFO])
		link_read_kind(l, tb[IFLA_LINKINFO]);
	if (tb[IFLA_MASTER])
		l->master = (int)nla_get_u32(tb[IFLA_MASTER]);
	if (tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		l->lower = (int)nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_LINK])
		l->peer = (int)nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_MTU])
		l->mtu = nla_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == LINK_MAC_LEN)
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), LINK_MAC_LEN);
	l->ours = memcmp(l->mac, mac_outside, sizeof(mac_outside)) == 0 ||
		  memcmp(l->mac, mac_port, sizeof(mac_port)) == 0;
	if (tb[IFLA_STATS64] &&
	    (size_t)nla_len(tb[IFLA_STATS64]) >= 4 * sizeof(uint64_t)) {
		struct rtnl_link_stats64 s = { 0 };

		memcpy(&s, nla_data(tb[IFLA_STATS64]), 4 * sizeof(uint64_t));
		l->rx_bytes = s.rx_bytes;
		l->tx_bytes = s.tx_bytes;
	}
	return 0;
}

bool link_is_inner(const struct link *l)
{
	static const char *const kinds[] = { "macvlan", "ipvlan", "tun",
					     "wireguard" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(l->kind, kinds[i]) == 0)
			return true;
	}
	return l->ours || memcmp(l->mac, mac_inside, sizeof(mac_inside)) == 0;
}

static int link_found(void *ctx, struct nlmsghdr *h)
{
	return link_read(h, ctx);
}

int link_find(struct nl_sock *sk, const char *name, int index,
	      struct link *out)
{
	struct ifinfomsg head = { .ifi_index = index };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	out->index = 0;
	msg = nl_new(RTM_GETLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (name && nla_put_string(msg, IFLA_ALT_IFNAME, name) < 0)
		return -EMSGSIZE;
	return nl_ask(sk, msg, link_found, out);
}

struct link_walk {
	int (*fn)(void *ctx, const struct link *l);
	void *ctx;
};

static int link_walk_one(void *ctx, struct nlmsghdr *h)
{
	const struct link_walk *walk = ctx;
	struct link l;
	int err = link_read(h, &l);

	return err ? err : walk->fn(walk->ctx, &l);
}

int link_each(struct nl_sock *sk, int (*fn)(void *ctx, const struct link *l),
	      void *ctx)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
	struct link_walk walk = { .fn = fn, .ctx = ctx };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_GETLINK, NLM_F_DUMP, &head, sizeof(head));
	return msg ? nl_talk(sk, msg, link_walk_one, &walk) : -ENOMEM;
}

int link_start(struct nl_sock *sk, int index, const char *alias)
{
	struct ifinfomsg head = {
		.ifi_index = index,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	char text[sizeof(LINK_ALIAS_PREFIX) + NAME_SIZE + IFNAMSIZ];
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (alias) {
		snprintf(text, sizeof(text), LINK_ALIAS_PREFIX "%s", alias);
		if (nla_put_string(msg, IFLA_IFALIAS, text) < 0)
			return -EMSGSIZE;
	}
	return nl_talk(sk, msg, NULL, NULL);
}

int link_move(struct nl_sock *sk, const struct link_move *move)
{
	struct ifinfomsg head = { .ifi_index = move->index };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)move->ns) < 0 ||
	    nla_put_string(msg, IFLA_IFNAME, move->name) < 0 ||
	    (move->mtu && nla_put_u32(msg, IFLA_MTU, move->mtu) < 0))
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

int link_rename(struct nl_sock *sk, int index, const char *name)
{
	struct ifinfomsg head = { .ifi_index = index, .ifi_change = IFF_UP };
	_cleanup_msg_ struct nl_msg *down = NULL;
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	down = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	head.ifi_change = 0;
	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!down || !msg)
		return -ENOMEM;
	if (nla_put_string(msg, IFLA_IFNAME, name) < 0)
		return -EMSGSIZE;
	err = nl_talk(sk, down, NULL, NULL);
	return err ? err : nl_talk(sk, msg, NULL, NULL);
}

static int link_set_u32(struct nl_sock *sk, int index, int attr, uint32_t value)
{
	struct ifinfomsg head = { .ifi_index = index };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, attr, value) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

int link_set_mtu(struct nl_sock *sk, int index, uint32_t mtu)
{
	return link_set_u32(sk, index, IFLA_MTU, mtu);
}

int link_enslave(struct nl_sock *sk, int index, int master)
{
	return link_set_u32(sk, index, IFLA_MASTER, (uint32_t)master);
}

int link_delete(struct nl_sock *sk, int index)
{
	struct ifinfomsg head = { .ifi_index = index };
	_cleanup_msg_ struct nl_msg *msg = NULL;

	msg = nl_new(RTM_DELLINK, 0, &head, sizeof(head));
	return msg ? nl_talk(sk, msg, NULL, NULL) : -ENOMEM;
}
