/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * namespaces.h - a set of namespaces by descriptor
 */
#ifndef UNSHARE_NAMESPACES_H
#define UNSHARE_NAMESPACES_H

#include <sched.h>
#include <stddef.h>

#include "lib/base/base.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/* In the order in which they are joined: the first gives the rights. */
enum namespace_kind {
	NAMESPACE_USER,
	NAMESPACE_MNT,
	NAMESPACE_NET,
	NAMESPACE_PID,
	NAMESPACE_IPC,
	NAMESPACE_UTS,
	NAMESPACE_CGROUP,
	NAMESPACE_TIME,
	NAMESPACES_MAX,
};

/** struct namespaces - one descriptor of each kind, or -1 */
struct namespaces {
	int fd[NAMESPACES_MAX];
};

/** namespaces_init() - none of them */
void namespaces_init(struct namespaces *ns);

/** namespaces_close() - close those that there are */
void namespaces_close(struct namespaces *ns);

/**
 * namespaces_open_self() - those that the calling process's children get
 * @dir:	/proc/self/ns, which a new root may not have
 * @flags:	CLONE_NEW... of the kinds that are wanted
 *
 * Return: 0 and @ns, to be closed by the caller; -errno, and nothing is open.
 */
int namespaces_open_self(struct namespaces *ns, int dir,
			 int flags) _must_check_;

/**
 * namespaces_pack() - as a list without gaps
 * @fds:	room for NAMESPACES_MAX
 *
 * Return: how many; @flags is set to CLONE_NEW... of those.
 */
size_t namespaces_pack(const struct namespaces *ns, int *fds, int *flags);

/**
 * namespaces_unpack() - the reverse
 *
 * Return: 0, and the descriptors are @ns's; -EPROTO if the numbers do not
 * agree, and then they are closed.
 */
int namespaces_unpack(struct namespaces *ns, const int *fds, size_t n,
		      int flags) _must_check_;

/**
 * namespaces_join() - the calling process, its children for pid
 *
 * It must have one thread only.  The working directory is then the root.
 *
 * Return: 0 or -errno (logged); some may have been joined then.
 */
int namespaces_join(const struct namespaces *ns) _must_check_;

#endif
