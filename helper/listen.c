/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.c - the socket of the service
 */
#include "helper/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/session/paths.h"
#include "lib/session/rundir.h"
#include "lib/sys/file.h"
#include "lib/sys/wire.h"

enum { GIVEN_FIRST = 3, LOCK_MS = 10000 };

static const char *variable(char *const envp[], const char *name)
{
	size_t len = strlen(name);

	for (; *envp; envp++) {
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			return *envp + len + 1;
	}
	return NULL;
}

static bool variable_is(char *const envp[], const char *name, uint64_t want)
{
	const char *text = variable(envp, name);
	uint64_t value;

	return text && num_parse(text, strlen(text), INT32_MAX, &value) == 0 &&
	       value == want;
}

static bool option_is(int fd, int option, int want)
{
	socklen_t size = sizeof(int);
	int value = 0;

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 &&
	       value == want;
}

int listen_given(char *const envp[])
{
	if (!variable_is(envp, "LISTEN_PID", (uint64_t)getpid()))
		return -ENOENT;
	if (!variable_is(envp, "LISTEN_FDS", 1) ||
	    !option_is(GIVEN_FIRST, SO_DOMAIN, AF_UNIX) ||
	    !option_is(GIVEN_FIRST, SO_TYPE, SOCK_SEQPACKET) ||
	    !option_is(GIVEN_FIRST, SO_ACCEPTCONN, 1))
		return log_errno(-EINVAL,
				 "what was given is not one "
				 "listening socket for sequential packets");
	if (fcntl(GIVEN_FIRST, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(GIVEN_FIRST, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return GIVEN_FIRST;
}

/* What is in the way, if nobody listens on it. */
static int clear(const char *path)
{
	_cleanup_close_ int there = wire_connect(path);
	struct stat st;

	if (there == -ENOENT)
		return 0;
	if (there != -ECONNREFUSED)
		return log_errno(-EADDRINUSE, "%s: a service is there already",
				 path);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return log_errno(-EEXIST, "%s: is not a socket", path);
	return unlink(path) < 0 ? -errno : 0;
}

/* Nobody can connect before listen(2), and by then it is whose it is to be. */
static int bind_for(int fd, const char *path, gid_t gid)
{
	struct sockaddr_un address;
	int r = wire_address(path, &address);

	if (r < 0)
		return log_errno(r, "%s", path);
	umask(0777);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno
								       : 0;
	umask(022);
	if (r == 0 && (chown(path, 0, gid) < 0 || chmod(path, 0660) < 0 ||
		       listen(fd, SOMAXCONN) < 0))
		r = -errno;
	return r < 0 ? log_errno(r, "%s", path) : 0;
}

static int group_find(gid_t *gid)
{
	const struct group *group;

	errno = 0;
	group = getgrnam(LISTEN_GROUP);
	if (!group)
		return log_errno(errno ? -errno : -ENOENT,
				 "there is no group \"" LISTEN_GROUP "\", "
				 "whose members may connect: make it by "
				 "'groupadd -r " LISTEN_GROUP "'");
	*gid = group->gr_gid;
	return 0;
}

/* Two that start at once would each take the other's socket for a dead one. */
int listen_make(const char *path, int host)
{
	_cleanup_close_ int locks = rundir_open(host, "lock", 0700);
	_cleanup_close_ int lock = -1;
	_cleanup_close_ int fd = -1;
	gid_t gid = 0;
	int r = group_find(&gid);

	if (r < 0)
		return r;
	lock = locks < 0 ? locks : file_lock(locks, "service", LOCK_MS);
	if (lock < 0)
		return log_errno(lock, "/" PATH_RUN_LOCK "/service");
	r = clear(path);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return log_errno(-errno, "socket");
	r = bind_for(fd, path, gid);
	return r < 0 ? r : TAKE_FD(fd);
}
