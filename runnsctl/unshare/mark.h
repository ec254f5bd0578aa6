/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark.h - learn from the kernel when nobody is in a mount namespace any more
 *
 * A tmpfs of the namespace's own goes with the last process in it, and with
 * the last descriptor of it; inotify(7) then tells IN_UNMOUNT.  No list of
 * members can be wrong, no descriptor has to be handed down to them, and
 * whoever watches does not keep the namespace.
 */
#ifndef UNSHARE_MARK_H
#define UNSHARE_MARK_H

#include "lib/base/base.h"

/**
 * mark_place() - mark the calling process's mount namespace
 *
 * The mark lies hidden below a copy of one directory's mounts.
 *
 * Return: descriptor, which the caller closes, that polls readable once the
 * namespace is gone; -ENOENT if the root directory has no directory to put
 * the mark on; another -errno.
 */
int mark_place(void) _must_check_;

#endif
