/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_block.c - what the legacy tables would drop in spite of our rules
 *
 * Ours accept at the end of FORWARD, so they come before its policy but after
 * a rule there that drops everything.
 */
#include "net/fw_iptc_block.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "net/fw_iptc_edit.h"

/* Does the rule meet every packet?  A comment is no condition. */
static bool block_is_for_all(const struct iptc_head *e)
{
	const struct xt_entry_match *m = (const void *)(e->entry + e->matches);
	size_t first = e->matches;

	if (e->target > first && strcmp(m->u.user.name, "comment") == 0)
		first += m->u.match_size;
	return e->any && e->target == first;
}

enum { BLOCK_DEPTH_MAX = 6, BLOCK_JUMPS_MAX = 16 };

/* What becomes of every packet in a chain. */
enum block_end { BLOCK_NONE, BLOCK_DROPS, BLOCK_PASSES };

/**
 * struct block_walk - the way through the chains
 * @by:		the chain that drops every packet
 */
struct block_walk {
	const struct iptc_lib *lib;
	struct xtc_handle *h;
	xt_chainlabel by;
};

/* Where a chain jumps to with every packet, until @end. */
struct block_jumps {
	xt_chainlabel list[BLOCK_JUMPS_MAX];
	size_t n;
	enum block_end end;
};

/* A rule that every packet meets; false: the last one that any gets to. */
static bool block_rule(const struct block_walk *w, const char *target,
		       struct block_jumps *jumps)
{
	if (strcmp(target, "DROP") == 0 || strcmp(target, "REJECT") == 0)
		jumps->end = BLOCK_DROPS;
	else if (strcmp(target, "ACCEPT") == 0 ||
		 strcmp(target, "runns-accept") == 0)
		jumps->end = BLOCK_PASSES;
	else if (strcmp(target, "RETURN") == 0)
		return false;
	else if (w->lib->is_chain(target, w->h) && !iptc_is_ours(target) &&
		 jumps->n < BLOCK_JUMPS_MAX)
		strncpy(jumps->list[jumps->n++], target,
			sizeof(xt_chainlabel) - 1);
	return jumps->end == BLOCK_NONE;
}

/* libiptc walks through one chain at a time. */
static enum block_end block_chain(struct block_walk *w, const char *chain,
				  unsigned int depth)
{
	struct block_jumps jumps = { .n = 0 };
	bool more = true;
	const void *e;
	size_t i;

	for (e = w->lib->first_rule(chain, w->h); e && more;
	     e = w->lib->next_rule(e, w->h)) {
		struct iptc_head head;

		iptc_look(w->lib, e, &head);
		if (block_is_for_all(&head))
			more = block_rule(w, w->lib->target(e, w->h), &jumps);
	}
	for (i = 0; i < jumps.n && depth < BLOCK_DEPTH_MAX; i++) {
		enum block_end end = block_chain(w, jumps.list[i], depth + 1);

		if (end != BLOCK_NONE)
			return end;
	}
	if (jumps.end == BLOCK_DROPS)
		snprintf(w->by, sizeof(w->by), "%s", chain);
	return jumps.end;
}

static int block_one(const struct iptc_lib *lib, bool used,
		     int (*fn)(void *ctx, const char *what, bool six),
		     void *ctx)
{
	struct block_walk w = { .lib = lib };
	struct xt_counters counters;
	enum block_end end;
	const char *policy;
	bool drops;
	BUF(what, 160);

	/* Asking for a table that nobody uses would make it. */
	w.h = iptc_has_table(lib, "filter") ? lib->init("filter") : NULL;
	if (!w.h)
		return 0;
	policy = lib->policy("FORWARD", &counters, w.h);
	drops = !used && policy && strcmp(policy, "DROP") == 0;
	end = block_chain(&w, "FORWARD", 0);
	lib->free(w.h);
	buf_addf(&what, "chain FORWARD of %s-legacy (%s", lib->program,
		 end == BLOCK_DROPS ? "a rule for every packet" :
				      "policy drop");
	if (end == BLOCK_DROPS && strcmp(w.by, "FORWARD") != 0)
		buf_addf(&what, " in %s", w.by);
	buf_addc(&what, ')');
	if (end == BLOCK_DROPS || (end == BLOCK_NONE && drops))
		return fn(ctx, what.text, lib->family == 6);
	return 0;
}

int iptc_blocks(bool used, int (*fn)(void *ctx, const char *what, bool six),
		void *ctx)
{
	int r = block_one(&iptc_lib4, used, fn, ctx);

	return r ? r : block_one(&iptc_lib6, used, fn, ctx);
}
