/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leftover.c - devices of networks that are down, and stay
 */
#include "net/leftover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/sys/file.h"
#include "net/linger.h"
#include "net/link.h"
#include "net/record.h"

enum {
	LEFTOVER_WAIT_MS = 150,
	LEFTOVER_POLL_US = 10000,
};

/**
 * struct leftovers - devices, by the numbers that they alone have
 * @list:	as they were found; only index and alias are used
 */
struct leftovers {
	struct link *list;
	size_t n;
};

static struct leftovers noted;

static int leftover_add(struct leftovers *all, const struct link *l)
{
	struct link *more = reallocarray(all->list, all->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	all->list = more;
	all->list[all->n++] = *l;
	return 0;
}

int leftover_note(const char *link)
{
	struct link l = { .index = (int)if_nametoindex(link) };

	return l.index ? leftover_add(&noted, &l) : 0;
}

/* A number may be another device's by now: only one of ours is meant. */
static int leftover_delete(struct nl_sock *sk, int index)
{
	struct link l;
	int err = link_find(sk, NULL, index, &l);

	if (err == 0 && l.ours)
		err = link_delete(sk, index);
	return err == -ENODEV ? 0 : err;
}

static bool any_is_there(struct nl_sock *sk)
{
	struct link l;

	while (noted.n > 0 &&
	       link_find(sk, NULL, noted.list[noted.n - 1].index, &l) ==
		       -ENODEV)
		noted.n--;
	return noted.n > 0;
}

static void leftover_run(void)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	long long deadline = file_now_ms() + LEFTOVER_WAIT_MS;
	int err = nl_open(NETLINK_ROUTE, &sk);

	while (err == 0 && any_is_there(sk) && file_now_ms() < deadline)
		usleep(LEFTOVER_POLL_US);
	for (size_t i = 0; err == 0 && i < noted.n; i++)
		err = leftover_delete(sk, noted.list[i].index);
	if (err)
		log_errno(err, "cannot remove the devices of networks that "
			  "are down; 'runnsctl gc' will");
}

void leftover_end(void)
{
	if (noted.n > 0)
		linger_call(leftover_run);
}

static int sweep_add(void *ctx, const struct link *l)
{
	return l->ours && l->alias[0] ? leftover_add(ctx, l) : 0;
}

/* With the network's lock held nobody is building it. */
static int sweep_one(const struct host *h, struct nl_sock *sk,
		     const struct link *l)
{
	_cleanup_close_ int lock = -1;
	_cleanup_close_ int handle = -1;
	struct record r;

	if (record_read(h, l->alias, &r) != -ENOENT)
		return 0;
	lock = host_lock(h, "net.", l->alias, HOST_LOCK_MS);
	if (lock < 0)
		return lock;
	if (record_read(h, l->alias, &r) != -ENOENT)
		return 0;
	handle = handle_open(h->root, l->alias);
	return handle == -ENOENT ? leftover_delete(sk, l->index) : 0;
}

int leftover_sweep(const struct host *h)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct leftovers all = { 0 };
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = link_each(sk, sweep_add, &all);
	for (size_t i = 0; err == 0 && i < all.n; i++)
		err = sweep_one(h, sk, &all.list[i]);
	free(all.list);
	return err ? log_errno(err, "cannot remove devices that stayed") : 0;
}
