/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_etc.c - an /etc that the host cannot take covers away from
 *
 * The kernel drops a mount when the name that it lies on is renamed or
 * removed, in whatever mount namespace.  Names of an overlay file system are
 * its own: covers that lie on an overlay of /etc stay, whatever the host does
 * to the file below.  It has no layer to write to.
 */
#include "lib/session/view_etc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "lib/session/paths.h"
#include "lib/sys/mnt.h"

#define ETC "/etc"
#define ETC_SOURCE "runns-etc"	/* how the mount table tells ours */

static bool is_ours(const struct mnt_line *line)
{
	return strcmp(line->type, "overlay") == 0 &&
	       strcmp(line->source, ETC_SOURCE) == 0;
}

int view_etc_is_laid(void)
{
	struct mnt_table table;
	bool laid = false;
	int r = mnt_table_load(&table);

	if (r < 0)
		return r;
	/* Of mounts on one point the last one is on top. */
	for (size_t i = 0; i < table.n; i++) {
		if (strcmp(table.lines[i].point, ETC) == 0)
			laid = is_ours(&table.lines[i]);
	}
	mnt_table_free(&table);
	return laid;
}

int view_etc_lay(void)
{
	/* Of one layer the kernel makes none; the other is empty. */
	_cleanup_close_ int tree = mnt_overlay(ETC ":/" PATH_RUN_EMPTY,
					       ETC_SOURCE);

	return tree < 0 ? tree : mnt_place_tree(tree, AT_FDCWD, ETC);
}

int view_etc_unlay(void)
{
	int r;

	while ((r = view_etc_is_laid()) == 1) {
		r = mnt_detach(ETC);
		if (r <= 0)
			return r < 0 ? r : -EBUSY;
	}
	return r;
}

int view_etc_renew(void)
{
	return mount(NULL, ETC, NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID |
					      MS_NODEV, NULL) < 0 ? -errno : 0;
}
