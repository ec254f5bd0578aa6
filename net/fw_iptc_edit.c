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

/* Changes one table. */
static int iptc_edit(const char *table,
		     int (*fn)(struct xtc_handle *h, const char *table,
			       const void *ctx), const void *ctx)
{
	int tries;

	for (tries = IPTC_TRIES; tries > 0; tries--) {
		struct xtc_handle *h = iptc_init(table);
		int r;

		if (!h)
			return errno ? -errno : -ENOENT;
		r = fn(h, table, ctx);
		if (r > 0)
			r = iptc_commit(h) ? 0 : -errno;
		iptc_free(h);
		/* Somebody who does not lock was faster. */
		if (r != -EAGAIN)
			return r;
		usleep(1000);
	}
	return -EAGAIN;
}

int iptc_edit_all(int (*fn)(struct xtc_handle *h, const char *table,
			    const void *ctx), const void *ctx,
		  const char *what)
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
		int err = iptc_edit(iptc_tables[i], fn, ctx);

		if (err)
			return log_errno(err, "iptables refuses to %s in table "
					 "%s (%s)", what, iptc_tables[i],
					 iptc_strerror(-err));
	}
	return 0;
}

bool iptc_is_ours(const char *chain)
{
	return strncmp(chain, IPTC_OURS, sizeof(IPTC_OURS) - 1) == 0;
}

int iptc_unhook(struct xtc_handle *h)
{
	const char *chain;
	int changed = 0;

	for (chain = iptc_first_chain(h); chain; chain = iptc_next_chain(h)) {
		const struct ipt_entry *e;
		unsigned int at = 0;

		if (iptc_is_ours(chain))
			continue;
		e = iptc_first_rule(chain, h);
		while (e) {
			const struct ipt_entry *next = iptc_next_rule(e, h);

			if (!iptc_is_ours(iptc_get_target(e, h))) {
				at++;
			} else if (!iptc_delete_num_entry(chain, at, h)) {
				return -errno;
			} else {
				changed = 1;
			}
			e = next;
		}
	}
	return changed;
}
