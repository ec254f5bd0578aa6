/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build_allow.c - the step that finds out where a network may go in spite of
 * its walls
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/build_parts.h"
#include "net/lan.h"

/* The devices that it leaves by, as uplink_use() will choose them. */
static int allow_uplinks(const struct build *b,
			 struct route_uplink out[ROUTE_UPLINKS_MAX])
{
	struct link l;
	int err;

	if (!b->plan.uplink[0])
		return route_uplinks(b->out, out);
	err = link_find(b->out, b->plan.uplink, 0, &l);
	out[0] = (struct route_uplink){ .index = l.index };
	return err ? err : 1;
}

static int allow_lan(const struct build *b, struct allow_list *out)
{
	struct route_uplink uplinks[ROUTE_UPLINKS_MAX];
	struct allow_list lan = { .n = 0 };
	int n = allow_uplinks(b, uplinks);
	int err = n < 0 ? n : lan_find(b->out, uplinks, n, &lan);
	size_t i;

	if (err == 0 && lan.n == 0)
		log_msg(LOG_WARNING, "%s: Allow=lan: the uplink has no network "
			"now: when it has one, 'runnsctl up %s' finds it",
			b->plan.name, b->plan.name);
	for (i = 0; i < lan.n && err == 0; i++)
		err = allow_add(out, &lan.list[i]);
	return err;
}

int build_allows(void *ctx)
{
	struct build *b = ctx;
	const struct profile *p = b->plan.profile;
	struct record *r = &b->record;
	struct allow_list found = { .n = 0 };
	int err = 0;
	size_t i;

	for (i = 0; i < b->plan.allows.n && err == 0; i++) {
		const struct allow *a = &b->plan.allows.list[i];

		err = a->kind == ALLOW_LAN ? allow_lan(b, &found) :
					     allow_add(&found, a);
	}
	if (err)
		return log_errno(err, "%s: Allow: cannot find out where it may "
				 "go", b->plan.name);
	r->allows = found;
	r->n_forwards = p ? p->n_forwards : 0;
	if (r->n_forwards)
		memcpy(r->forwards, p->forwards, sizeof(r->forwards));
	return 0;
}
