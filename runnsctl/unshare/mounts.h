/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounts.h - what --root, --bind, --tmpfs and --copy-up ask for
 */
#ifndef UNSHARE_MOUNTS_H
#define UNSHARE_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"

enum { MOUNTS_MAX = 32 };

enum mount_what { MOUNT_BIND, MOUNT_TMPFS, MOUNT_COPY_UP };

/**
 * struct mount_wish - one of them
 * @source:	of a bind, as seen outside
 * @target:	absolute path inside
 * @read_only:	of a bind
 * @tree:	of a bind: mounts_prepare()'s
 */
struct mount_wish {
	enum mount_what what;
	const char *source;
	const char *target;
	bool read_only;
	int tree;
};

/**
 * struct mounts - all of them, in the order of the command line
 * @root:	directory that becomes the root, or NULL
 */
struct mounts {
	const char *root;
	struct mount_wish list[MOUNTS_MAX];
	size_t n;
};

/**
 * mounts_parse() - read the argument of an option
 * @arg:	changed, and must outlive @m
 *
 * Return: NULL, or what is wrong with it.
 */
const char *mounts_parse(struct mounts *m, enum mount_what what, char *arg);

/**
 * mounts_want_etc() - is /etc to be copied up?
 *
 * names_mount() does that, for a resolv.conf may have to lie in it.
 */
bool mounts_want_etc(const struct mounts *m);

/**
 * mounts_prepare() - take hold of what is outside of the new root
 *
 * Return: 0; -errno (logged).
 */
int mounts_prepare(struct mounts *m) _must_check_;

/**
 * mounts_change_root() - enter the new root, and leave the host's behind
 *
 * It gets /proc, /sys and /dev of the host's where it has directories for
 * them.  Does nothing without a root.
 *
 * Return: 0; -errno (logged).
 */
int mounts_change_root(const struct mounts *m) _must_check_;

/**
 * mounts_make() - the others, in their order
 *
 * Return: 0; -errno (logged).
 */
int mounts_make(const struct mounts *m) _must_check_;

#endif
