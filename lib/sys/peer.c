/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer.c - who is at the other end of a socket, and what he is confined by
 */
#include "lib/sys/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/sys/file.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* The list of 65,536 groups is in it. */
enum { STATUS_MAX = 1 << 20, TEXT_MAX = 4096 };

int peer_uid(int socket, uid_t *uid)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return -errno;
	*uid = cred.uid;
	return 0;
}

static int ids_get(int socket, struct peer *peer)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return -errno;
	/* 0 is one that this pid namespace does not show. */
	if (cred.pid <= 0)
		return -ESRCH;
	peer->pid = cred.pid;
	peer->uid = cred.uid;
	peer->gid = cred.gid;
	return 0;
}

static int groups_get(int socket, struct peer *peer)
{
	socklen_t size = 0;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0)
		return 0;
	if (errno != ERANGE)
		return -errno;
	peer->groups = malloc(size);
	if (!peer->groups)
		return -ENOMEM;
	if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &size) <
	    0)
		return -errno;
	peer->n_groups = size / sizeof(gid_t);
	return 0;
}

/*
 * Before Linux 6.5 there is only the pid, which could be another's by now:
 * then its user ids must still be those that connected.
 */
static int pidfd_get(int socket, struct peer *peer)
{
	socklen_t size = sizeof(peer->pidfd);
	long fd;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &peer->pidfd, &size) ==
	    0)
		return 0;
	if (errno != ENOPROTOOPT)
		return -errno;
	fd = syscall(SYS_pidfd_open, peer->pid, 0);
	if (fd < 0)
		return -errno;
	peer->pidfd = (int)fd;
	return 0;
}

/* Return: what stands behind "\nKEY:\t", or NULL. */
static const char *field(const char *status, const char *key)
{
	char line[32];
	const char *at;

	snprintf(line, sizeof(line), "\n%s:\t", key);
	at = strstr(status, line);
	return at ? at + strlen(line) : NULL;
}

/* Absent is an error: a default would be a guess. */
static int number(const char *status, const char *key, int base, uint64_t *out)
{
	const char *at = field(status, key);
	char *end;

	if (!at)
		return -ENODATA;
	errno = 0;
	*out = strtoull(at, &end, base);
	return errno || end == at || *end != '\n' ? -ENODATA : 0;
}

static bool all_are(const char *status, const char *key, unsigned int id)
{
	const char *at = field(status, key);
	char want[64];

	snprintf(want, sizeof(want), "%u\t%u\t%u\t%u\n", id, id, id, id);
	return at && strncmp(at, want, strlen(want)) == 0;
}

static int status_parse(const char *status, struct peer *peer)
{
	uint64_t no_new_privs, seccomp, mask;
	int r = number(status, "NoNewPrivs", 10, &no_new_privs);

	if (r == 0)
		r = number(status, "Umask", 8, &mask);
	if (r == 0)
		r = number(status, "CapBnd", 16, &peer->bounding);
	if (r == 0)
		r = number(status, "CapPrm", 16, &peer->permitted);
	if (r == 0)
		r = number(status, "CapInh", 16, &peer->inheritable);
	if (r < 0)
		return r;
	/* Of a kernel without filters there is no such line. */
	if (number(status, "Seccomp", 10, &seccomp) < 0)
		seccomp = 0;
	peer->seccomp = (unsigned int)seccomp;
	peer->no_new_privs = no_new_privs != 0;
	peer->umask = (mode_t)mask;
	peer->has_own_ids = all_are(status, "Uid", peer->uid) &&
			    all_are(status, "Gid", peer->gid);
	return 0;
}

static int status_read(struct peer *peer)
{
	_cleanup_free_ char *text = malloc(STATUS_MAX);
	_cleanup_close_ int fd =
		openat(peer->proc, "status", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (!text)
		return -ENOMEM;
	if (fd < 0)
		return -errno;
	while (n > 0 && len < STATUS_MAX - 1) {
		n = read(fd, text + len, STATUS_MAX - 1 - len);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	}
	text[len] = '\0';
	return status_parse(text, peer);
}

static int proc_open(struct peer *peer)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", peer->pid);
	peer->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (peer->proc < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	return peer_lives(peer) ? 0 : -ESRCH;
}

int peer_open(int socket, struct peer *peer)
{
	int r;

	*peer = (struct peer){ .pidfd = -1, .proc = -1 };
	r = ids_get(socket, peer);
	if (r == 0)
		r = groups_get(socket, peer);
	if (r == 0)
		r = pidfd_get(socket, peer);
	if (r == 0)
		r = proc_open(peer);
	if (r == 0)
		r = status_read(peer);
	if (r < 0)
		peer_close(peer);
	return r;
}

void peer_close(struct peer *peer)
{
	base_close(&peer->pidfd);
	base_close(&peer->proc);
	free(peer->groups);
	*peer = (struct peer){ .pidfd = -1, .proc = -1 };
}

bool peer_lives(const struct peer *peer)
{
	struct pollfd p = { peer->pidfd, POLLIN, 0 };

	return poll(&p, 1, 0) == 0;
}

int peer_shares(const struct peer *peer, const char *kind)
{
	struct stat its, ours;
	char its_path[32], our_path[48];

	snprintf(its_path, sizeof(its_path), "ns/%s", kind);
	snprintf(our_path, sizeof(our_path), "/proc/self/ns/%s", kind);
	if (stat(our_path, &ours) < 0)
		return errno == ENOENT ? 1 : -errno;
	if (fstatat(peer->proc, its_path, &its, 0) < 0)
		return -errno;
	return its.st_dev == ours.st_dev && its.st_ino == ours.st_ino;
}

int peer_same_text(const struct peer *peer, const char *file)
{
	char its[TEXT_MAX], ours[TEXT_MAX], path[64];
	ssize_t its_n, our_n;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	its_n = file_read_small(peer->proc, file, its, sizeof(its));
	our_n = file_read_small(AT_FDCWD, path, ours, sizeof(ours));
	if (its_n != our_n)
		return 0;
	return its_n <= 0 || memcmp(its, ours, (size_t)its_n) == 0;
}
