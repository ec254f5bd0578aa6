/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procs.h - the processes of /proc, read in one pass, and where they are
 *
 * A network namespace is told by its inode.  That one file system holds all
 * of them; a number is used again only when its namespace is gone, and those
 * that have a name are held open meanwhile (places.h).
 */
#ifndef RUNNSCTL_PROCS_H
#define RUNNSCTL_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/base.h"

enum { PROC_NAME_SIZE = 64 };

/**
 * struct proc_row - a process in one of the networks that its threads are in
 * @uid:	its real uid: whose process it is
 * @net:	inode of the network namespace; 0 if it may not be seen
 * @mark:	inode of /proc/PID/net/stat, which differs between namespaces
 *		and may be seen by everybody; 0 if it was not asked for
 * @name:	its comm, raw
 */
struct proc_row {
	pid_t pid;
	pid_t parent;
	uid_t uid;
	uint64_t net;
	uint64_t mark;
	char name[PROC_NAME_SIZE];
};

/**
 * struct procs - what was found
 */
struct procs {
	struct proc_row *list;
	size_t n;
	size_t cap;
};

/** procs_read() - all processes that are not dead yet; 0 or -errno */
int procs_read(struct procs *out) _must_check_;

/**
 * procs_read_own() - those of one user, for him
 *
 * The kernel shows him the namespaces only of processes that he could trace.
 * Those of the others are told by a process of his with the same @mark.
 *
 * Return: 0 or -errno.
 */
int procs_read_own(struct procs *out, uid_t uid) _must_check_;

/** procs_mark() - the @mark of a process, 0 if it cannot be seen */
uint64_t procs_mark(pid_t pid);

/** procs_name() - comm of a process, "" if there is none */
void procs_name(pid_t pid, char out[PROC_NAME_SIZE]);

/** procs_free() - give the memory back; harmless on a zeroed struct */
void procs_free(struct procs *p);

#endif
