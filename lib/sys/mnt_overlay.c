/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mnt_overlay.c - overlay file systems without a layer to write to
 */
#include "lib/sys/mnt.h"

#include <errno.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int overlay_open(void)
{
	int fs = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);

	return fs < 0 ? -errno : fs;
}

bool mnt_has_overlay(void)
{
	_cleanup_close_ int fs = overlay_open();

	return fs >= 0;
}

static int overlay_set(int fs, const char *key, const char *value)
{
	return syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0) <
			       0 ? -errno : 0;
}

int mnt_overlay(const char *layers, const char *source)
{
	_cleanup_close_ int fs = overlay_open();
	int r = fs < 0 ? fs : overlay_set(fs, "source", source);
	long fd;

	if (r == 0)
		r = overlay_set(fs, "lowerdir", layers);
	if (r == 0 &&
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		r = -errno;
	if (r < 0)
		return r;
	fd = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
		     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY);
	return fd < 0 ? -errno : (int)fd;
}
