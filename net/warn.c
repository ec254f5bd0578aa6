/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warn.c - what keeps a network from working and is not ours to change
 */
#include "net/warn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/policy/wall.h"
#include "net/fw.h"
#include "net/link_kind.h"
#include "net/pool.h"
#include "net/route.h"

enum { WARN_TEXT_SIZE = WARN_BLOCK_SIZE + WALL_TEXT_SIZE + 96 };

struct warn {
	const struct record *r;
	int (*fn)(void *ctx, const char *text);
	void *ctx;
};

static int warn_block(void *ctx, const char *what, bool six)
{
	const struct warn *w = ctx;
	char mend[WALL_TEXT_SIZE];
	BUF(text, WARN_TEXT_SIZE);

	if (six && !w->r->net6.addr.family)
		return 0;
	wall_mend(what, w->r->outside, mend);
	buf_addf(&text, "forwarded packets are dropped by %s, but for what a "
		 "rule before accepts: %s", what, mend);
	return w->fn(w->ctx, text.text);
}

static int warn_overlap(const struct warn *w, struct nl_sock *sk)
{
	BUF(text, WARN_TEXT_SIZE);
	char net[ADDR_TEXT_SIZE];
	struct link ours, other;
	int r = link_find(sk, w->r->outside, 0, &ours);

	if (r == -ENODEV || (r == 0 && !ours.up))
		return 0;
	if (r == 0)
		r = pool_net_owner(sk, &w->r->net, ours.index);
	if (r > 0)
		r = link_find(sk, NULL, r, &other);
	else if (r == 0)
		return 0;
	if (r)
		return r == -ENODEV ? 0 : r;
	addr_format(&w->r->net.addr, net);
	buf_addf(&text, "device %s has addresses or routes in %s/%u, which "
		 "this network has too: neither reaches the other's; move one "
		 "of them (Address= or Pool= in runns.conf, then down and up)",
		 other.name, net, w->r->net.prefix);
	return w->fn(w->ctx, text.text);
}

static int warn_no_way_out(const struct warn *w, struct nl_sock *sk,
			   bool *has_way)
{
	struct route_uplink now[ROUTE_UPLINKS_MAX];
	BUF(text, WARN_TEXT_SIZE);
	int n = w->r->steered || *has_way ? 1 : route_uplink_now(sk, now);

	if (!w->r->steered)
		*has_way = n > 0;
	if (n != 0)
		return n < 0 ? n : 0;
	buf_addf(&text, "the host has no default route: when there is one, "
		 "'runnsctl up %s' opens the way out", w->r->name);
	return w->fn(w->ctx, text.text);
}

static int warn_keep(void *ctx, const char *what, bool six)
{
	struct warn_blocks *blocks = ctx;

	if (blocks->n == WARN_BLOCKS_MAX)
		return -ENOSPC;
	snprintf(blocks->what[blocks->n], WARN_BLOCK_SIZE, "%s", what);
	blocks->six[blocks->n] = six;
	blocks->n++;
	return 0;
}

/* Without having to walk over all chains for each network. */
static int warn_kept(const struct warn *w, struct warn_blocks *blocks)
{
	size_t i;
	int err = 0;

	if (strcmp(blocks->firewall, w->r->firewall) != 0) {
		blocks->n = 0;
		err = fw_blocks(fw_find(w->r->firewall), warn_keep, blocks);
		snprintf(blocks->firewall, sizeof(blocks->firewall), "%s",
			 err ? "" : w->r->firewall);
	}
	/* More than there is room for. */
	if (err == -ENOSPC)
		return fw_blocks(fw_find(w->r->firewall), warn_block,
				 (void *)w);
	for (i = 0; i < blocks->n && err == 0; i++)
		err = warn_block((void *)w, blocks->what[i], blocks->six[i]);
	return err;
}

int warn_each(const struct record *r, struct nl_sock *sk, bool stands,
	      int (*fn)(void *ctx, const char *text), void *ctx)
{
	struct warn w = { .r = r, .fn = fn, .ctx = ctx };
	bool has_way = false;
	int err;

	if (!link_kind(r->link)->routed)
		return 0;
	err = fw_blocks(fw_find(r->firewall), warn_block, &w);
	if (err == 0 && stands)
		err = warn_overlap(&w, sk);
	return err ? err : warn_no_way_out(&w, sk, &has_way);
}

int warn_each_again(const struct record *r, struct nl_sock *sk,
		    struct warn_blocks *blocks,
		    int (*fn)(void *ctx, const char *text), void *ctx)
{
	struct warn w = { .r = r, .fn = fn, .ctx = ctx };
	int err;

	if (!link_kind(r->link)->routed)
		return 0;
	err = warn_kept(&w, blocks);
	if (err == 0)
		err = warn_overlap(&w, sk);
	return err ? err : warn_no_way_out(&w, sk, &blocks->has_way);
}
