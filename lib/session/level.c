/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * level.c - how far a network contains its members
 */
#include "lib/session/level.h"

#include <fcntl.h>
#include <unistd.h>

/* systemd-resolved(8) answers over the bus whoever asks, on the host's side. */
static bool resolved_answers(int host)
{
	return faccessat(host, "run/systemd/resolve", F_OK, 0) == 0 &&
	       faccessat(host, "run/dbus/system_bus_socket", F_OK, 0) == 0;
}

int level_each(int host, const struct level *level,
	       int (*fn)(void *ctx, const char *why), void *ctx)
{
	int r = 0;

	if (!level->steers_dns)
		r = fn(ctx, "look-ups are not held to its own name servers "
			    "(StrictDNS)");
	if (r == 0 && !level->isolated)
		r = fn(ctx, "nothing keeps it from services of the host and "
			    "from other networks (Isolate, Link)");
	if (r == 0 && resolved_answers(host))
		r = fn(ctx, "systemd-resolved answers over the system bus on "
			    "the host's networks");
	return r;
}
