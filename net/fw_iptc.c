/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc.c - packet rules by the legacy iptables tables
 *
 * A constant number of rules, because all host ends begin with "rn-"; only a
 * network that is special (a device name of its own, Isolate=no, Nat=none)
 * adds rules.  The tables are walked through rule by rule, so this keeps the
 * data path as fast with a thousand networks as with one.
 *
 * Masquerading is decided where the device that a packet came in by is no
 * longer known, therefore packets carry a mark until then.  Isolation never
 * depends on it: a mark can be changed by somebody else's rules.
 */
#include "net/fw.h"

#include <errno.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_iptc_allow.h"
#include "net/fw_iptc_bar.h"
#include "net/fw_iptc_block.h"
#include "net/fw_iptc_door.h"
#include "net/fw_iptc_edit.h"
#include "net/fw_iptc_guard.h"
#include "net/fw_iptc_member.h"
#include "net/fw_iptc_probe.h"
#include "net/fw_iptc_rule.h"
#include "net/fw_iptc_special.h"
#include "net/pool.h"
#include "net/steer_dns_iptc.h"

#define IPTC_AT_PARENT "OUTPUT"

static const struct iptc_chain {
	const char *table;
	const char *name;
} iptc_chains[] = {
	{ "raw", "runns-raw" },
	{ "filter", "runns-input" },
	{ "filter", "runns-local" },
	{ "filter", "runns-forward" },
	{ "filter", "runns-apart" },
	{ "filter", "runns-open" },
	{ "filter", "runns-accept" },
	{ "filter", "runns-output" },
	{ "nat", "runns-nat" },
	{ "nat", "runns-into" },
	{ "nat", "runns-doors" },
	{ "nat", "runns-published" },
};

/*
 * In the chains of the host: isolation first, before anybody accepts;
 * acceptance last, after everything that the administrator forbids but before
 * the policy, which container software sets to DROP.
 */
static const struct iptc_rule iptc_base[] = {
	{ "raw", "PREROUTING", IPTC_HEAD, .target = "runns-raw" },
	{ "raw", "runns-raw", .in = IPTC_ALL, .match = IPTC_SPOOFED,
	  .target = "DROP" },
	{ "raw", "runns-raw", .in = IPTC_ALL, .target = "MARK",
	  .mark = IPTC_MARK },

	{ "filter", "INPUT", IPTC_HEAD, .target = "runns-input" },
	{ "filter", "runns-input", .in = IPTC_ALL, .target = "runns-local" },
	{ "filter", "runns-local", .match = IPTC_ANSWER, .target = "RETURN" },
	{ "filter", "runns-local", .match = IPTC_ICMP, .target = "RETURN" },
	{ "filter", "runns-local", .target = "DROP" },

	{ "filter", "FORWARD", IPTC_HEAD, .target = "runns-forward" },
	{ "filter", "runns-forward", .match = IPTC_TRANSLATED,
	  .target = "RETURN" },
	{ "filter", "runns-forward", .target = "runns-apart", .leave = true },
	{ "filter", "runns-apart", .out = IPTC_ALL, .target = "DROP" },
	{ "filter", "runns-open", .in = IPTC_ALL, .target = "DROP" },
	{ "filter", "FORWARD", .target = "runns-accept" },
	{ "filter", "runns-accept", .in = IPTC_ALL, .target = "ACCEPT" },
	{ "filter", "runns-accept", .out = IPTC_ALL, .target = "ACCEPT" },

	/* Not on the host: see iptc_is_meant(). */
	{ "filter", IPTC_AT_PARENT, IPTC_HEAD, .target = "runns-output" },
	{ "filter", "runns-output", .match = IPTC_ANSWER, .target = "RETURN" },
	{ "filter", "runns-output", .out = IPTC_ALL, .target = "DROP" },

	{ "nat", "POSTROUTING", IPTC_HEAD, .match = IPTC_MARKED,
	  .target = "runns-nat" },
	{ "nat", "runns-nat", .out = IPTC_ALL, .target = "RETURN" },
	{ "nat", "runns-nat", .target = "MASQUERADE" },

	{ "nat", "POSTROUTING", IPTC_HEAD, .target = "runns-into" },

	{ "nat", "PREROUTING", IPTC_HEAD, .match = IPTC_LOCAL,
	  .target = "runns-doors" },
	{ "nat", "OUTPUT", IPTC_HEAD, .match = IPTC_LOCAL,
	  .target = "runns-doors" },
	{ "nat", "runns-doors", .in = IPTC_ALL, .target = "RETURN" },
	{ "nat", "runns-doors", .target = "runns-published" },
};

static int iptc_count(const struct iptc *t, const char *chain)
{
	const void *e;
	int n = 0;

	for (e = t->lib->first_rule(chain, t->h); e;
	     e = t->lib->next_rule(e, t->h))
		n++;
	return n;
}

static bool iptc_has_jump(const struct iptc *t, const struct iptc_rule *rule)
{
	const void *e;

	for (e = t->lib->first_rule(rule->chain, t->h); e;
	     e = t->lib->next_rule(e, t->h)) {
		if (strcmp(t->lib->target(e, t->h), rule->target) == 0)
			return true;
	}
	return false;
}

/* The host reaches its networks; who is in a Parent, those that are open. */
static bool iptc_is_meant(const struct iptc_rule *rule, const struct iptc *t)
{
	return strcmp(rule->table, t->name) == 0 &&
	       (fw_is_at_parent() || strcmp(t->name, "filter") != 0 ||
		strcmp(rule->chain, IPTC_AT_PARENT) != 0);
}

/* Every chain with at least its own rules, and the way to it. */
static bool iptc_base_intact(const struct iptc *t)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(iptc_base); i++) {
		const struct iptc_rule *r = &iptc_base[i];

		if (iptc_is_meant(r, t) && !iptc_is_ours(r->chain) &&
		    !iptc_has_jump(t, r))
			return false;
	}
	for (i = 0; i < ARRAY_SIZE(iptc_chains); i++) {
		int least = 0;

		if (strcmp(iptc_chains[i].table, t->name) != 0)
			continue;
		for (j = 0; j < ARRAY_SIZE(iptc_base); j++)
			least += strcmp(iptc_base[j].chain,
					iptc_chains[i].name) == 0;
		if (!t->lib->is_chain(iptc_chains[i].name, t->h) ||
		    iptc_count(t, iptc_chains[i].name) < least)
			return false;
	}
	return true;
}

static int iptc_empty_chains(const struct iptc *t, bool delete)
{
	int changed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(iptc_chains); i++) {
		const char *name = iptc_chains[i].name;

		if (strcmp(iptc_chains[i].table, t->name) != 0)
			continue;
		if (!t->lib->is_chain(name, t->h)) {
			if (!delete && !t->lib->create(name, t->h))
				return -errno;
			continue;
		}
		if (!t->lib->flush(name, t->h))
			return -errno;
		changed = 1;
	}
	/* A chain can go when nothing refers to it any more. */
	for (i = 0; delete && i < ARRAY_SIZE(iptc_chains); i++) {
		const char *name = iptc_chains[i].name;

		if (strcmp(iptc_chains[i].table, t->name) == 0 &&
		    t->lib->is_chain(name, t->h) && !t->lib->delete(name, t->h))
			return -errno;
	}
	return changed;
}

static int iptc_base_make(const struct iptc *t)
{
	size_t i;
	int err = iptc_unhook(t);

	if (err >= 0)
		err = iptc_empty_chains(t, false);
	for (i = 0; i < ARRAY_SIZE(iptc_base) && err >= 0; i++) {
		if (iptc_is_meant(&iptc_base[i], t))
			err = iptc_rule_add(t, &iptc_base[i]);
	}
	return err;
}

/* Removes every rule of our chains that names the device. */
static int iptc_forget(const struct iptc *t, const char *device)
{
	int changed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(iptc_chains); i++) {
		const char *chain = iptc_chains[i].name;
		const void *e;
		unsigned int at = 0;

		if (strcmp(iptc_chains[i].table, t->name) != 0 ||
		    !t->lib->is_chain(chain, t->h))
			continue;
		e = t->lib->first_rule(chain, t->h);
		while (e) {
			const void *next = t->lib->next_rule(e, t->h);
			struct iptc_head head;

			iptc_look(t->lib, e, &head);
			if (!iptc_rule_names(&head, device)) {
				at++;
			} else if (!t->lib->delete_at(chain, at, t->h)) {
				return -errno;
			} else {
				changed = 1;
			}
			e = next;
		}
	}
	return changed;
}

static int iptc_add_one(const struct iptc *t, const void *ctx)
{
	const struct fw_member *m = ctx;
	int changed = 0;
	int r = 0;

	if (!iptc_base_intact(t)) {
		r = iptc_base_make(t);
		changed = 1;
	}
	if (r >= 0)
		r = iptc_forget(t, m->link);
	if (r < 0)
		return r;
	changed |= r;
	r = iptc_specials_add(t, m);
	changed |= r;
	if (r >= 0 && m->n_forwards && strcmp(t->name, "nat") == 0) {
		r = iptc_doors_add(t, m);
		changed = 1;
	}
	if (r >= 0 && strcmp(t->name, "filter") == 0) {
		r = iptc_allows_add(t, m);
		changed |= r > 0;
	}
	if (r >= 0) {
		r = iptc_guard_add(t, m);
		changed |= r > 0;
	}
	return r < 0 ? r : changed;
}

static int iptc_add_by(const struct iptc_lib *lib, const struct fw_member *m)
{
	return iptc_edit_all(lib, iptc_add_one, m, "add rules of RUNNS");
}

static int iptc_add(const struct fw_member *m)
{
	int err = iptc_add_by(&iptc_lib4, m);

	return err || !m->inside6.family ? err : iptc_add_by(&iptc_lib6, m);
}

static int iptc_remove_one(const struct iptc *t, const void *ctx)
{
	return iptc_forget(t, ctx);
}

static int iptc_remove_by(const struct iptc_lib *lib, const char *device)
{
	return iptc_edit_all(lib, iptc_remove_one, device,
			     "remove rules of RUNNS");
}

/* Who has no IPv6 must not make its tables. */
static bool iptc_is_used6(void)
{
	return iptc_has_table(&iptc_lib6, "filter");
}

static int iptc_close6(const char *device)
{
	return iptc_is_used6() ? iptc_remove_by(&iptc_lib6, device) : 0;
}

static int iptc_remove(const char *link)
{
	int err = iptc_remove_by(&iptc_lib4, link);

	return err ? err : iptc_close6(link);
}

static int iptc_clear_one(const struct iptc *t, const void *ctx)
{
	int unhooked = iptc_unhook(t);
	int emptied = unhooked < 0 ? 0 : iptc_empty_chains(t, true);

	(void)ctx;
	if (unhooked < 0 || emptied < 0)
		return unhooked < 0 ? unhooked : emptied;
	return unhooked || emptied;
}

static int iptc_clear(const char *leaving)
{
	int r = iptc_any_member(leaving);

	if (r)
		return r < 0 ? log_errno(r, "cannot list the devices") : 0;
	r = iptc_edit_all(&iptc_lib4, iptc_clear_one, NULL,
			  "remove rules of RUNNS");
	return r || !iptc_is_used6() ? r :
		iptc_edit_all(&iptc_lib6, iptc_clear_one, NULL,
			      "remove rules of RUNNS");
}

static int iptc_open_one(const struct iptc *t, const void *ctx)
{
	struct iptc_rule rule = { "filter", "runns-apart", .in = ctx,
				  .target = "DROP" };
	int err;

	if (strcmp(t->name, rule.table) != 0)
		return 0;
	err = iptc_forget(t, ctx);
	if (err >= 0 && !t->lib->is_chain(rule.chain, t->h))
		err = iptc_base_make(t);
	if (err >= 0)
		err = iptc_rule_add(t, &rule);
	return err < 0 ? err : 1;
}

static int iptc_open_by(const struct iptc_lib *lib, const char *device)
{
	return iptc_edit_all(lib, iptc_open_one, device, "add rules of RUNNS");
}

static int iptc_open(const char *device)
{
	return iptc_open_by(&iptc_lib4, device);
}

static int iptc_close(const char *device)
{
	return iptc_remove_by(&iptc_lib4, device);
}

static int iptc_open6(const char *device)
{
	return iptc_open_by(&iptc_lib6, device);
}

/* Members are known by their names; special ones have rules of their own. */
static int iptc_each(int (*fn)(void *ctx, const char *link), void *ctx)
{
	struct xtc_handle *h = iptc_init("filter");
	const struct ipt_entry *e = NULL;
	int r = 0;

	if (!h)
		return 0;
	if (iptc_is_chain("runns-accept", h))
		e = iptc_first_rule("runns-accept", h);
	for (; e && r == 0; e = iptc_next_rule(e, h)) {
		if (e->ip.iniface[0] && strcmp(e->ip.iniface, POOL_LINK_PREFIX))
			r = fn(ctx, e->ip.iniface);
	}
	iptc_free(h);
	return r;
}

const struct fw_backend fw_iptc = {
	.name = "iptables",
	.probe = iptc_probe,
	.add = iptc_add,
	.remove = iptc_remove,
	.clear = iptc_clear,
	.open = iptc_open,
	.close = iptc_close,
	.open6 = iptc_open6,
	.close6 = iptc_close6,
	.each = iptc_each,
	.blocks = iptc_blocks,
	.steer = iptc_steer,
	.steers = iptc_steers,
	.bar = iptc_bar,
};
