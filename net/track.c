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
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "net/linger.h"
#include "net/nl.h"

/* For the whole run: closing one after a rule was deleted takes 10 ms. */
static struct nl_sock *track_list;
static struct nl_sock *track_delete;

static struct nl_msg *track_new(int type, int flags)
{
	struct nfgenmsg head = {
		.nfgen_family = AF_INET,
		.version = NFNETLINK_V0,
	};

	return nl_new(NFNL_SUBSYS_CTNETLINK << 8 | type, flags, &head,
		      sizeof(head));
}

static bool track_has(const struct nlattr *ip, int end, const struct addr *a)
{
	const struct nlattr *attr = nla_find(nla_data(ip), nla_len(ip), end);

	return attr && nla_len(attr) == 4 &&
	       memcmp(nla_data(attr), a->bytes, 4) == 0;
}

/* Is the address at either end, in one direction? */
static bool track_concerns(const struct nlattr *tuple, const struct addr *a)
{
	const struct nlattr *ip = !tuple ? NULL :
		nla_find(nla_data(tuple), nla_len(tuple), CTA_TUPLE_IP);

	return ip && (track_has(ip, CTA_IP_V4_SRC, a) ||
		      track_has(ip, CTA_IP_V4_DST, a));
}

static bool track_copy(struct nl_msg *msg, int type, const struct nlattr *attr)
{
	return !attr || nla_put(msg, type, nla_len(attr), nla_data(attr)) == 0;
}

static int track_forget_one(void *ctx, struct nlmsghdr *h)
{
	const struct addr *a = ctx;
	struct nlattr *tb[CTA_MAX + 1];
	_cleanup_msg_ struct nl_msg *msg = NULL;
	int err;

	if (nlmsg_parse(h, sizeof(struct nfgenmsg), tb, CTA_MAX, NULL) < 0)
		return -EBADMSG;
	if (!track_concerns(tb[CTA_TUPLE_ORIG], a) &&
	    !track_concerns(tb[CTA_TUPLE_REPLY], a))
		return 0;
	msg = track_new(IPCTNL_MSG_CT_DELETE, 0);
	if (!msg)
		return -ENOMEM;
	if (!track_copy(msg, CTA_TUPLE_ORIG | NLA_F_NESTED,
			tb[CTA_TUPLE_ORIG]) ||
	    !track_copy(msg, CTA_ZONE, tb[CTA_ZONE]) ||
	    !track_copy(msg, CTA_ID, tb[CTA_ID]))
		return -EMSGSIZE;
	err = nl_talk(track_delete, msg, NULL, NULL);
	return err == -ENOENT ? 0 : err;
}

static int track_open(void)
{
	int err = 0;

	if (!track_list)
		err = nl_open(NETLINK_NETFILTER, &track_list);
	if (err == 0 && !track_delete)
		err = nl_open(NETLINK_NETFILTER, &track_delete);
	return err;
}

int track_forget(const struct addr *a)
{
	_cleanup_msg_ struct nl_msg *msg = track_new(IPCTNL_MSG_CT_GET,
						     NLM_F_DUMP);
	int err = msg ? track_open() : -ENOMEM;

	if (err == 0)
		err = nl_talk(track_list, msg, track_forget_one, (void *)a);
	/* nf_conntrack_netlink is neither loaded nor to be had. */
	if (err == -EINVAL || err == -EOPNOTSUPP ||
	    err == -EPROTONOSUPPORT) {
		log_msg(LOG_DEBUG, "the kernel does not list connections");
		err = 0;
	}
	return err;
}

static void track_close(struct nl_sock **sk)
{
	int fd = *sk ? fcntl(nl_socket_get_fd(*sk), F_DUPFD_CLOEXEC, 3) : -1;

	if (fd >= 0)
		linger_keep_nft(fd);
	nl_close(*sk);
	*sk = NULL;
}

void track_end(void)
{
	track_close(&track_list);
	track_close(&track_delete);
}
