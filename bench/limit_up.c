/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit_up.c - the least that building a network can cost
 *
 *	limit_up FIRST LAST	build networks limit-FIRST to limit-LAST
 *	limit_up		nothing: what the program's start costs
 *
 * Namespace, veth pair with its far end created in place, addresses, default
 * route, forwarding, one element in the set of a masquerading rule, a
 * resolv.conf, the handle.  Indices are chosen here, so that all messages for
 * one side go out at once.  Nothing is looked up, noted, locked or undone.
 * The table "least" with the set "nets" must be there.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "lib/base/base.h"

enum {
	INSIDE = 2,		/* index of the device inside */
	OUTSIDE = 1000000,	/* index of the first one outside */
	NET = 0x0ad00000,	/* 10.208.0.0, a /30 for each */
	REPLY_SIZE = 16384,
};

/**
 * struct batch - messages that are sent together
 * @n:		how many of them ask for an acknowledgement
 */
struct batch {
	_Alignas(NLMSG_ALIGNTO) char bytes[4096];
	size_t len;
	struct nlmsghdr *last;
	int n;
};

static void *batch_grow(struct batch *b, size_t len)
{
	void *at = b->bytes + b->len;

	if (b->len + NLMSG_ALIGN(len) > sizeof(b->bytes))
		errx(1, "messages too long");
	memset(at, 0, NLMSG_ALIGN(len));
	b->len += NLMSG_ALIGN(len);
	if (b->last)
		b->last->nlmsg_len = (uint32_t)(b->bytes + b->len -
						(char *)b->last);
	return at;
}

static void message(struct batch *b, int type, int flags, const void *head,
		    size_t len)
{
	struct nlmsghdr *h;

	b->last = NULL;
	h = batch_grow(b, NLMSG_HDRLEN);
	b->last = h;
	h->nlmsg_type = (uint16_t)type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	memcpy(batch_grow(b, len), head, len);
	b->n += (flags & NLM_F_ACK) != 0;
}

static struct nlattr *attribute(struct batch *b, int type, const void *value,
				size_t len)
{
	struct nlattr *a = batch_grow(b, NLA_HDRLEN + len);

	a->nla_type = (uint16_t)type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + len);
	if (len)
		memcpy((char *)a + NLA_HDRLEN, value, len);
	return a;
}

static void attribute_text(struct batch *b, int type, const char *text)
{
	attribute(b, type, text, strlen(text) + 1);
}

static struct nlattr *nest(struct batch *b, int type)
{
	return attribute(b, type | NLA_F_NESTED, NULL, 0);
}

static void nest_end(struct batch *b, struct nlattr *a)
{
	a->nla_len = (uint16_t)(b->bytes + b->len - (char *)a);
}

static void batch_send(int sock, struct batch *b)
{
	_Alignas(NLMSG_ALIGNTO) char reply[REPLY_SIZE];
	int left = b->n;

	if (send(sock, b->bytes, b->len, 0) < 0)
		err(1, "send");
	while (left > 0) {
		ssize_t got = recv(sock, reply, sizeof(reply), 0);
		unsigned int len = got < 0 ? 0 : (unsigned int)got;

		if (got < 0)
			err(1, "recv");
		for (struct nlmsghdr *h = (struct nlmsghdr *)reply;
		     NLMSG_OK(h, len); h = NLMSG_NEXT(h, len), left--) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			if (e->error)
				errx(1, "netlink, type %u: %s",
				     e->msg.nlmsg_type, strerror(-e->error));
		}
	}
}

static int netlink(int protocol)
{
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (sock < 0)
		err(1, "netlink");
	return sock;
}

static void put_pair(struct batch *b, int n, int ns)
{
	const struct ifinfomsg out = { .ifi_index = OUTSIDE + n };
	const struct ifinfomsg in = { .ifi_index = INSIDE };
	const uint32_t one = 1;
	struct nlattr *info, *data, *peer;
	char name[IFNAMSIZ];

	message(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &out,
		sizeof(out));
	snprintf(name, sizeof(name), "limit%d", n);
	attribute_text(b, IFLA_IFNAME, name);
	attribute(b, IFLA_NUM_TX_QUEUES, &one, sizeof(one));
	attribute(b, IFLA_NUM_RX_QUEUES, &one, sizeof(one));
	info = nest(b, IFLA_LINKINFO);
	attribute_text(b, IFLA_INFO_KIND, "veth");
	data = nest(b, IFLA_INFO_DATA);
	peer = nest(b, VETH_INFO_PEER);
	memcpy(batch_grow(b, sizeof(in)), &in, sizeof(in));
	attribute_text(b, IFLA_IFNAME, "eth0");
	attribute(b, IFLA_NUM_TX_QUEUES, &one, sizeof(one));
	attribute(b, IFLA_NUM_RX_QUEUES, &one, sizeof(one));
	attribute(b, IFLA_NET_NS_FD, &ns, sizeof(ns));
	nest_end(b, peer);
	nest_end(b, data);
	nest_end(b, info);
}

static void put_address(struct batch *b, int index, uint32_t address)
{
	const struct ifaddrmsg head = {
		.ifa_family = AF_INET, .ifa_prefixlen = 30,
		.ifa_index = (uint32_t)index,
	};
	const uint32_t wire = htonl(address);

	message(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &head,
		sizeof(head));
	attribute(b, IFA_LOCAL, &wire, sizeof(wire));
	attribute(b, IFA_ADDRESS, &wire, sizeof(wire));
}

static void put_up(struct batch *b, int index, int forwarding)
{
	const struct ifinfomsg head = {
		.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP,
	};
	const uint32_t yes = 1;
	struct nlattr *spec, *inet, *conf;

	message(b, RTM_NEWLINK, NLM_F_ACK, &head, sizeof(head));
	if (!forwarding)
		return;
	spec = nest(b, IFLA_AF_SPEC);
	inet = nest(b, AF_INET);
	conf = nest(b, IFLA_INET_CONF);
	attribute(b, IPV4_DEVCONF_FORWARDING, &yes, sizeof(yes));
	nest_end(b, conf);
	nest_end(b, inet);
	nest_end(b, spec);
}

static void put_default(struct batch *b, uint32_t gateway)
{
	const struct rtmsg head = {
		.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST,
	};
	const uint32_t wire = htonl(gateway);

	message(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_ACK, &head,
		sizeof(head));
	attribute(b, RTA_GATEWAY, &wire, sizeof(wire));
}

static void put_element(struct batch *b, uint32_t address)
{
	const struct nfgenmsg batch = {
		.version = NFNETLINK_V0,
		.res_id = htons(NFNL_SUBSYS_NFTABLES),
	};
	const struct nfgenmsg head = {
		.nfgen_family = NFPROTO_IPV4, .version = NFNETLINK_V0,
	};
	const uint32_t wire = htonl(address);
	struct nlattr *list, *element, *key;

	message(b, NFNL_MSG_BATCH_BEGIN, 0, &batch, sizeof(batch));
	message(b, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSETELEM,
		NLM_F_CREATE | NLM_F_ACK, &head, sizeof(head));
	attribute_text(b, NFTA_SET_ELEM_LIST_TABLE, "least");
	attribute_text(b, NFTA_SET_ELEM_LIST_SET, "nets");
	list = nest(b, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = nest(b, NFTA_LIST_ELEM);
	key = nest(b, NFTA_SET_ELEM_KEY);
	attribute(b, NFTA_DATA_VALUE, &wire, sizeof(wire));
	nest_end(b, key);
	nest_end(b, element);
	nest_end(b, list);
	message(b, NFNL_MSG_BATCH_END, 0, &batch, sizeof(batch));
}

static void resolver_write(int n)
{
	static const char text[] = "nameserver 198.51.100.53\n";
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/etc/netns/limit-%d", n);
	mkdir(path, 0755);
	strcat(path, "/resolv.conf");
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0)
		err(1, "%s", path);
}

static void handle_bind(int n)
{
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/run/netns/limit-%d", n);
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (fd < 0 || mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0)
		err(1, "%s", path);
}

static void network_make(int host, int route, int nft, int n)
{
	const uint32_t net = NET + 4 * (uint32_t)n;
	struct batch outer = { .n = 0 }, inner = { .n = 0 }, set = { .n = 0 };
	_cleanup_close_ int inside = -1;
	_cleanup_close_ int ns = -1;

	resolver_write(n);
	if (unshare(CLONE_NEWNET) < 0)
		err(1, "unshare");
	ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	inside = netlink(NETLINK_ROUTE);
	put_pair(&outer, n, ns);
	put_address(&outer, OUTSIDE + n, net + 1);
	put_up(&outer, OUTSIDE + n, 1);
	batch_send(route, &outer);
	put_up(&inner, 1, 0);
	put_address(&inner, INSIDE, net + 2);
	put_up(&inner, INSIDE, 0);
	put_default(&inner, net + 1);
	batch_send(inside, &inner);
	put_element(&set, net + 2);
	batch_send(nft, &set);
	handle_bind(n);
	if (setns(host, CLONE_NEWNET) < 0)
		err(1, "setns");
}

int main(int argc, char **argv)
{
	int first = argc == 3 ? atoi(argv[1]) : 1;
	int last = argc == 3 ? atoi(argv[2]) : 0;
	int host, route, nft;

	if (argc != 1 && argc != 3)
		errx(2, "usage: limit_up [FIRST LAST]");
	host = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	route = netlink(NETLINK_ROUTE);
	nft = netlink(NETLINK_NETFILTER);
	for (int n = first; n <= last; n++)
		network_make(host, route, nft, n);
	return 0;
}
