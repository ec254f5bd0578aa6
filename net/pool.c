/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - numbers of networks, and the names and addresses that follow
 *
 * The lock "pool" is held while a number is looked for.  A hint, below which
 * every number was found taken, keeps the search short; it is lowered when a
 * number is given back.
 */
#include "net/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "net/dir.h"
#include "net/link.h"
#include "net/pool6.h"
#include "net/route.h"

#define POOL_HINT ".hint"

enum {
	POOL_NUMBER_SIZE = 12,
	POOL_PROBES_SHIFT = 3,	/* 2^3 parts of a network are looked at */
};

static uint32_t addr_u32(const struct addr *a)
{
	uint32_t n;

	memcpy(&n, a->bytes, sizeof(n));
	return ntohl(n);
}

static void addr_set_u32(struct addr *a, uint32_t n)
{
	n = htonl(n);
	a->family = 4;
	memcpy(a->bytes, &n, sizeof(n));
}

int pool_peer(const struct addr_net *net, struct addr *out)
{
	uint32_t host = addr_u32(&net->addr);
	uint32_t mask = net->prefix ? ~0U << (32 - net->prefix) : 0;
	uint32_t next = host + 1;

	if (net->addr.family != 4 || net->prefix > 31)
		return -EINVAL;
	/* Not the last one, which is the broadcast address, nor beyond. */
	if ((next & mask) != (host & mask) ||
	    (net->prefix < 31 && (next & ~mask) == ~mask))
		next = host - 1;
	if ((next & mask) != (host & mask) ||
	    (net->prefix < 31 && (next & ~mask) == 0))
		return -EINVAL;
	addr_set_u32(out, next);
	return 0;
}

/* Number @index stands for the network @index, the last for network 0. */
static uint32_t pool_size(const struct pool_want *want)
{
	return 1U << (want->prefix - want->pool.prefix);
}

static void pool_net(const struct pool_want *want, uint32_t index,
		     struct addr_net *out)
{
	uint32_t width = 1U << (32 - want->prefix);
	uint32_t first = addr_u32(&want->pool.addr) +
			 (index % pool_size(want)) * width;

	out->prefix = want->prefix;
	addr_set_u32(&out->addr, want->prefix == 31 ? first : first + 1);
}

/*
 * Calls @fn for the ends of the network, its second address, and addresses
 * between them that no route to a large part of it can miss.
 */
static int pool_probe(const struct addr_net *net,
		      int (*fn)(void *ctx, const struct addr *a), void *ctx)
{
	uint32_t mask = ~0U << (32 - net->prefix);
	uint32_t first = addr_u32(&net->addr) & mask;
	uint32_t part = (~mask >> POOL_PROBES_SHIFT) + 1;
	uint32_t at = first;
	struct addr a = { 0 };
	int r;

	addr_set_u32(&a, first | ~mask);
	r = fn(ctx, &a);
	addr_set_u32(&a, first);
	if (r == 1)
		r = fn(ctx, &a);
	while (r == 1 && at + 1 < (first | ~mask)) {
		addr_set_u32(&a, at + 1);
		r = fn(ctx, &a);
		at += part;
	}
	return r;
}

static int pool_probe_free(void *ctx, const struct addr *a)
{
	return route_is_free(ctx, a);
}

int pool_net_is_free(struct nl_sock *sk, const struct addr_net *net)
{
	return pool_probe(net, pool_probe_free, sk);
}

struct pool_owner {
	struct nl_sock *sk;
	int link;
	int other;
};

static int pool_probe_owner(void *ctx, const struct addr *a)
{
	struct pool_owner *owner = ctx;
	int device = route_device(owner->sk, a);

	if (device < 0 || device == owner->link)
		return device < 0 ? device : 1;
	owner->other = device;
	return 0;
}

int pool_net_owner(struct nl_sock *sk, const struct addr_net *net, int link)
{
	struct pool_owner owner = { .sk = sk, .link = link };
	int r = pool_probe(net, pool_probe_owner, &owner);

	return r < 0 ? r : owner.other;
}

static uint32_t pool_hint(const struct host *h)
{
	char text[POOL_NUMBER_SIZE];
	ssize_t n = readlinkat(h->pool, POOL_HINT, text, sizeof(text));
	uint64_t value;

	if (n <= 0 || num_parse(text, (size_t)n, UINT32_MAX, &value) < 0 ||
	    value == 0)
		return 1;
	return (uint32_t)value;
}

/* A hint that is lost costs time, nothing else. */
static void pool_set_hint(const struct host *h, uint32_t value)
{
	char text[POOL_NUMBER_SIZE];

	snprintf(text, sizeof(text), "%" PRIu32, value);
	unlinkat(h->pool, POOL_HINT, 0);
	if (symlinkat(text, h->pool, POOL_HINT) < 0)
		log_msg(LOG_DEBUG, "no hint where free numbers begin");
}

static bool pool_is_taken(const struct host *h, uint32_t index)
{
	char number[POOL_NUMBER_SIZE];
	char one;

	snprintf(number, sizeof(number), "%" PRIu32, index);
	return readlinkat(h->pool, number, &one, 1) >= 0;
}

/* 1 if @index can be had; fills what follows from it. */
static int pool_try(struct nl_sock *sk, const struct pool_want *want,
		    uint32_t index, struct record *r)
{
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), POOL_LINK_PREFIX "%" PRIu32, index);
	/* Also finds alternative names, and a device that is still dying. */
	if (!r->outside[0] && if_nametoindex(name) != 0)
		return 0;
	if (want->address) {
		struct addr_net net = { 0 };
		int free;

		pool_net(want, index, &net);
		free = pool_net_is_free(sk, &net);
		if (free != 1)
			return free;
		r->net = net;
	}
	if (want->address6) {
		struct addr_net net6;
		int free;

		pool6_net(&want->pool6, want->prefix6, index, &net6);
		free = pool6_net_is_free(sk, &net6);
		if (free != 1)
			return free;
		r->net6 = net6;
		pool6_peer(&net6, &r->peer6);
	}
	r->index = index;
	return 1;
}

static int pool_take(const struct host *h, struct record *r)
{
	char number[POOL_NUMBER_SIZE];
	int err = 0;

	if (!r->outside[0])
		snprintf(r->outside, sizeof(r->outside),
			 POOL_LINK_PREFIX "%" PRIu32, r->index);
	if (!r->peer.family)
		err = pool_peer(&r->net, &r->peer);
	if (err)
		return log_errno(err, "%s: the network has no room for two "
				 "addresses", r->name);
	err = record_write(h, r);
	if (err)
		return log_errno(err, "cannot write the record of %s",
				 r->name);
	snprintf(number, sizeof(number), "%" PRIu32, r->index);
	if (symlinkat(r->name, h->pool, number) < 0)
		return log_errno(-errno, "cannot write /run/runns/pool/%s",
				 number);
	return 0;
}

static int pool_exhausted(const struct pool_want *want)
{
	char text[ADDR_TEXT_SIZE], text6[ADDR_TEXT_SIZE];

	addr_format(&want->pool.addr, text);
	addr_format(&want->pool6.addr, text6);
	if (!want->address6)
		return log_errno(-ENOSPC, "the pool %s/%u has no free /%u "
				 "network left that no other route leads into; "
				 "take networks down, or set Pool= and "
				 "PoolPrefix= in [runns] of runns.conf", text,
				 want->pool.prefix, want->prefix);
	return log_errno(-ENOSPC, "there is no number left for which both the "
			 "pool %s/%u has a free /%u network and the pool "
			 "%s/%u a free /%u; take networks down, or set Pool= "
			 "and Pool6= in [runns] of runns.conf", text,
			 want->pool.prefix, want->prefix, text6,
			 want->pool6.prefix, want->prefix6);
}

static uint32_t pool_last(const struct pool_want *want)
{
	uint32_t last = want->address ? pool_size(want) : UINT16_MAX;
	uint32_t last6 = want->address6 ?
		pool6_size(&want->pool6, want->prefix6) : last;

	return last < last6 ? last : last6;
}

/* 1 if none is left. */
static int pool_search(const struct host *h, struct nl_sock *sk,
		       const struct pool_want *want, struct record *r,
		       uint32_t first)
{
	uint32_t last = pool_last(want);
	uint32_t i;

	for (i = first; i <= last; i++) {
		int got;

		if (pool_is_taken(h, i))
			continue;
		got = pool_try(sk, want, i, r);
		if (got < 0)
			return log_errno(got, "cannot ask for the routes of "
					 "the host");
		if (got == 0)
			continue;
		got = pool_take(h, r);
		if (got == 0)
			pool_set_hint(h, i + 1);
		return got;
	}
	return 1;
}

int pool_claim(const struct host *h, struct nl_sock *sk,
	       const struct pool_want *want, struct record *r)
{
	_cleanup_close_ int lock = host_lock(h, "pool", "", HOST_LOCK_MS);
	uint32_t first = pool_hint(h);
	int err;

	if (lock < 0)
		return lock;
	if (want->from > first)
		first = want->from;
	err = pool_search(h, sk, want, r, first);
	if (err != 1)
		return err;
	/* Perhaps a foreign route went, or a builder was killed. */
	err = pool_sweep(h);
	if (err >= 0)
		err = pool_search(h, sk, want, r, 1);
	return err == 1 ? pool_exhausted(want) : err;
}

int pool_release(const struct host *h, uint32_t index, const char *name)
{
	_cleanup_close_ int lock = host_lock(h, "pool", "", HOST_LOCK_MS);
	char number[POOL_NUMBER_SIZE];
	char owner[NAME_SIZE];
	ssize_t n;

	if (lock < 0)
		return lock;
	snprintf(number, sizeof(number), "%" PRIu32, index);
	n = readlinkat(h->pool, number, owner, sizeof(owner));
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	if ((size_t)n != strlen(name) || memcmp(owner, name, (size_t)n) != 0)
		return 0;
	if (unlinkat(h->pool, number, 0) < 0 && errno != ENOENT)
		return -errno;
	if (index < pool_hint(h))
		pool_set_hint(h, index);
	return 0;
}

/* 1 if nothing but the link itself says that the number is in use. */
static int pool_is_stale(const struct host *h, const char *number,
			 uint32_t *index)
{
	char owner[NAME_SIZE];
	struct record r;
	uint64_t value;
	ssize_t n;
	int err;

	if (num_parse(number, strlen(number), UINT32_MAX, &value) < 0)
		return 0;
	*index = (uint32_t)value;
	n = readlinkat(h->pool, number, owner, sizeof(owner) - 1);
	if (n < 0)
		return 0;
	owner[n] = '\0';
	if (!name_is_valid((struct slice){ owner, (size_t)n }))
		return 1;
	err = record_read(h, owner, &r);
	if (err)
		return err == -ENOENT;
	return r.index != *index;
}

struct pool_sweep {
	const struct host *h;
	int swept;
};

static int pool_sweep_one(void *ctx, const char *number)
{
	struct pool_sweep *sweep = ctx;
	uint32_t index;

	if (pool_is_stale(sweep->h, number, &index) != 1)
		return 0;
	if (unlinkat(sweep->h->pool, number, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (index < pool_hint(sweep->h))
		pool_set_hint(sweep->h, index);
	sweep->swept++;
	return 0;
}

int pool_sweep(const struct host *h)
{
	struct pool_sweep sweep = { .h = h };
	int err = dir_each(h->pool, pool_sweep_one, &sweep);

	return err ? log_errno(err, "cannot sweep /run/runns/pool") :
		     sweep.swept;
}
