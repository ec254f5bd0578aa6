/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_edit.c - read, change and write back the legacy tables
 */
#include "net/fw_iptc_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"

#define IPTC_OURS "runns-"

enum { IPTC_TRIES = 20, IPTC_LOCK_MS = 10000 };

/* Who was waited for in vain is not waited for again, to undo what was done. */
static bool iptc_gave_up;

static const char *const iptc_tables[] = { "raw", "filter", "nat" };

int iptc_edit(struct iptc *t,
	      int (*fn)(const struct iptc *t, const void *ctx),
	      const void *ctx)
{
	int tries;

	for (tries = IPTC_TRIES; tries > 0; tries--) {
		int r;

		t->h = t->lib->init(t->name);
		if (!t->h)
			return errno ? -errno : -ENOENT;
		r = fn(t, ctx);
		if (r > 0)
			r = t->lib->commit(t->h) ? 0 : -errno;
		t->lib->free(t->h);
		/* Somebody who does not lock was faster. */
		if (r != -EAGAIN)
			return r;
		usleep(1000);
	}
	return -EAGAIN;
}

int iptc_edit_all(const struct iptc_lib *lib,
		  int (*fn)(const struct iptc *t, const void *ctx),
		  const void *ctx, const char *what)
{
	_cleanup_close_ int run = open("/run", O_PATH | O_DIRECTORY |
					       O_CLOEXEC);
	_cleanup_close_ int lock = run < 0 ? -errno :
		file_lock(run, "xtables.lock", iptc_gave_up ? 0 : IPTC_LOCK_MS);
	size_t i;

	iptc_gave_up = lock == -ETIMEDOUT;
	if (lock < 0)
		return log_errno(lock, "another program holds "
				 "/run/xtables.lock (fuser -v tells which)");
	for (i = 0; i < ARRAY_SIZE(iptc_tables); i++) {
		struct iptc t = { .lib = lib, .name = iptc_tables[i] };
		int err = iptc_edit(&t, fn, ctx);

		if (err)
			return log_errno(err, "%s refuses to %s in table %s "
					 "(%s)", lib->program, what, t.name,
					 lib->strerror(-err));
	}
	return 0;
}

/* Those that a Parent has for itself are not its members'. */
bool iptc_is_ours(const char *chain)
{
	return strncmp(chain, IPTC_OURS, sizeof(IPTC_OURS) - 1) == 0 &&
	       strncmp(chain, IPTC_BYWAY, sizeof(IPTC_BYWAY) - 1) != 0 &&
	       strcmp(chain, IPTC_NAMES) != 0;
}

int iptc_unhook_from(const struct iptc *t, const char *chain,
		     bool (*is_ours)(const char *target))
{
	const void *e = t->lib->first_rule(chain, t->h);
	unsigned int at = 0;
	int changed = 0;

	while (e) {
		const void *next = t->lib->next_rule(e, t->h);

		if (!is_ours(t->lib->target(e, t->h))) {
			at++;
		} else if (!t->lib->delete_at(chain, at, t->h)) {
			return -errno;
		} else {
			changed = 1;
		}
		e = next;
	}
	return changed;
}

int iptc_unhook(const struct iptc *t)
{
	const struct iptc_lib *lib = t->lib;
	const char *chain;
	int changed = 0;

	for (chain = lib->first_chain(t->h); chain;
	     chain = lib->next_chain(t->h)) {
		int r = 0;

		if (!iptc_is_ours(chain))
			r = iptc_unhook_from(t, chain, iptc_is_ours);
		if (r < 0)
			return r;
		changed |= r;
	}
	return changed;
}
