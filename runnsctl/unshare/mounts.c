/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounts.c - what --root, --bind, --tmpfs and --copy-up ask for
 *
 * Sources are taken hold of before the root changes; all else happens after,
 * when every path is what it will be for the program.
 */
#include "runnsctl/unshare/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/base/log.h"
#include "lib/sys/mnt.h"
#include "runnsctl/unshare/copyup.h"

enum { DIR_MODE = 0755, FILE_MODE = 0644, PATH_MAX_BYTES = 4096 };

/* What programs expect in a root directory. */
static const char *const usual[] = { "/proc", "/sys", "/dev" };

/* --- words ------------------------------------------------------------------ */

/* SOURCE:TARGET[:ro] */
static const char *parse_bind(struct mount_wish *wish, char *arg)
{
	char *colon = strchr(arg, ':');
	char *option;

	if (!colon || colon == arg)
		return "is not SOURCE:TARGET or SOURCE:TARGET:ro";
	*colon = '\0';
	wish->source = arg;
	wish->target = colon + 1;
	option = strchr(colon + 1, ':');
	if (!option)
		return NULL;
	*option = '\0';
	if (strcmp(option + 1, "ro") != 0)
		return "ends neither with TARGET nor with :ro";
	wish->read_only = true;
	return NULL;
}

const char *mounts_parse(struct mounts *m, enum mount_what what, char *arg)
{
	struct mount_wish *wish = &m->list[m->n];
	const char *why = NULL;

	if (m->n == MOUNTS_MAX)
		return "is one too many (32)";
	*wish = (struct mount_wish){ .what = what, .target = arg, .tree = -1 };
	if (what == MOUNT_BIND)
		why = parse_bind(wish, arg);
	if (!why && (wish->target[0] != '/' || !wish->target[1]))
		why = "is no absolute path of a directory below /";
	if (!why && strlen(wish->target) >= PATH_MAX_BYTES)
		why = "is too long";
	if (!why)
		m->n++;
	return why;
}

static bool is_etc(const struct mount_wish *wish)
{
	return wish->what == MOUNT_COPY_UP &&
	       (strcmp(wish->target, "/etc") == 0 ||
		strcmp(wish->target, "/etc/") == 0);
}

bool mounts_want_etc(const struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (is_etc(&m->list[i]))
			return true;
	}
	return false;
}

/* --- sources ---------------------------------------------------------------- */

static int make_read_only(int tree)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	return syscall(SYS_mount_setattr, tree, "",
		       AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0
		       ? -errno
		       : 0;
}

/* Links are followed, as the shell would. */
static int clone_source(const struct mount_wish *wish)
{
	_cleanup_close_ int tree = (int)syscall(
		SYS_open_tree, AT_FDCWD, wish->source,
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	int r = tree < 0 ? -errno : 0;

	if (r == 0 && wish->read_only)
		r = make_read_only(tree);
	return r < 0 ? log_errno(r, "unshare: --bind %s", wish->source)
		     : TAKE_FD(tree);
}

int mounts_prepare(struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct mount_wish *wish = &m->list[i];

		if (wish->what != MOUNT_BIND)
			continue;
		wish->tree = clone_source(wish);
		if (wish->tree < 0)
			return wish->tree;
	}
	return 0;
}

/* --- root ------------------------------------------------------------------- */

static int enter_root(const char *root)
{
	_cleanup_close_ int tree = mnt_clone(AT_FDCWD, root, true);
	_cleanup_close_ int top = -1;
	int r = tree < 0 ? tree : mnt_place_tree(tree, AT_FDCWD, root);

	if (r < 0)
		return r;
	top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top < 0 || fchdir(top) < 0)
		return -errno;
	/* The old root lies on the new one then (pivot_root(2)). */
	if (syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

int mounts_change_root(const struct mounts *m)
{
	int tree[ARRAY_SIZE(usual)];
	int r;

	if (!m->root)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		tree[i] = mnt_clone(AT_FDCWD, usual[i], true);
	r = enter_root(m->root);
	if (r < 0)
		log_errno(r, "unshare: --root %s", m->root);
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		/* Without the directory none is wanted. */
		if (r == 0 && tree[i] >= 0 &&
		    mnt_is_root(AT_FDCWD, usual[i]) == 0)
			r = mnt_place_tree(tree[i], AT_FDCWD, usual[i]);
		base_close(&tree[i]);
	}
	return r;
}

/* --- the others ------------------------------------------------------------- */

/* Directories on the way to @path; failures show when it is used. */
static void make_way(const char *path)
{
	char copy[PATH_MAX_BYTES];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, DIR_MODE) < 0 && errno != EEXIST)
			return;
		*slash = '/';
	}
}

static void make_target(const struct mount_wish *wish, bool is_file)
{
	struct stat st;

	if (stat(wish->target, &st) == 0)
		return;
	make_way(wish->target);
	if (is_file)
		close(open(wish->target, O_WRONLY | O_CREAT | O_CLOEXEC,
			   FILE_MODE));
	else if (mkdir(wish->target, DIR_MODE) < 0)
		return;
}

static int make_bind(const struct mount_wish *wish)
{
	struct stat st;

	if (fstat(wish->tree, &st) < 0)
		return -errno;
	make_target(wish, !S_ISDIR(st.st_mode));
	if (syscall(SYS_move_mount, wish->tree, "", AT_FDCWD, wish->target,
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
		return -errno;
	return 0;
}

static int make_tmpfs(const struct mount_wish *wish)
{
	make_target(wish, false);
	return mount("tmpfs", wish->target, "tmpfs", MS_NOSUID | MS_NODEV,
		     "mode=0755") < 0
		       ? -errno
		       : 0;
}

static int make_copy(const struct mount_wish *wish)
{
	const struct copyup copy = { .dir = wish->target, .writable = true };

	return is_etc(wish) ? 0 : copyup_mount(&copy);
}

static int make_one(const struct mount_wish *wish)
{
	switch (wish->what) {
	case MOUNT_BIND:
		return make_bind(wish);
	case MOUNT_TMPFS:
		return make_tmpfs(wish);
	default:
		return make_copy(wish);
	}
}

int mounts_make(const struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		int r = make_one(&m->list[i]);

		if (r < 0)
			return log_errno(r, "unshare: cannot mount %s",
					 m->list[i].target);
	}
	return 0;
}
