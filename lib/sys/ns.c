/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns.c - network and mount namespaces by descriptor
 *
 * setns(2) moves the calling thread only, therefore everything here reads
 * /proc/thread-self and never /proc/self, which is the first thread.
 */
#include "lib/sys/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "lib/sys/proc.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 0xd, uint64_t)
#endif

/* PROC_USER_INIT_INO of the kernel: the initial user namespace's number. */
#define USER_NS_INIT_INO 0xEFFFFFFDU

static const struct {
	const char *self;
	const char *host;
	int flag;
	unsigned long pidfd_request; /* PIDFD_GET_*_NAMESPACE */
} kinds[] = {
	[NS_NET] = { "/proc/thread-self/ns/net", "/proc/1/ns/net",
		     CLONE_NEWNET, _IO(0xFF, 4) },
	[NS_MNT] = { "/proc/thread-self/ns/mnt", "/proc/1/ns/mnt",
		     CLONE_NEWNS, _IO(0xFF, 3) },
};

/*
 * A descriptor of the thread itself leads to its namespaces at a third of
 * the cost of a walk through /proc, whose entries are made anew for every
 * process (pidfd_open(2): the requests Linux 6.11).
 */
int ns_open_of(int thread, enum ns_kind kind)
{
	int fd = thread < 0 ? -1 :
		 ioctl(thread, kinds[kind].pidfd_request, 0);

	if (fd < 0)
		fd = open(kinds[kind].self, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int ns_open_self(enum ns_kind kind)
{
	_cleanup_close_ int thread = proc_open_thread();

	return ns_open_of(thread, kind);
}

int ns_open_host(enum ns_kind kind)
{
	int fd = open(kinds[kind].host, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Is the namespace owned by the initial user namespace? */
int ns_verify_owner(int fd)
{
	_cleanup_close_ int user = ioctl(fd, NS_GET_USERNS);
	struct stat st;

	/* EPERM: the owner is not within our own user namespace. */
	if (user < 0)
		return -errno;
	if (fstat(user, &st) < 0)
		return -errno;
	return st.st_ino == USER_NS_INIT_INO ? 0 : -EPERM;
}

static int kind_verify(int fd, enum ns_kind kind)
{
	struct statfs fs;
	int type;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EBADF;
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type < 0)
		return -errno;
	return type == kinds[kind].flag ? 0 : -EBADF;
}

int ns_verify(int fd, enum ns_kind kind)
{
	int r = kind_verify(fd, kind);

	return r < 0 ? r : ns_verify_owner(fd);
}

/*
 * EPERM of the first request: the owner is not within our user namespace.
 * The second has no other answer to a user namespace.
 */
int ns_verify_of_user(int fd, uid_t uid)
{
	_cleanup_close_ int user = -1;
	_cleanup_close_ int own = -1;
	uid_t owner;
	int r = kind_verify(fd, NS_NET);

	if (r < 0)
		return r;
	user = ioctl(fd, NS_GET_USERNS);
	own = open("/proc/thread-self/ns/user", O_RDONLY | O_CLOEXEC);
	if (user < 0 || own < 0 || ioctl(user, NS_GET_OWNER_UID, &owner) < 0)
		return -errno;
	r = ns_same(user, own);
	if (r < 0)
		return r;
	return r == 0 && owner == uid ? 0 : -EPERM;
}

int ns_open_kind(int dir, const char *name, enum ns_kind kind)
{
	_cleanup_close_ int fd = -1;
	int r;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				       O_CLOEXEC);
	if (fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EACCES))
		return -EBADF;
	if (fd < 0)
		return -errno;
	r = kind_verify(fd, kind);
	return r < 0 ? r : TAKE_FD(fd);
}

int ns_open(int dir, const char *name, enum ns_kind kind)
{
	_cleanup_close_ int fd = ns_open_kind(dir, name, kind);
	int r = fd < 0 ? fd : ns_verify_owner(fd);

	return r < 0 ? r : TAKE_FD(fd);
}

int ns_same(int a, int b)
{
	struct stat sa, sb;

	if (fstat(a, &sa) < 0 || fstat(b, &sb) < 0)
		return -errno;
	return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int ns_cookie(uint64_t *cookie)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*cookie);

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &len) < 0)
		return errno == ENOPROTOOPT ? -EOPNOTSUPP : -errno;
	return 0;
}

int ns_cookie_at(int fd, uint64_t *cookie)
{
	if (ioctl(fd, NS_GET_ID, cookie) == 0)
		return 0;
	return errno == ENOTTY ? -EOPNOTSUPP : -errno;
}

int ns_cookie_of(int fd, uint64_t *cookie)
{
	_cleanup_close_ int back = -1;
	int r = ns_cookie_at(fd, cookie);

	if (r != -EOPNOTSUPP)
		return r;
	back = ns_open_self(NS_NET);
	if (back < 0)
		return back;
	r = ns_join(fd, NS_NET);
	if (r < 0)
		return r;
	r = ns_cookie(cookie);
	return ns_join(back, NS_NET) < 0 ? -ENOTRECOVERABLE : r;
}

int ns_join(int fd, enum ns_kind kind)
{
	return setns(fd, kinds[kind].flag) < 0 ? -errno : 0;
}

int ns_loopback_up(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo" };

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) < 0)
		return -errno;
	if (ifr.ifr_flags & IFF_UP)
		return 0;
	ifr.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &ifr) < 0 ? -errno : 0;
}
