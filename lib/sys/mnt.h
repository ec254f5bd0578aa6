/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mnt.h - the mount operations that a view is made of
 *
 * mount(2), umount2(2), open_tree(2), move_mount(2), fsopen(2), statx(2).
 */
#ifndef RUNNS_MNT_H
#define RUNNS_MNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lib/base/base.h"

/** mnt_is_root() - is a mount right on @path, links not followed? 1, 0, -errno */
int mnt_is_root(int dir, const char *path) _must_check_;

/**
 * struct mnt_place - which directory or file, of which mount
 * @is_mount_root: the mount begins here
 * @is_roots:	it is root's, and nobody else may write to it
 *
 * From what the kernel knows: no daemon, of FUSE say, is asked and waited for.
 */
struct mnt_place {
	uint64_t mnt_id;
	uint64_t dev;
	uint64_t ino;
	bool is_mount_root;
	bool is_roots;
};

/**
 * mnt_place() - look at @path, links not followed
 * @path:	"" for @dir itself
 *
 * Return: 0 or -errno.
 */
int mnt_place(int dir, const char *path, struct mnt_place *out) _must_check_;

static inline bool mnt_place_same(const struct mnt_place *a,
				  const struct mnt_place *b)
{
	return a->mnt_id == b->mnt_id && a->dev == b->dev && a->ino == b->ino;
}

/**
 * struct mnt_groups - where a mount gets its events from and passes them to
 * @peer:	peer group, 0 if it is not shared
 * @master:	peer group that it is a slave of, 0 if none
 */
struct mnt_groups {
	uint64_t peer;
	uint64_t master;
};

/**
 * mnt_groups() - propagation of the mount that @path is on
 * @path:	any file on it; "" for @dir itself
 * @host_mnt:	the host's mount namespace if the mount is there; -1 if it is
 *		in the calling thread's own
 *
 * statmount(2) where the kernel has it (Linux 6.8, 6.11 for the host's), else
 * a read of mountinfo up to the mount.
 *
 * Return: 0; -ENOENT if there is no such mount in that namespace; another
 * -errno.
 */
int mnt_groups(int dir, const char *path, int host_mnt,
	       struct mnt_groups *out) _must_check_;

/**
 * mnt_clone() - a copy of the file or tree at @path, not yet anywhere
 * @recursive:	with the mounts below it
 *
 * Links are not followed.
 *
 * Return: descriptor that the caller closes; -errno.
 */
int mnt_clone(int dir, const char *path, bool recursive) _must_check_;

/**
 * mnt_new() - a new mount of @type, not yet anywhere
 *
 * fsopen(2), fsmount(2); nosuid, nodev, noexec.
 *
 * Return: descriptor that the caller closes; -errno.
 */
int mnt_new(const char *type, bool read_only) _must_check_;

/** mnt_has_overlay() - has the kernel overlay file systems? */
bool mnt_has_overlay(void);

/**
 * mnt_overlay() - an overlay without a layer to write to, not yet anywhere
 * @layers:	absolute paths of at least two directories, divided by colons,
 *		the top one first
 * @source:	as the mount table is to name it
 *
 * nosuid, nodev.
 *
 * Return: descriptor that the caller closes; -ENODEV if the kernel has none;
 * another -errno.
 */
int mnt_overlay(const char *layers, const char *source) _must_check_;

/**
 * mnt_overlay_writable() - an overlay of a user's, not yet anywhere
 * @lower:	absolute path of the directory that shows through
 * @upper:	absolute path of the one that changes go to
 * @work:	absolute path of an empty directory beside @upper
 *
 * nosuid, nodev.
 *
 * Return: as mnt_overlay().
 */
int mnt_overlay_writable(const char *lower, const char *upper, const char *work)
	_must_check_;

/**
 * mnt_place_tree() - put what mnt_clone() or mnt_new() gave on @path
 * @dir:	directory, or AT_FDCWD
 *
 * On @path itself, also when it is a symbolic link, dangling or not.  A
 * kernel that cannot do that for links says -EINVAL.
 *
 * Return: 0 or -errno.
 */
int mnt_place_tree(int tree, int dir, const char *path) _must_check_;

/**
 * mnt_covered() - does @path show the file that @source is?
 * @source:	O_PATH descriptor
 *
 * Return: 1 if a mount of that file is on top of the name, 0 if not, -errno.
 */
int mnt_covered(int dir, const char *path, int source) _must_check_;

/**
 * mnt_slave_all() - take the whole tree of the thread's mount namespace out
 * of its peer groups: the host's mounts keep coming, ours stay here
 *
 * The caller's root must be that of the namespace.
 *
 * Return: 0 or -errno.
 */
int mnt_slave_all(void) _must_check_;

/**
 * mnt_detach() - take away what is on @path
 *
 * Return: 1 if something was, 0 if nothing, -errno.
 */
int mnt_detach(const char *path) _must_check_;

/**
 * mnt_detach_at() - take away the mount that begins at a directory
 * @top:	descriptor of it
 *
 * Return: 1 if it was, 0 if it had been taken away already, -errno.
 */
int mnt_detach_at(int top) _must_check_;

/**
 * mnt_fresh_sys() - let /sys show the thread's network namespace
 *
 * A new sysfs takes the place of the old one; the mounts below the old one
 * (cgroup, security, bpf, ...) are moved onto it with their own flags, those
 * of type sysfs left out since they would show the old devices.  No /sys, or
 * one that is no sysfs, is left alone.
 *
 * Return: 0 or -errno.
 */
int mnt_fresh_sys(void) _must_check_;

/**
 * mnt_sys_is_current() - does /sys show the thread's network namespace?
 *
 * Every mount of sysfs for one network namespace is the same file system.
 *
 * Return: 1, 0 or -errno.
 */
int mnt_sys_is_current(void) _must_check_;

/**
 * struct mnt_line - a line of mountinfo (proc_pid_mountinfo(5))
 * @root:	what of the file system is mounted, escapes undone
 * @point:	mount point as seen from the reader's root, escapes undone
 * @type:	type of the file system
 * @source:	what it was mounted from, as its type has it
 */
struct mnt_line {
	int id;
	int parent;
	char *root;
	char *point;
	char *type;
	char *source;
	bool read_only;
	struct mnt_groups groups;
};

/**
 * struct mnt_table - all mounts of the calling thread's mount namespace
 *
 * Mounts that the thread's root hides are not among them.
 */
struct mnt_table {
	struct mnt_line *lines;
	size_t n;
	char *text;
};

/** mnt_table_load() - read it; 0, and @out must be freed, or -errno */
int mnt_table_load(struct mnt_table *out) _must_check_;

/**
 * mnt_type_begins() - is @fd on a file system whose type begins so?
 *
 * By mountinfo, not by a question to the file system (statfs(2)).
 *
 * Return: 1, 0, -ENOENT if its mount is not to be seen, or -errno.
 */
int mnt_type_begins(int fd, const char *type) _must_check_;

/** mnt_table_free() - give the memory back; harmless on a zeroed struct */
void mnt_table_free(struct mnt_table *table);

#endif
