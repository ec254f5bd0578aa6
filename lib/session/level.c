/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * level.c - how far a network contains its members
 */
#include "lib/session/level.h"

int level_each(const struct level *level,
	       int (*fn)(void *ctx, const char *why), void *ctx)
{
	int r = 0;

	if (!level->steers_dns)
		r = fn(ctx, "look-ups are not held to its own name servers "
			    "(StrictDNS)");
	if (r == 0 && !level->isolated)
		r = fn(ctx, "nothing keeps it from services of the host and "
			    "from other networks (Isolate, Link)");
	if (r == 0 && level->bus)
		r = fn(ctx, level->bus);
	return r;
}
