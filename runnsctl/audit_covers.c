/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_covers.c - processes inside that see the host's files all the same
 *
 * A file that the host replaces takes its cover along, in every view.  Those
 * of prepared views come back by runnsctl refresh; a program that copied its
 * mounts before, as sandboxes do, keeps what it has.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/session/view.h"
#include "lib/sys/mnt.h"
#include "runnsctl/audit.h"

/**
 * struct covers - the processes of one network
 * @place:	its name
 * @seen:	inode of the mount namespace that was looked at last
 */
struct covers {
	struct audit *audit;
	const struct place *place;
	struct view_plan plan;
	uint64_t seen;
};

static void report(struct covers *c, const struct proc_row *row,
		   const char *over)
{
	const struct finding finding = {
		.check = "covers",
		.why = "the host has replaced that file since; look-ups go "
		       "right all the same where StrictDNS holds",
		.mend = "runnsctl refresh; end it if it has mounts of its own "
			"that this does not reach",
		.process = row,
		.expected = c->place->name,
	};

	audit_report(c->audit, &finding,
		     "process %d (%s) is in %s and sees the host's %s",
		     (int)row->pid, row->name, c->place->name, over);
}

/* Below the root of a process, which is his to choose: nothing is opened. */
static bool shows_hosts(const struct covers *c, int root, const char *over)
{
	struct mnt_place seen, hosts;

	return mnt_place(root, over + 1, &seen) == 0 &&
	       mnt_place(c->audit->places.root, over + 1, &hosts) == 0 &&
	       seen.dev == hosts.dev && seen.ino == hosts.ino;
}

static void look_at(struct covers *c, const struct proc_row *row)
{
	char path[64];
	_cleanup_close_ int root = -1;
	struct stat mnt;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)row->pid);
	if (stat(path, &mnt) < 0 || mnt.st_ino == c->seen)
		return;
	c->seen = mnt.st_ino;
	snprintf(path, sizeof(path), "/proc/%d/root", (int)row->pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; root >= 0 && i < c->plan.n; i++) {
		const char *over = c->plan.covers[i]->over;

		if (strncmp(over, "/etc/", 5) == 0 &&
		    shows_hosts(c, root, over))
			report(c, row, over);
	}
}

/* Root's own are where he put them. */
static bool is_asked(const struct audit *a, const struct proc_row *row)
{
	const char *user = users_name(&a->users, row->uid);

	return (row->uid != 0 || a->n_names) && user && audit_asked(a, user);
}

static void look_into(struct covers *c)
{
	struct audit *a = c->audit;
	size_t i;
	int r = view_plan_load(a->places.root, c->place->name, &c->plan);

	if (r < 0) {
		audit_unseen(a, "files of %s: %s", c->place->name,
			     strerror(-r));
		return;
	}
	for (i = 0; i < a->procs.n; i++) {
		const struct proc_row *row = &a->procs.list[i];

		if (row->net == c->place->net && is_asked(a, row))
			look_at(c, row);
	}
	view_plan_free(&c->plan);
}

static bool is_inhabited(const struct audit *a, uint64_t net)
{
	size_t i;

	for (i = 0; i < a->procs.n; i++)
		if (a->procs.list[i].net == net &&
		    is_asked(a, &a->procs.list[i]))
			return true;
	return false;
}

void audit_covers(struct audit *a)
{
	const struct place *end = a->places.list + a->places.n, *place;

	/* Others may not see which files there are. */
	if (!a->places.all || a->places.root < 0)
		return;
	for (place = a->places.list; place < end; place++) {
		struct covers c = { .audit = a, .place = place };

		/* Of several names members may have come by any. */
		if ((place > a->places.list && place[-1].net == place->net) ||
		    (place + 1 < end && place[1].net == place->net))
			continue;
		if (place->net != a->places.host && is_inhabited(a, place->net))
			look_into(&c);
	}
}
