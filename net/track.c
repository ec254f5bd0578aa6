/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.c - connections that the host's kernel remembers
 *
 * The kernel cannot be told to forget by address, so they are listed and those
 * in question forgotten one by one, each by its number too: what has the same
 * ports a moment later is another connection.
 */
#include "net/track.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "net/linger.h"
#include "net/nl.h"

static struct addr_net *track_nets;
static size_t track_n;
static int track_lock = -1;

static struct nl_msg *track_new(int family, int type, int flags)
{
	struct nfgenmsg head = {
		.nfgen_family = (uint8_t)family,
		.version = NFNETLINK_V0,
	};

	return nl_new(NFNL_SUBSYS_CTNETLINK << 8 | type, flags, &head,
		      sizeof(head));
}

static int track_compare(const void *a, const void *b)
{
	const struct addr_net *x = a, *y = b;

	if (x->addr.family != y->addr.family)
		return x->addr.family - y->addr.family;
	return memcmp(x->addr.bytes, y->addr.bytes,
		      x->addr.family == 4 ? 4 : 16);
}

/* Networks that do not overlap are in order by any address of theirs. */
static int track_look(const void *a, const void *b)
{
	const struct addr_net *x = a, *y = b;

	return addr_in_net(&x->addr, y) ? 0 : track_compare(x, y);
}

static bool track_has(const struct nlattr *ip, int end)
{
	const struct nlattr *attr = nla_find(nla_data(ip), nla_len(ip), end);
	struct addr_net one = { .addr.family = 4 };

	if (!attr || (nla_len(attr) != 4 && nla_len(attr) != 16))
		return false;
	if (nla_len(attr) == 16)
		one.addr.family = 6;
	memcpy(one.addr.bytes, nla_data(attr), (size_t)nla_len(attr));
	return bsearch(&one, track_nets, track_n, sizeof(one), track_look);
}

/* Is an address of ours at either end, in one direction? */
static bool track_concerns(const struct nlattr *tuple)
{
	const struct nlattr *ip = !tuple ? NULL :
		nla_find(nla_data(tuple), nla_len(tuple), CTA_TUPLE_IP);

	return ip && (track_has(ip, CTA_IP_V4_SRC) ||
		      track_has(ip, CTA_IP_V4_DST) ||
		      track_has(ip, CTA_IP_V6_SRC) ||
		      track_has(ip, CTA_IP_V6_DST));
}

static bool track_copy(struct nl_msg *msg, int type, const struct nlattr *attr)
{
	return !attr || nla_put(msg, type, nla_len(attr), nla_data(attr)) == 0;
}

static int track_forget_one(void *ctx, struct nlmsghdr *h)
{
	const struct nfgenmsg *head = nlmsg_data(h);
	struct nl_sock *sk = ctx;
	struct nlattr *tb[CTA_MAX + 1];
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	if (nlmsg_parse(h, sizeof(*head), tb, CTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (!track_concerns(tb[CTA_TUPLE_ORIG]) &&
	    !track_concerns(tb[CTA_TUPLE_REPLY]))
		return 0;
	msg = track_new(head->nfgen_family, IPCTNL_MSG_CT_DELETE, 0);
	if (!msg)
		return -ENOMEM;
	if (!track_copy(msg, CTA_TUPLE_ORIG | NLA_F_NESTED,
			tb[CTA_TUPLE_ORIG]) ||
	    !track_copy(msg, CTA_ZONE, tb[CTA_ZONE]) ||
	    !track_copy(msg, CTA_ID, tb[CTA_ID]))
		return -EMSGSIZE;
	err = nl_talk(sk, msg, NULL, NULL);
	return err == -ENOENT ? 0 : err;
}

/* Two sockets: what is deleted is answered while the list still comes. */
static int track_all(void)
{
	_cleanup_nl_ struct nl_sock *list = NULL;
	_cleanup_nl_ struct nl_sock *sk = NULL;
	_cleanup_msg_ struct nl_msg *msg =
		track_new(AF_UNSPEC, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	int err = msg ? nl_open(NETLINK_NETFILTER, &list) : -ENOMEM;

	qsort(track_nets, track_n, sizeof(*track_nets), track_compare);
	if (err == 0)
		err = nl_open(NETLINK_NETFILTER, &sk);
	if (err == 0)
		err = nl_talk(list, msg, track_forget_one, sk);
	/* Before the sockets, which may take longer. */
	base_close(&track_lock);
	/* nf_conntrack_netlink is neither loaded nor to be had. */
	return err == -EINVAL || err == -EOPNOTSUPP ? 0 : err;
}

static void track_run(void)
{
	int err = track_all();

	if (err)
		log_errno(err, "cannot forget the connections of networks "
			  "that are down");
}

int track_forget_here(const struct addr_net *net)
{
	struct addr_net *later = track_nets;
	size_t later_n = track_n;
	struct addr_net one = *net;
	int err;

	track_nets = &one;
	track_n = 1;
	err = track_all();
	track_nets = later;
	track_n = later_n;
	return err;
}

int track_forget(const struct addr_net *net)
{
	struct addr_net *more = reallocarray(track_nets, track_n + 1,
					     sizeof(*more));

	if (!more)
		return -ENOMEM;
	track_nets = more;
	track_nets[track_n++] = *net;
	return 0;
}

void track_end(const struct host *h)
{
	if (track_n == 0)
		return;
	track_lock = host_lock(h, "pool", "", HOST_LOCK_MS);
	linger_call(track_run);
}
