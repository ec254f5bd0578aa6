/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confine.c - is a client of the socket service confined in a way that a
 * program started by the service would not be?
 *
 * The service lifts no confinement: whatever it cannot put on the program as
 * well must be the service's own.
 */
#include "helper/confine.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/session/paths.h"
#include "lib/session/view.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"

static const struct {
	const char *kind;
	const char *text;
} namespaces[] = {
	{ "user", "you are in a user namespace" },
	{ "pid", "you are in another pid namespace than the service" },
	{ "ipc", "you are in another ipc namespace than the service" },
	{ "uts", "you are in another uts namespace than the service" },
	{ "cgroup", "you are in another cgroup namespace than the service" },
	{ "time", "you are in another time namespace than the service" },
};

static int open_ns(const struct peer *peer, const char *name)
{
	int fd = openat(peer->proc, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Members of a network see the host's mounts through a view of ours. */
static int stands_in_view(const struct peer *peer, int host)
{
	_cleanup_close_ int net = open_ns(peer, "ns/net");
	_cleanup_close_ int mnt = open_ns(peer, "ns/mnt");
	_cleanup_close_ int run = -1;
	_cleanup_close_ int views = -1;
	uint64_t cookie;

	if (net < 0 || mnt < 0)
		return -ESRCH;
	if (ns_cookie_of(net, &cookie) < 0)
		return 0;
	run = file_open_dir(host, PATH_RUN);
	if (run < 0)
		return 0;
	views = view_dir(run, cookie);
	return views < 0 ? 0 : view_is_ours(views, mnt);
}

static bool mounts_are_known(const struct peer *peer, int host)
{
	return peer_shares(peer, "mnt") == 1 || stands_in_view(peer, host) == 1;
}

const char *confine_differs(const struct peer *peer, int host)
{
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		if (peer_shares(peer, namespaces[i].kind) != 1)
			return namespaces[i].text;
	}
	if (!mounts_are_known(peer, host))
		return "you are in another mount namespace than the service";
	if (peer->seccomp != 0)
		return "you have a seccomp filter";
	if (peer_same_text(peer, "attr/current") != 1)
		return "your security label is another than the service's";
	if (!peer->has_own_ids)
		return "your user and group ids are not all the same";
	/* execve(2) would give root all that the bounding set holds. */
	if (peer->uid == 0 && peer->permitted != peer->bounding)
		return "you are root without some capabilities";
	return NULL;
}

static int join(const struct peer *peer, const char *name, enum ns_kind kind)
{
	_cleanup_close_ int fd = open_ns(peer, name);

	return fd < 0 ? fd : ns_join(fd, kind);
}

/* Joining a mount namespace leads to its root. */
static int check_root(int root)
{
	struct mnt_place is, want;
	int r = mnt_place(root, "", &is);

	if (r == 0)
		r = mnt_place(AT_FDCWD, "/", &want);
	if (r < 0)
		return r;
	return mnt_place_same(&is, &want) ? 0 : -EXDEV;
}

int confine_join(const struct peer *peer)
{
	_cleanup_close_ int root =
		openat(peer->proc, "root", O_PATH | O_CLOEXEC);
	_cleanup_close_ int cwd = openat(peer->proc, "cwd", O_PATH | O_CLOEXEC);
	int r;

	if (root < 0 || cwd < 0)
		return -errno;
	r = join(peer, "ns/net", NS_NET);
	if (r == 0)
		r = join(peer, "ns/mnt", NS_MNT);
	if (r == 0)
		r = check_root(root);
	if (r == 0 && fchdir(cwd) < 0)
		r = -errno;
	return r;
}
