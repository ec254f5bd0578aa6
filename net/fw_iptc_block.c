/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_block.c - what the legacy tables would drop in spite of our rules
 *
 * Ours accept at the end of FORWARD, so they come before its policy but after
 * a rule there that drops everything.
 */
#include "net/fw_iptc_block.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/buf.h"
#include "net/fw_iptc_lib.h"

/* Does the rule meet every packet?  A comment is no condition. */
static bool block_is_for_all(const struct iptc_head *e)
{
	const struct xt_entry_match *m = (const void *)(e->entry + e->matches);
	size_t first = e->matches;

	if (e->target > first && strcmp(m->u.user.name, "comment") == 0)
		first += m->u.match_size;
	return e->any && e->target == first;
}

/* Is there a rule that drops everything before one of ours is reached? */
static bool block_by_rule(const struct iptc_lib *lib, struct xtc_handle *h)
{
	const void *e;

	for (e = lib->first_rule("FORWARD", h); e; e = lib->next_rule(e, h)) {
		const char *target = lib->target(e, h);
		struct iptc_head head;

		if (strcmp(target, "runns-accept") == 0)
			return false;
		iptc_look(lib, e, &head);
		if (block_is_for_all(&head) && (strcmp(target, "DROP") == 0 ||
					    strcmp(target, "REJECT") == 0))
			return true;
	}
	return false;
}

static int block_one(const struct iptc_lib *lib, bool used,
		     int (*fn)(void *ctx, const char *what, bool six),
		     void *ctx)
{
	struct xt_counters counters;
	struct xtc_handle *h;
	const char *policy, *why = NULL;
	BUF(what, 128);

	/* Asking for a table that nobody uses would make it. */
	h = iptc_has_table(lib, "filter") ? lib->init("filter") : NULL;
	if (!h)
		return 0;
	policy = lib->policy("FORWARD", &counters, h);
	if (block_by_rule(lib, h))
		why = "a rule for every packet";
	else if (!used && policy && strcmp(policy, "DROP") == 0)
		why = "policy drop";
	lib->free(h);
	buf_addf(&what, "chain FORWARD of %s-legacy (%s)", lib->program,
		 why ? why : "");
	return why ? fn(ctx, what.text, lib->family == 6) : 0;
}

int iptc_blocks(bool used, int (*fn)(void *ctx, const char *what, bool six),
		void *ctx)
{
	int r = block_one(&iptc_lib4, used, fn, ctx);

	return r ? r : block_one(&iptc_lib6, used, fn, ctx);
}
