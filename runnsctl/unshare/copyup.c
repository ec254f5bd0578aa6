/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copyup.c - directories that differ inside
 */
#include "runnsctl/unshare/copyup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"

enum { PATH_SIZE = 4200, DIR_MODE = 0755, FILE_MODE = 0644 };

static const char hosts_name[] = ".host";

/*
 * Layers must be somewhere while the overlay is made: on a directory that
 * nothing is looked up in meanwhile.
 */
static const char *const workshops[] = { "/sys", "/dev", "/run", "/tmp",
					 "/usr" };

static int resolv_write(int dir, const char *resolv)
{
	int r;

	if (!resolv)
		return 0;
	r = file_update(dir, "resolv.conf", FILE_MODE, resolv, strlen(resolv));
	return r < 0 ? r : 0;
}

/* Return: a tmpfs, not yet anywhere, with the layers in it, or -errno. */
static int layers_make(const struct copyup *c)
{
	_cleanup_close_ int fs = mnt_new("tmpfs", false);
	_cleanup_close_ int upper = -1;
	int r;

	if (fs < 0)
		return fs;
	if (mkdirat(fs, "upper", DIR_MODE) < 0 ||
	    mkdirat(fs, "work", DIR_MODE) < 0)
		return -errno;
	upper = openat(fs, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (upper < 0 || fchmod(upper, DIR_MODE) < 0)
		return -errno;
	r = resolv_write(upper, c->resolv);
	return r < 0 ? r : TAKE_FD(fs);
}

static int overlay_make(const struct copyup *c, const char *workshop)
{
	BUF(upper, PATH_SIZE);
	BUF(work, PATH_SIZE);

	buf_addf(&upper, "%s/upper", workshop);
	buf_addf(&work, "%s/work", workshop);
	if (c->writable)
		return mnt_overlay_writable(c->dir, upper.text, work.text);
	buf_addf(&upper, ":%s", c->dir);
	return buf_status(&upper) < 0 ? -ENAMETOOLONG
				      : mnt_overlay(upper.text, "runns");
}

/* Return: the overlay, not yet anywhere, or -errno. */
static int overlay_build(const struct copyup *c)
{
	_cleanup_close_ int layers = layers_make(c);
	int r = layers;

	for (size_t i = 0; layers >= 0 && i < ARRAY_SIZE(workshops); i++) {
		int tree, gone;

		if (strcmp(workshops[i], c->dir) == 0)
			continue;
		r = mnt_place_tree(layers, AT_FDCWD, workshops[i]);
		if (r == -ENOENT || r == -ENOTDIR)
			continue;
		if (r < 0)
			break;
		tree = overlay_make(c, workshops[i]);
		gone = mnt_detach(workshops[i]);
		if (gone < 0)
			base_close(&tree);
		return gone < 0 ? gone : tree;
	}
	return r;
}

/* --- where there is no overlay ---------------------------------------------- */

static int link_one(void *ctx, const char *name)
{
	const int *top = ctx;
	BUF(target, PATH_SIZE);

	buf_addf(&target, "%s/%s", hosts_name, name);
	if (buf_status(&target) < 0)
		return -ENAMETOOLONG;
	/* What lies over it is there already. */
	if (symlinkat(target.text, *top, name) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

/* A descriptor of a mount that is nowhere takes no fchmod(2). */
static int open_top(int fs)
{
	_cleanup_close_ int top =
		openat(fs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0 || fchmod(top, DIR_MODE) < 0 ||
	    mkdirat(top, hosts_name, DIR_MODE) < 0)
		return -errno;
	return TAKE_FD(top);
}

static int links_build(const struct copyup *c)
{
	_cleanup_close_ int fs = mnt_new("tmpfs", false);
	_cleanup_close_ int host = mnt_clone(AT_FDCWD, c->dir, true);
	_cleanup_close_ int top = fs < 0 ? fs : open_top(fs);
	int r = top < 0 ? top : host < 0 ? host : 0;

	if (r == 0)
		r = resolv_write(top, c->resolv);
	if (r == 0)
		r = file_each(host, link_one, &top);
	if (r == 0)
		r = mnt_place_tree(fs, AT_FDCWD, c->dir);
	if (r == 0)
		r = mnt_place_tree(host, top, hosts_name);
	return r;
}

int copyup_mount(const struct copyup *c)
{
	_cleanup_close_ int tree = overlay_build(c);

	/* Before Linux 5.11, and where something of the host's is mounted
	 * below, users get none. */
	if (tree < 0)
		return links_build(c);
	return mnt_place_tree(tree, AT_FDCWD, c->dir);
}
