/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw.c - which backend, and the lock around it
 */
#include "config.h"

#include "net/fw.h"

#include <errno.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/record.h"

static const struct fw_backend *const fw_backends[] = {
#ifdef HAVE_NFT
	&fw_nft,
#endif
#ifdef HAVE_IPTC
	&fw_iptc,
#endif
};

static bool fw_parent;

void fw_at_parent(bool at)
{
	/* Sockets stay where they were opened. */
	fw_end();
	fw_parent = at;
}

bool fw_is_at_parent(void)
{
	return fw_parent;
}

const struct fw_backend *fw_each_backend(unsigned int n)
{
	return n < ARRAY_SIZE(fw_backends) ? fw_backends[n] : NULL;
}

void fw_end(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fw_backends); i++) {
		if (fw_backends[i]->end)
			fw_backends[i]->end();
	}
}

const struct fw_backend *fw_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fw_backends); i++) {
		if (strcmp(fw_backends[i]->name, name) == 0)
			return fw_backends[i];
	}
	return NULL;
}

/*
 * The best answer to the probe wins; among equals the first, which is nft.
 * A legacy table with rules in it makes libiptc answer 2.
 */
static const struct fw_backend *fw_auto(void)
{
	const struct fw_backend *best = NULL;
	int best_rank = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fw_backends) && best_rank < 2; i++) {
		int rank = fw_backends[i]->probe(!best);

		if (rank > best_rank) {
			best = fw_backends[i];
			best_rank = rank;
		}
	}
	return best;
}

static const struct fw_backend *fw_wanted(const char *name)
{
	const struct fw_backend *fw = fw_find(name);

	return fw && fw->probe(true) > 0 ? fw : NULL;
}

int fw_choose(enum profile_firewall wanted, const struct fw_backend **out)
{
	switch (wanted) {
	case FIREWALL_AUTO:
		*out = fw_auto();
		break;
	case FIREWALL_NFT:
		*out = fw_wanted("nft");
		break;
	case FIREWALL_IPTABLES:
		*out = fw_wanted("iptables");
		break;
	}
	if (*out)
		return 0;
	if (wanted == FIREWALL_NFT)
		return log_errno(-ENOTSUP, "Firewall=nft cannot be used: the "
				 "kernel has no nf_tables, or RUNNS was built "
				 "without them");
	if (wanted == FIREWALL_IPTABLES)
		return log_errno(-ENOTSUP, "Firewall=iptables cannot be used: "
				 "the kernel has no legacy tables "
				 "(CONFIG_NETFILTER_XTABLES_LEGACY), or RUNNS "
				 "was built without libiptc");
	return log_errno(-ENOTSUP, "the kernel has neither nf_tables nor the "
			 "legacy iptables tables: load one of them");
}

int fw_blocks(const struct fw_backend *fw,
	      int (*fn)(void *ctx, const char *what, bool six), void *ctx)
{
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(fw_backends) && r == 0; i++)
		r = fw_backends[i]->blocks(fw_backends[i] == fw, fn, ctx);
	return r;
}

int fw_add(const struct host *h, const struct fw_backend *fw,
	   const struct fw_member *m)
{
	_cleanup_close_ int lock = host_lock(h, "fw", "", HOST_LOCK_MS);

	return lock < 0 ? lock : fw->add(m);
}

/* A member went while others were recorded, so that nothing was cleared. */
static bool fw_left_shared;

struct fw_other {
	const struct host *h;
	const char *name;
};

/* Does another network use the rules that members share here? */
static int fw_is_other(void *ctx, const char *name)
{
	const struct fw_other *other = ctx;
	struct record r;
	int err;

	if (strcmp(name, other->name) == 0)
		return 0;
	if (!other->h->parent[0])
		return 1;
	err = record_read(other->h, name, &r);
	if (err)
		return err == -ENOENT ? 0 : err == -EINVAL ? 1 : err;
	return strcmp(r.parent, other->h->parent) == 0;
}

int fw_remove(const struct host *h, const struct fw_backend *fw,
	      const char *name, const char *link)
{
	_cleanup_close_ int lock = host_lock(h, "fw", "", HOST_LOCK_MS);
	struct fw_other other = { .h = h, .name = name };
	int err;

	if (lock < 0)
		return lock;
	err = fw->remove(link);
	/*
	 * Asked under the lock: who builds writes his record before he takes
	 * it, so he is either seen here, or makes everything afresh.
	 */
	if (err)
		return err;
	err = record_each(h, fw_is_other, &other);
	if (err < 0)
		return log_errno(err, "cannot list /run/runns/net");
	fw_left_shared = err != 0;
	return err ? 0 : fw->clear(link);
}

int fw_finish(const struct host *h, const struct fw_backend *fw)
{
	_cleanup_close_ int lock = -1;
	int r = fw_left_shared ? record_any(h) : 1;

	if (r)
		return r < 0 ? log_errno(r, "cannot list /run/runns/net") : 0;
	lock = host_lock(h, "fw", "", HOST_LOCK_MS);
	if (lock < 0)
		return lock;
	/* Who builds writes his record before he takes the lock. */
	r = record_any(h);
	if (r)
		return r < 0 ? log_errno(r, "cannot list /run/runns/net") : 0;
	return fw->clear("");
}
