/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage.h - which processes are in a namespace
 *
 * The kernel is asked, by a walk over /proc; no record is believed.
 */
#ifndef RUNNS_USAGE_H
#define RUNNS_USAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"
#include "lib/sys/ns.h"

/**
 * struct usage_process - one process that was found
 * @name:	its comm, raw
 */
struct usage_process {
	pid_t pid;
	uid_t uid;
	char name[32];
};

/**
 * usage_walk() - call @fn for every process with a thread in @ns
 * @ns:		open, so that its number cannot be used again meanwhile
 * @fn:		a value other than 0 ends the walk and is returned
 *
 * The calling process is left out.  Threads are looked at one by one.
 *
 * Return: 0, what @fn returned, or -errno.
 */
int usage_walk(int ns, enum ns_kind kind,
	       int (*fn)(void *ctx, const struct usage_process *process),
	       void *ctx) _must_check_;

/** usage_any() - is any process inside?  1, 0 or -errno */
int usage_any(int ns, enum ns_kind kind) _must_check_;

#endif
