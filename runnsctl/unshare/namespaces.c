/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * namespaces.c - a set of namespaces by descriptor
 */
#include "runnsctl/unshare/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>

#include "lib/base/log.h"

static const struct {
	int flag;
	const char *file;
} kinds[NAMESPACES_MAX] = {
	[NAMESPACE_USER] = { CLONE_NEWUSER, "user" },
	[NAMESPACE_MNT] = { CLONE_NEWNS, "mnt" },
	[NAMESPACE_NET] = { CLONE_NEWNET, "net" },
	[NAMESPACE_PID] = { CLONE_NEWPID, "pid_for_children" },
	[NAMESPACE_IPC] = { CLONE_NEWIPC, "ipc" },
	[NAMESPACE_UTS] = { CLONE_NEWUTS, "uts" },
	[NAMESPACE_CGROUP] = { CLONE_NEWCGROUP, "cgroup" },
	[NAMESPACE_TIME] = { CLONE_NEWTIME, "time_for_children" },
};

void namespaces_init(struct namespaces *ns)
{
	for (size_t i = 0; i < NAMESPACES_MAX; i++)
		ns->fd[i] = -1;
}

void namespaces_close(struct namespaces *ns)
{
	for (size_t i = 0; i < NAMESPACES_MAX; i++)
		base_close(&ns->fd[i]);
	namespaces_init(ns);
}

int namespaces_open_self(struct namespaces *ns, int dir, int flags)
{
	namespaces_init(ns);
	for (size_t i = 0; i < NAMESPACES_MAX; i++) {
		int fd;

		if (!(flags & kinds[i].flag))
			continue;
		fd = openat(dir, kinds[i].file, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			fd = -errno;
			namespaces_close(ns);
			return fd;
		}
		ns->fd[i] = fd;
	}
	return 0;
}

size_t namespaces_pack(const struct namespaces *ns, int *fds, int *flags)
{
	size_t n = 0;

	*flags = 0;
	for (size_t i = 0; i < NAMESPACES_MAX; i++) {
		if (ns->fd[i] < 0)
			continue;
		fds[n++] = ns->fd[i];
		*flags |= kinds[i].flag;
	}
	return n;
}

int namespaces_unpack(struct namespaces *ns, const int *fds, size_t n,
		      int flags)
{
	size_t taken = 0;

	namespaces_init(ns);
	for (size_t i = 0; i < NAMESPACES_MAX && taken < n; i++) {
		if (flags & kinds[i].flag) {
			ns->fd[i] = fds[taken++];
			flags &= ~kinds[i].flag;
		}
	}
	if (taken == n && !flags)
		return 0;
	while (taken < n)
		close(fds[taken++]);
	namespaces_close(ns);
	return -EPROTO;
}

int namespaces_join(const struct namespaces *ns)
{
	/* Root inside could trace who has joined the user namespace, and is
	 * in the host's others still (ptrace(2)). */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return log_errno(-errno, "unshare: prctl");
	for (size_t i = 0; i < NAMESPACES_MAX; i++) {
		if (ns->fd[i] >= 0 && setns(ns->fd[i], kinds[i].flag) < 0)
			return log_errno(-errno, "unshare: cannot join %s",
					 kinds[i].file);
	}
	return 0;
}
