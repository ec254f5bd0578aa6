/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * etc_overlay.c - note for those who enter whether /etc is an overlay inside
 */
#include "net/etc_overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/mnt.h"
#include "net/record.h"
#include "net/views.h"

static int overlay_mark(int dir, bool set)
{
	int fd;

	if (!set)
		return unlinkat(dir, NET_MARK_OVERLAY, 0) < 0 ? -errno : 0;
	fd = openat(dir, NET_MARK_OVERLAY, O_WRONLY | O_CREAT | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int etc_overlay_note(const struct host *h, const struct plan *plan)
{
	_cleanup_close_ int dir = record_dir(h, plan->name, true);
	bool was;
	int err = 0;

	if (plan->etc_overlay && !mnt_has_overlay())
		return log_errno(-ENODEV, "%s: Etc=overlay: the kernel has no "
				 "overlay file system (CONFIG_OVERLAY_FS): "
				 "take Etc=bind", plan->name);
	was = dir >= 0 && faccessat(dir, NET_MARK_OVERLAY, F_OK, 0) == 0;
	if (dir < 0)
		err = dir;
	else if (was != plan->etc_overlay)
		err = overlay_mark(dir, plan->etc_overlay);
	if (err)
		return log_errno(err, "cannot write the files of %s",
				 plan->name);
	return was != plan->etc_overlay ? views_drop(h, 0, plan->name) : 0;
}
