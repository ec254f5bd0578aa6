/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft.c - packet rules by nf_tables: one table, members in hash sets
 *
 * What members share is written as one transaction, a member is an element of
 * a set or two.  Sets have no intervals, because adding to those gets slower
 * with every element.
 */
#include "net/fw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "net/fw_nft_allow.h"
#include "net/fw_nft_bar.h"
#include "net/fw_nft_base.h"
#include "net/fw_nft_batch.h"
#include "net/fw_nft_door.h"
#include "net/fw_nft_guard.h"
#include "net/fw_nft_rule.h"
#include "net/fw_nft_set.h"
#include "net/fw_nft_theirs.h"
#include "net/linger.h"
#include "net/nl.h"
#include "net/steer_dns_nft.h"

/* One socket for the whole run; see nft_end(). */
static struct nl_sock *nft_only_socket;
static bool nft_deleted;

static int nft_socket(struct nl_sock **out)
{
	int err = 0;

	if (!nft_only_socket)
		err = nl_open(NETLINK_NETFILTER, &nft_only_socket);
	*out = nft_only_socket;
	return err;
}

static struct nl_msg *nft_device(int type, enum nft_set set,
				 const char *device)
{
	char key[IFNAMSIZ] = "";
	const struct nft_elem elem = { .key = key, .key_len = sizeof(key) };

	snprintf(key, sizeof(key), "%s", device);
	return nft_set_message(type, nft_sets[set], &elem);
}

/* Is the device in the set?  1, 0 or -errno. */
static int nft_has(struct nl_sock *sk, enum nft_set set, const char *device)
{
	_cleanup_msg_ struct nl_msg *msg = nft_device(NFT_MSG_GETSETELEM, set,
						      device);
	int err = msg ? nl_ask(sk, msg, NULL, NULL) : -ENOMEM;

	if (err == -ENOENT)
		return 0;
	return err ? err : 1;
}

/*
 * Puts @device into the sets of which @in says so and takes it out of the
 * others, all at once.  Removing what is absent fails, and takes long, so the
 * set is asked first; the lock keeps the answer true.
 */
static int nft_place(struct nl_sock *sk, const char *device,
		     const bool in[NFT_SETS], const bool touch[NFT_SETS])
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	size_t i;

	for (i = 0; i < NFT_SETS; i++) {
		enum nft_set set = (enum nft_set)i;
		int has = touch[i] ? nft_has(sk, set, device) : in[i];
		struct nl_msg *msg;

		if (has < 0)
			return has;
		if (has == in[i])
			continue;
		msg = nft_device(in[i] ? NFT_MSG_NEWSETELEM :
					 NFT_MSG_DELSETELEM, set, device);
		if (!nft_batch_put(&b, msg, true))
			return -ENOMEM;
	}
	nft_deleted |= b.n > 0 && !in[0];
	return nft_batch_send(sk, &b);
}

static int nft_probe(bool load)
{
	struct nl_sock *sk;
	int r;

	/* Asking loads what answers; of the host it changes nothing. */
	(void)load;
	if (nft_socket(&sk) < 0)
		return 0;
	r = nft_base_exists(sk);
	if (r < 0)
		return 0;
	return r == 1 ? 2 : 1;
}

static const bool nft_members[NFT_SETS] = {
	[NFT_LINKS] = true, [NFT_NAT] = true, [NFT_OPEN] = true,
	[NFT_BYWAYS] = true,
};
static const bool nft_uplinks[NFT_SETS] = { [NFT_OPENED] = true };
static const bool nft_uplinks6[NFT_SETS] = { [NFT_OPENED6] = true };
static const bool nft_nowhere[NFT_SETS] = { false };

static int nft_add(const struct fw_member *m)
{
	const bool in[NFT_SETS] = {
		[NFT_LINKS] = true,
		[NFT_NAT] = m->nat,
		[NFT_OPEN] = !m->isolate,
		[NFT_BYWAYS] = m->byway,
	};
	struct nl_sock *sk;
	int err = nft_socket(&sk);
	int intact = err ? err : nft_base_intact(sk);

	if (intact == 0) {
		err = nft_base_make(sk);
		if (err)
			return err;
	}
	err = intact < 0 ? intact : nft_place(sk, m->link, in, nft_members);
	if (err == 0)
		err = nft_doors_set(sk, m);
	if (err == 0)
		err = nft_allow_set(sk, m);
	if (err == 0)
		err = nft_guard_set(sk, m);
	if (err == 0)
		err = nft_theirs_pass(sk, m->link, m->inside6.family);
	if (err)
		return log_errno(err, "cannot add %s to the nftables sets of "
				 "RUNNS", m->link);
	return 0;
}

static int nft_change(const char *device, const bool in[NFT_SETS],
		      const bool touch[NFT_SETS])
{
	struct nl_sock *sk;
	int err = nft_socket(&sk);

	if (err == 0)
		err = nft_place(sk, device, in, touch);
	/* Without the table nobody is in it. */
	if (err == -ENOENT && in == nft_nowhere)
		return 0;
	if (err)
		return log_errno(err, "cannot change the nftables sets of "
				 "RUNNS for %s", device);
	return 0;
}

static int nft_remove(const char *link)
{
	struct nl_sock *sk;
	const struct fw_member gone = { .link = link };
	int err = nft_socket(&sk);

	if (err == 0)
		err = nft_doors_set(sk, &gone);
	if (err == 0)
		err = nft_allow_set(sk, &gone);
	if (err == 0)
		err = nft_guard_set(sk, &gone);
	if (err)
		return log_errno(err, "cannot close the ports of %s", link);
	err = nft_theirs_unpass(sk, link);
	if (err)
		return log_errno(err, "cannot remove the rules of RUNNS for %s "
				 "from chain ip filter FORWARD", link);
	return nft_change(link, nft_nowhere, nft_members);
}

static int nft_open(const char *device)
{
	return nft_change(device, nft_uplinks, nft_uplinks);
}

static int nft_close(const char *device)
{
	return nft_change(device, nft_nowhere, nft_uplinks);
}

static int nft_open6(const char *device)
{
	return nft_change(device, nft_uplinks6, nft_uplinks6);
}

static int nft_close6(const char *device)
{
	return nft_change(device, nft_nowhere, nft_uplinks6);
}

struct nft_walk {
	int (*fn)(void *ctx, const char *text);
	void *ctx;
};

static int nft_walk_element(void *ctx, const struct nlattr *elem)
{
	const struct nft_walk *walk = ctx;
	char name[IFNAMSIZ];

	if (!nft_set_value(nla_find(nla_data(elem), nla_len(elem),
				    NFTA_SET_ELEM_KEY), name, sizeof(name)))
		return -EBADMSG;
	name[IFNAMSIZ - 1] = '\0';
	return walk->fn(walk->ctx, name);
}

static int nft_walk_once(enum nft_set set, int (*fn)(void *, const char *),
			 void *ctx)
{
	struct nft_walk walk = { .fn = fn, .ctx = ctx };
	struct nl_sock *sk;
	int err = nft_socket(&sk);

	if (err == 0)
		err = nft_set_each(sk, nft_sets[set], nft_walk_element, &walk);
	return err == -ENOENT ? 0 : err;
}

/* Any change of anybody's rules interrupts a listing. */
static int nft_walk_set(enum nft_set set, int (*fn)(void *, const char *),
			void *ctx)
{
	int tries = 10;
	int r;

	do {
		r = nft_walk_once(set, fn, ctx);
	} while (r == -EINTR && --tries > 0);
	return r;
}

static int nft_each(int (*fn)(void *ctx, const char *link), void *ctx)
{
	return nft_walk_set(NFT_LINKS, fn, ctx);
}

static int nft_found(void *ctx, const char *link)
{
	return strcmp(link, ctx) != 0;
}

static int nft_clear(const char *leaving)
{
	_cleanup_batch_ struct nft_batch b = { .n = 0 };
	struct nl_msg *msg;
	struct nl_sock *sk;
	int r = nft_walk_set(NFT_LINKS, nft_found, (void *)leaving);

	if (r)
		return r < 0 ? log_errno(r, "cannot list our nftables sets") :
			       0;
	r = nft_socket(&sk);
	if (r == 0)
		r = nft_theirs_unpass(sk, NULL);
	msg = nft_new(NFPROTO_INET, NFT_MSG_DELTABLE, 0);
	if (!nft_batch_put(&b, msg, msg && nla_put_string(msg, NFTA_TABLE_NAME,
							  NFT_TABLE) == 0) &&
	    r == 0)
		r = -ENOMEM;
	nft_deleted = true;
	if (r == 0)
		r = nft_batch_send(sk, &b);
	if (r && r != -ENOENT)
		return log_errno(r, "cannot remove the nftables table "
				 NFT_TABLE);
	return 0;
}

static int nft_blocks(bool used,
		      int (*fn)(void *ctx, const char *what, bool six),
		      void *ctx)
{
	struct nl_sock *sk;
	int err = nft_socket(&sk);

	/* A kernel without nf_tables drops nothing by it. */
	return err ? 0 : nft_theirs_blocks(sk, used, fn, ctx);
}

static void nft_end(void)
{
	int fd = -1;

	if (nft_deleted)
		fd = fcntl(nl_socket_get_fd(nft_only_socket), F_DUPFD_CLOEXEC,
			   3);
	if (fd >= 0)
		linger_keep_nft(fd);
	nl_close(nft_only_socket);
	nft_only_socket = NULL;
	nft_deleted = false;
}

const struct fw_backend fw_nft = {
	.name = "nft",
	.probe = nft_probe,
	.add = nft_add,
	.remove = nft_remove,
	.clear = nft_clear,
	.open = nft_open,
	.close = nft_close,
	.open6 = nft_open6,
	.close6 = nft_close6,
	.each = nft_each,
	.blocks = nft_blocks,
	.steer = nft_steer,
	.steers = nft_steers,
	.bar = nft_bar,
	.end = nft_end,
};
