/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - names are resolved inside, or not at all
 */
#ifndef UNSHARE_NAMES_H
#define UNSHARE_NAMES_H

#include <stdbool.h>

#include "lib/base/base.h"

/**
 * struct names - what is resolved how
 * @resolv:	text of resolv.conf inside, or NULL: the host's stays
 * @tree:	mnt_clone() of a file that is to be seen in its place, or -1
 * @copy_etc:	/etc is to be writable
 */
struct names {
	const char *resolv;
	int tree;
	bool copy_etc;
};

/**
 * names_mount() - lay resolv.conf over the host's, and hide the sockets of the
 * host's resolvers
 *
 * Return: 0; -errno (logged).
 */
int names_mount(const struct names *names) _must_check_;

#endif
