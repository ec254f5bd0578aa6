/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_bar.c - rules inside that let a device lead only where it may
 *
 * For IPv4 alone: the device has no IPv6.
 */
#include "net/fw_iptc_bar.h"

#include <errno.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_iptc_edit.h"
#include "net/fw_iptc_rule.h"

#define BAR_TABLE "filter"
#define BAR_OUT IPTC_BYWAY "-out"
#define BAR_IN IPTC_BYWAY "-in"
#define BAR_THROUGH IPTC_BYWAY "-through"

/* What leads to a chain; a device of NULL is filled in. */
static const struct bar_hook {
	const char *chain;
	const char *own;
	bool out;
} bar_hooks[] = {
	{ "OUTPUT", BAR_OUT, true },
	{ "INPUT", BAR_IN, false },
	{ "FORWARD", BAR_THROUGH, true },
	{ "FORWARD", BAR_THROUGH, false },
};

static const char *const bar_chains[] = { BAR_OUT, BAR_IN, BAR_THROUGH };

static bool bar_is_ours(const char *chain)
{
	return strncmp(chain, IPTC_BYWAY, sizeof(IPTC_BYWAY) - 1) == 0;
}

static int bar_empty(const struct iptc *t)
{
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(bar_hooks) && err >= 0; i++)
		err = iptc_unhook_from(t, bar_hooks[i].chain, bar_is_ours);
	if (err < 0)
		return err;
	for (i = 0; i < ARRAY_SIZE(bar_chains); i++) {
		const char *name = bar_chains[i];

		if (t->lib->is_chain(name, t->h) ?
			    !t->lib->flush(name, t->h) :
			    !t->lib->create(name, t->h))
			return -errno;
	}
	return 0;
}

static int bar_add(const struct iptc *t, const char *chain,
		   const struct allow *to, enum iptc_match match)
{
	const struct iptc_rule rule = {
		.table = BAR_TABLE,
		.chain = chain,
		.match = match,
		.allow = to,
		.target = to ? "RETURN" : "DROP",
	};
	int r = iptc_rule_add(t, &rule);

	return r < 0 ? r : 0;
}

static int bar_add_allows(const struct iptc *t, const struct fw_bar *bar)
{
	size_t i;
	int err = 0;

	for (i = 0; i < bar->allows->n && err == 0; i++) {
		struct allow a = bar->allows->list[i];

		if (a.kind == ALLOW_HOST) {
			a.kind = ALLOW_PORT;
			a.net = (struct addr_net){ bar->gateway, 32 };
		}
		if (a.net.addr.family == 4)
			err = bar_add(t, BAR_OUT, &a, IPTC_ANY);
	}
	return err;
}

static int bar_hook(const struct iptc *t, const struct fw_bar *bar)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bar_hooks); i++) {
		const struct bar_hook *hook = &bar_hooks[i];
		const struct iptc_rule rule = {
			.table = BAR_TABLE,
			.chain = hook->chain,
			.place = IPTC_HEAD,
			.in = hook->out ? NULL : bar->device,
			.out = hook->out ? bar->device : NULL,
			.target = hook->own,
		};
		int r = iptc_rule_add(t, &rule);

		if (r < 0)
			return r;
	}
	return 0;
}

/* 1: there is always something to be written. */
static int bar_fill(const struct iptc *t, const void *ctx)
{
	const struct fw_bar *bar = ctx;
	const struct allow inside = { .net = { bar->inside, 32 } };
	const struct allow gateway = { .net = { bar->gateway, 32 } };
	int err = bar_empty(t);

	/* Whoever connects is seen as the host. */
	if (err == 0)
		err = bar_add(t, BAR_OUT, &gateway, IPTC_ANSWER);
	if (err == 0)
		err = bar_add_allows(t, bar);
	if (err == 0)
		err = bar_add(t, BAR_OUT, NULL, IPTC_ANY);
	if (err == 0)
		err = bar_add(t, BAR_IN, &inside, IPTC_ANY);
	if (err == 0)
		err = bar_add(t, BAR_IN, NULL, IPTC_ANY);
	if (err == 0)
		err = bar_add(t, BAR_THROUGH, NULL, IPTC_ANY);
	if (err == 0)
		err = bar_hook(t, bar);
	return err ? err : 1;
}

int iptc_bar(const struct fw_bar *bar)
{
	struct iptc t = { .lib = &iptc_lib4, .name = BAR_TABLE };
	int err = iptc_edit(&t, bar_fill, bar);

	if (err)
		return log_errno(err, "iptables refuses the rules that bar "
				 "other ways than Allow= names inside (%s)",
				 t.lib->strerror(-err));
	return 0;
}
