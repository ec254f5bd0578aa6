/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dir.h - the entries of a directory
 */
#ifndef RUNNS_NET_DIR_H
#define RUNNS_NET_DIR_H

#include "lib/base/base.h"

/**
 * dir_each() - call @fn for every entry but "." and "..", in no order
 * @dirfd:	stays the caller's, its position is not touched
 * @fn:		may remove the entry; a value other than 0 ends the walk
 *
 * Return: 0, what @fn returned, or -errno; an error is never taken for the
 * end of the directory.
 */
int dir_each(int dirfd, int (*fn)(void *ctx, const char *name), void *ctx)
	_must_check_;

#endif
