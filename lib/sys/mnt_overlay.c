/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mnt_overlay.c - overlay file systems
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

/* Return: the file system that @fs describes, not yet anywhere, or -errno. */
static int overlay_finish(int fs, unsigned int flags)
{
	long fd;

	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
		     flags | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	return fd < 0 ? -errno : (int)fd;
}

int mnt_overlay(const char *layers, const char *source)
{
	_cleanup_close_ int fs = overlay_open();
	int r = fs < 0 ? fs : overlay_set(fs, "source", source);

	if (r == 0)
		r = overlay_set(fs, "lowerdir", layers);
	return r < 0 ? r : overlay_finish(fs, MOUNT_ATTR_RDONLY);
}

int mnt_overlay_writable(const char *lower, const char *upper, const char *work)
{
	_cleanup_close_ int fs = overlay_open();
	int r = fs < 0 ? fs : overlay_set(fs, "source", "runns");

	if (r == 0)
		r = overlay_set(fs, "lowerdir", lower);
	if (r == 0)
		r = overlay_set(fs, "upperdir", upper);
	if (r == 0)
		r = overlay_set(fs, "workdir", work);
	/* A user may not write the attributes that overlays have else. */
	if (r == 0 && syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "userxattr",
			      NULL, 0) < 0)
		r = -errno;
	return r < 0 ? r : overlay_finish(fs, 0);
}
