/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mnt_sys.c - a /sys that shows the network namespace one is in
 *
 * A sysfs mount shows the network namespace in which it was mounted, for
 * ever.  A new one therefore has to take the old one's place; what other
 * file systems were mounted below the old one (cgroup, security, bpf, ...)
 * is copied beforehand and laid onto the new one.  The copies keep their
 * flags and stay slaves of the host's: nothing shared is mounted afresh, for
 * a fresh mount of a shared superblock can change its flags for everybody.
 */
#include "lib/sys/mnt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { SUBMOUNTS_MAX = 64 };

struct submounts {
	const char *point[SUBMOUNTS_MAX];
	int tree[SUBMOUNTS_MAX];
	size_t n;
};

static const struct mnt_line *table_find_top(const struct mnt_table *table,
					     const char *point)
{
	const struct mnt_line *top = NULL;

	for (size_t i = 0; i < table->n; i++) {
		const struct mnt_line *line = &table->lines[i];

		/* Of mounts stacked on one point each is the next one's parent. */
		if (strcmp(line->point, point) == 0 &&
		    (!top || line->parent == top->id))
			top = line;
	}
	return top;
}

static const struct mnt_line *table_find_id(const struct mnt_table *table,
					    int id)
{
	for (size_t i = 0; i < table->n; i++) {
		if (table->lines[i].id == id)
			return &table->lines[i];
	}
	return NULL;
}

/*
 * Outermost: all mounts between this one and /sys are sysfs again, which
 * happens in containers and is left out, since it shows the old devices.
 */
static bool is_outermost(const struct mnt_table *table,
			 const struct mnt_line *line,
			 const struct mnt_line *sys)
{
	const struct mnt_line *up = table_find_id(table, line->parent);

	if (strcmp(line->type, "sysfs") == 0)
		return false;
	while (up && up != sys && strcmp(up->type, "sysfs") == 0)
		up = table_find_id(table, up->parent);
	return up == sys;
}

static int submounts_clone(const struct mnt_table *table,
			   const struct mnt_line *sys, struct submounts *subs)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct mnt_line *line = &table->lines[i];
		int tree;

		if (strncmp(line->point, "/sys/", 5) != 0 ||
		    !is_outermost(table, line, sys))
			continue;
		if (subs->n == SUBMOUNTS_MAX)
			return -E2BIG;
		tree = mnt_clone(AT_FDCWD, line->point, true);
		if (tree < 0)
			return tree;
		subs->point[subs->n] = line->point;
		subs->tree[subs->n++] = tree;
	}
	return 0;
}

static int sys_replace(int sysfs, const struct submounts *subs)
{
	int r = mnt_detach("/sys");

	if (r >= 0)
		r = mnt_place_tree(sysfs, AT_FDCWD, "/sys");
	for (size_t i = 0; r == 0 && i < subs->n; i++)
		r = mnt_place_tree(subs->tree[i], AT_FDCWD, subs->point[i]);
	return r;
}

int mnt_fresh_sys(void)
{
	struct mnt_table table;
	struct submounts subs = { .n = 0 };
	const struct mnt_line *sys;
	int r = mnt_table_load(&table);

	if (r < 0)
		return r;
	sys = table_find_top(&table, "/sys");
	if (sys) {
		_cleanup_close_ int sysfs = mnt_new("sysfs", sys->read_only);

		r = sysfs < 0 ? sysfs : submounts_clone(&table, sys, &subs);
		if (r == 0)
			r = sys_replace(sysfs, &subs);
	}
	while (subs.n > 0)
		close(subs.tree[--subs.n]);
	mnt_table_free(&table);
	return r;
}

int mnt_sys_is_current(void)
{
	_cleanup_close_ int sysfs = mnt_new("sysfs", false);
	struct mnt_place is, want;
	int r = sysfs < 0 ? sysfs : mnt_place(sysfs, "", &want);

	if (r == 0)
		r = mnt_place(AT_FDCWD, "/sys", &is);
	return r < 0 ? r : is.dev == want.dev;
}
