/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copyup.h - directories that differ inside
 */
#ifndef UNSHARE_COPYUP_H
#define UNSHARE_COPYUP_H

#include <stdbool.h>

#include "lib/base/base.h"

/**
 * struct copyup - a directory that shows the host's files and others
 * @dir:	absolute path
 * @writable:	names can be made, removed and replaced inside
 * @resolv:	text of a file resolv.conf that lies over the host's, or NULL
 */
struct copyup {
	const char *dir;
	bool writable;
	const char *resolv;
};

/**
 * copyup_mount() - lay it over the host's
 *
 * An overlay; where the kernel gives users none, which it never does for a
 * directory with mounts of the host's below, a tmpfs with links to the host's
 * files, which then lie in DIR/.host.
 *
 * What the host does to a name, also to replace resolv.conf by rename(2), as
 * resolvconf and DHCP clients do, does not take away what lies over it: the
 * names are the overlay's own.
 *
 * Return: 0 or -errno.
 */
int copyup_mount(const struct copyup *copyup) _must_check_;

#endif
