/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.c - making and judging a view
 */
#include "lib/session/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/session/view_etc.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"

int view_lost(const struct view_plan *plan,
	      int (*fn)(void *ctx, const char *over), void *ctx)
{
	int end = 0;

	if (plan->overlay && view_etc_is_laid() != 1)
		end = fn(ctx, "/etc");
	for (size_t i = 0; i < plan->n && end == 0; i++) {
		const struct view_cover *cover = plan->covers[i];
		int r = mnt_covered(AT_FDCWD, cover->over, cover->source);

		if (r != 1 && !(r == -ENOENT && cover->optional))
			end = fn(ctx, cover->over);
	}
	return end;
}

static int first_lost(void *ctx, const char *over)
{
	(void)ctx;
	(void)over;
	return -ESTALE;
}

int view_verify(const struct view_plan *plan)
{
	return view_lost(plan, first_lost, NULL);
}

/*
 * The source is opened by its path in the mounts that the cover will be part
 * of (the kernel refuses a copy from elsewhere), and must be the same file.
 */
static int cover_clone(const struct view_cover *cover, int base)
{
	_cleanup_close_ int tree = mnt_clone(base, cover->from + 1, false);
	struct mnt_place is, want;
	int r;

	if (tree < 0)
		return tree;
	r = mnt_place(tree, "", &is);
	if (r == 0)
		r = mnt_place(cover->source, "", &want);
	if (r == 0 && (is.dev != want.dev || is.ino != want.ino))
		r = -ESTALE;
	return r < 0 ? r : TAKE_FD(tree);
}

static int cover_lay(const struct view_cover *cover, int base)
{
	_cleanup_close_ int tree = cover_clone(cover, base);

	return tree < 0 ? tree : mnt_place_tree(tree, AT_FDCWD, cover->over);
}

static int cover_place(const struct view_cover *cover, int base)
{
	int r = mnt_covered(AT_FDCWD, cover->over, cover->source);

	if (r == 1 || (r == -ENOENT && cover->optional))
		return 0;
	if (r < 0)
		return r;
	r = cover_lay(cover, base);
	/* Nothing can be laid on an old cover whose file was deleted. */
	while (r == -ENOENT && mnt_is_root(AT_FDCWD, cover->over) == 1 &&
	       mnt_detach(cover->over) == 1)
		r = cover_lay(cover, base);
	if (r < 0)
		return r;
	r = mnt_covered(AT_FDCWD, cover->over, cover->source);
	return r < 0 ? r : r == 1 ? 0 : -ESTALE;
}

int view_cover_all(const struct view_plan *plan, int base)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct view_cover *cover = plan->covers[i];
		int r = cover_place(cover, base);

		if (r == -ENOENT)
			return log_errno(r, "cannot lay %s over %s: there "
					 "must be a file to cover",
					 cover->from, cover->over);
		if (r < 0)
			return log_errno(r, "cannot lay %s over %s",
					 cover->from, cover->over);
	}
	return 0;
}

/* "/netns/" of the administrator's files, "/runns/" of those we made. */
static bool is_old_cover(const struct mnt_line *line)
{
	if (strncmp(line->point, "/etc/", 5) == 0)
		return strstr(line->root, "/netns/") ||
		       strstr(line->root, "/runns/net/");
	return strstr(line->root, "/runns/empty") != NULL;
}

static bool is_kept(const struct view_plan *keep, const char *point)
{
	for (size_t i = 0; i < keep->n; i++) {
		const struct view_cover *cover = keep->covers[i];

		if (strcmp(cover->over, point) == 0)
			return mnt_covered(AT_FDCWD, point,
					   cover->source) == 1;
	}
	return false;
}

int view_has_old(const struct view_plan *keep)
{
	struct mnt_table table;
	int r = mnt_table_load(&table);

	if (r < 0)
		return log_errno(r, "cannot read the mount table");
	for (size_t i = 0; r == 0 && i < table.n; i++)
		r = is_old_cover(&table.lines[i]) &&
		    !is_kept(keep, table.lines[i].point);
	mnt_table_free(&table);
	return r;
}

int view_uncover(const struct view_plan *keep)
{
	struct mnt_table table;
	int r = mnt_table_load(&table);

	if (r < 0)
		return log_errno(r, "cannot read the mount table");
	for (size_t i = table.n; r >= 0 && i-- > 0;) {
		if (is_old_cover(&table.lines[i]) &&
		    !is_kept(keep, table.lines[i].point))
			r = mnt_detach(table.lines[i].point);
	}
	mnt_table_free(&table);
	return r < 0 ? log_errno(r, "cannot take an old cover away") : 0;
}

int view_hide_handles(void)
{
	static const char *const dirs[] = {
		"/" PATH_HANDLES, "/" PATH_RUN_VIEWS,
	};
	struct mnt_table table;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		while (r >= 0 && mnt_is_root(AT_FDCWD, dirs[i]) == 1) {
			r = mnt_detach(dirs[i]);
			/* One that the kernel lets nobody take away. */
			if (r == 0)
				r = -EBUSY;
		}
	}
	if (r >= 0)
		r = mnt_table_load(&table);
	if (r < 0)
		return r;
	/* Other paths to them: copies of /run in jails, or /run's peers. */
	for (size_t i = table.n; r >= 0 && i-- > 0;) {
		if (strcmp(table.lines[i].type, "nsfs") == 0)
			r = mnt_detach(table.lines[i].point);
	}
	mnt_table_free(&table);
	return r < 0 ? r : 0;
}

static int overlay_lay(const struct view_plan *plan, const int *trees)
{
	int r = view_etc_lay();

	if (r < 0)
		return log_errno(r, "Etc=overlay: cannot lay an overlay of "
				 "/etc over it%s", r == -ENODEV ?
				 ": the kernel has no overlay file system" :
				 "");
	for (size_t i = 0; i < plan->n; i++) {
		const struct view_cover *cover = plan->covers[i];

		r = mnt_place_tree(trees[i], AT_FDCWD, cover->over);
		if (r < 0 && !(r == -ENOENT && cover->optional))
			return log_errno(r, "cannot lay %s over %s",
					 cover->from, cover->over);
	}
	return 0;
}

/* The sources lie in /etc too: taken before it is covered itself. */
static int overlay_apply(const struct view_plan *plan, int base)
{
	int trees[VIEW_COVERS_MAX];
	size_t n;
	int r = 0;

	for (n = 0; n < plan->n && r == 0; n++) {
		trees[n] = cover_clone(plan->covers[n], base);
		if (trees[n] < 0)
			r = log_errno(trees[n], "cannot take %s",
				      plan->covers[n]->from);
	}
	if (r == 0)
		r = overlay_lay(plan, trees);
	while (n > 0)
		base_close(&trees[--n]);
	return r;
}

int view_apply(const struct view_plan *plan, int base)
{
	int r = view_hide_handles();

	if (r < 0)
		return log_errno(r, "cannot hide the handles of namespaces");
	r = mnt_fresh_sys();
	if (r < 0)
		return log_errno(r, "cannot renew /sys");
	r = view_uncover(plan);
	if (r < 0)
		return r;
	r = view_etc_unlay();
	if (r < 0)
		return log_errno(r, "cannot take an old overlay of /etc away");
	return plan->overlay ? overlay_apply(plan, base) :
			       view_cover_all(plan, base);
}

void view_key(uint64_t cookie, char out[VIEW_KEY_SIZE])
{
	snprintf(out, VIEW_KEY_SIZE, "%016llx", (unsigned long long)cookie);
}

int view_dir(int run, uint64_t cookie)
{
	char path[sizeof("views/") + VIEW_KEY_SIZE] = "views/";

	view_key(cookie, path + strlen(path));
	return file_open_dir(run, path);
}

int view_open(int dir, const char *name)
{
	/* Nobody but our builder can have put it there. */
	return ns_open_kind(dir, name, NS_MNT);
}

struct wanted {
	int dir;
	struct stat st;
};

static int is_wanted(void *ctx, const char *name)
{
	const struct wanted *w = ctx;
	struct stat st;

	return fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == w->st.st_dev && st.st_ino == w->st.st_ino;
}

int view_is_ours(int dir, int mnt)
{
	struct wanted wanted = { .dir = dir };

	return fstat(mnt, &wanted.st) < 0 ? -errno :
	       file_each(dir, is_wanted, &wanted);
}
