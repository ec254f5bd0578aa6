/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_level.c - which level holds in a network now, and why
 */
#include <string.h>

#include "lib/session/level.h"
#include "net/status.h"

static int level_why(void *ctx, const char *why)
{
	struct status_level *l = ctx;

	if (l->n < STATUS_WHYS_MAX)
		l->why[l->n++] = why;
	return 0;
}

static int level_why_lost(void *ctx, const char *over)
{
	(void)over;
	level_why(ctx, "sessions see files of the host's");
	return 1;
}

void status_level(struct status_run *run, const struct status *s,
		  struct status_level *out)
{
	struct level level = {
		.steers_dns = strcmp(s->names, "steered") == 0,
		.isolated = s->known && (s->record.isolate ||
					 s->record.link == LINK_NONE),
		.bus = run->bus,
	};

	*out = (struct status_level){ .n = 0 };
	if (level_each(&level, level_why, out) < 0 ||
	    status_lost(run, s, level_why_lost, out) < 0)
		run->failed = true;
	out->name = out->n ? "routed" : "sealed";
}
