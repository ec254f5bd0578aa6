/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_block.c - what the legacy tables would drop in spite of our rules
 *
 * Ours accept at the end of FORWARD, so they come before its policy but after
 * a rule there that drops everything.
 */
#include "net/fw_iptc_block.h"

#include <fcntl.h>
#include <libiptc/libiptc.h>
#include <string.h>

#include "lib/sys/file.h"

#define BLOCK_CHAIN "chain FORWARD of iptables-legacy"

/* Asking for a table that nobody uses would make it. */
static bool block_has_filter(void)
{
	char names[256];
	char *rest = names;
	const char *table;

	if (file_read_small(AT_FDCWD, "/proc/thread-self/net/ip_tables_names",
			    names, sizeof(names)) < 0)
		return false;
	while ((table = strsep(&rest, "\n"))) {
		if (strcmp(table, "filter") == 0)
			return true;
	}
	return false;
}

/* Does the rule meet every packet?  A comment is no condition. */
static bool block_is_for_all(const struct ipt_entry *e)
{
	static const struct ipt_ip any = { .proto = 0 };
	const struct xt_entry_match *m = (const void *)e->elems;
	size_t first = sizeof(*e);

	if (memcmp(&e->ip, &any, sizeof(any)) != 0)
		return false;
	if (e->target_offset > first && strcmp(m->u.user.name, "comment") == 0)
		first += m->u.match_size;
	return e->target_offset == first;
}

/* Is there a rule that drops everything before one of ours is reached? */
static bool block_by_rule(struct xtc_handle *h)
{
	const struct ipt_entry *e;

	for (e = iptc_first_rule("FORWARD", h); e; e = iptc_next_rule(e, h)) {
		const char *target = iptc_get_target(e, h);

		if (strcmp(target, "runns-accept") == 0)
			return false;
		if (block_is_for_all(e) && (strcmp(target, "DROP") == 0 ||
					    strcmp(target, "REJECT") == 0))
			return true;
	}
	return false;
}

int iptc_blocks(bool used, int (*fn)(void *ctx, const char *what), void *ctx)
{
	struct ipt_counters counters;
	struct xtc_handle *h;
	const char *policy;
	int r = 0;

	if (!block_has_filter())
		return 0;
	h = iptc_init("filter");
	if (!h)
		return 0;
	policy = iptc_get_policy("FORWARD", &counters, h);
	if (block_by_rule(h))
		r = fn(ctx, BLOCK_CHAIN " (a rule for every packet)");
	else if (!used && policy && strcmp(policy, "DROP") == 0)
		r = fn(ctx, BLOCK_CHAIN " (policy drop)");
	iptc_free(h);
	return r;
}
