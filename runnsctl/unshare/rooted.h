/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rooted.h - files below a directory that is to be a root
 */
#ifndef UNSHARE_ROOTED_H
#define UNSHARE_ROOTED_H

#include "lib/base/base.h"

/**
 * rooted_create() - make a file and the directories on the way to it
 * @root:	no link leads out of it
 * @path:	absolute, as on the host: what is a link below / there, such as
 *		/lib, becomes one here
 *
 * Return: descriptor for writing that the caller closes; -EEXIST if it is
 * there already; another -errno.
 */
int rooted_create(int root, const char *path) _must_check_;

/**
 * rooted_links() - make /bin, /lib and the like links where they are on the
 * host, so that either path leads to a program
 *
 * Return: 0 or -errno.
 */
int rooted_links(int root) _must_check_;

/** rooted_unlink() - take away what rooted_create() has made */
void rooted_unlink(int root, const char *path);

#endif
