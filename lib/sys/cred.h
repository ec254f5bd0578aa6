/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cred.h - a program of root's becomes a user's
 *
 * credentials(7), capabilities(7), setresuid(2).
 */
#ifndef RUNNS_CRED_H
#define RUNNS_CRED_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"

/**
 * cred_in_host_users() - is the calling process in the initial user namespace?
 *
 * Root of any other is an ordinary user here.
 *
 * Return: 1, 0, or -errno if /proc does not tell.
 */
int cred_in_host_users(void) _must_check_;

/**
 * cred_drop() - become a user for good, and prove it
 * @uid:	all four user ids; 0 keeps the capabilities as they are
 * @gid:	all four group ids
 *
 * The supplementary groups, and for users the inheritable capabilities and
 * the bounding set, stay: they are the caller's business.  Whatever securebits
 * say, no capability is left to a user.  Until it starts another program the
 * process cannot be traced by him.
 *
 * Return: 0; -errno, and then no program of the user's may be started.
 */
int cred_drop(uid_t uid, gid_t gid) _must_check_;

#endif
