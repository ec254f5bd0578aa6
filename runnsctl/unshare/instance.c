/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instance.c - find an instance, or begin one
 */
#include "runnsctl/unshare/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "runnsctl/forward/channel.h"
#include "runnsctl/unshare/control.h"
#include "runnsctl/unshare/place.h"

enum { WAIT_MS = 30000, PAUSE_MS = 1, BACKLOG = 64, PRIVATE = 0600 };

void instance_init(struct instance *instance)
{
	instance->dir = instance->lock = instance->control = -1;
	namespaces_init(&instance->ns);
}

void instance_close(struct instance *instance)
{
	base_close(&instance->dir);
	base_close(&instance->lock);
	base_close(&instance->control);
	namespaces_close(&instance->ns);
	instance_init(instance);
}

/* Where a directory is now; @path has room for PATH_MAX. */
static int path_of(int dir, char *path)
{
	char link[sizeof("/proc/self/fd/") + 12];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	len = readlink(link, path, PATH_MAX - 1);
	if (len < 0)
		return -errno;
	path[len] = '\0';
	return 0;
}

void instance_remove(const struct instance *instance)
{
	static const char *const files[] = { "control", "child_pid",
					     "resolv.conf" };
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlinkat(instance->dir, files[i], 0);
	/* Whoever waits for the lock sees that it is not the one any more. */
	unlinkat(instance->dir, "lock", 0);
	if (path_of(instance->dir, path) == 0)
		rmdir(path);
}

int instance_inside(const struct instance *instance)
{
	_cleanup_close_ int dir = -1;
	char path[PATH_MAX];
	struct stat want, is;
	int r = path_of(instance->dir, path);

	if (r < 0)
		return r;
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fstat(dir, &is) < 0 || fstat(instance->dir, &want) < 0)
		return -errno;
	if (is.st_dev != want.st_dev || is.st_ino != want.st_ino)
		return -ESTALE;
	return TAKE_FD(dir);
}

/* Return: a socket, and in @at the keeper's place, or -errno. */
static int control_socket(int dir, struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	/* The path itself would be too long for most directories. */
	snprintf(at->sun_path, sizeof(at->sun_path),
		 "/proc/self/fd/%d/control", dir);
	return fd;
}

static int listen_at(int dir)
{
	struct sockaddr_un at;
	_cleanup_close_ int fd = control_socket(dir, &at);

	if (fd < 0)
		return fd;
	/* No moment in which others could connect: the directory is closed. */
	if ((unlinkat(dir, "control", 0) < 0 && errno != ENOENT) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    fchmodat(dir, "control", PRIVATE, 0) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* Return: 1 and @instance->lock, 0 if somebody has it, -errno. */
static int try_lock(struct instance *instance)
{
	_cleanup_close_ int fd =
		openat(instance->dir, "lock",
		       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		       PRIVATE);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	/* Of an instance that has just been removed. */
	if (st.st_nlink == 0)
		return -ENOENT;
	instance->lock = TAKE_FD(fd);
	return 1;
}

static int begin(struct instance *instance)
{
	int fd;

	fd = listen_at(instance->dir);
	if (fd < 0)
		return fd;
	instance->control = fd;
	/* Before anybody looks, and never another inode. */
	fd = file_update(instance->dir, "resolv.conf", 0644, "", 0);
	return fd < 0 ? fd : 0;
}

/* Return: descriptor; -EAGAIN if it is not there now; another -errno. */
static int connect_at(int dir)
{
	struct sockaddr_un at;
	_cleanup_close_ int fd = control_socket(dir, &at);

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return TAKE_FD(fd);
	return errno == ENOENT || errno == ECONNREFUSED ? -EAGAIN : -errno;
}

int instance_connect(const char *id, const char *state)
{
	_cleanup_close_ int dir = place_open(id, state);
	char path[PATH_MAX];
	int fd;

	if (dir < 0)
		return dir;
	fd = connect_at(dir);
	if (fd >= 0)
		return fd;
	if (fd != -EAGAIN)
		return log_errno(fd, "instance %s", id ? id : state);
	/* Made just now, unless there is something in it. */
	if (!state && path_of(dir, path) == 0)
		rmdir(path);
	log_msg(LOG_ERR, "there is no instance %s", id ? id : state);
	return -ENOENT;
}

/* Return: 1 and @instance->ns; -EAGAIN if it is not there now; -errno. */
static int ask_keeper(struct instance *instance)
{
	_cleanup_close_ int fd = connect_at(instance->dir);
	const struct control_ask words = { .what = CONTROL_JOIN };
	struct control_answer answer;
	int fds[CHANNEL_FDS_MAX];
	size_t n;
	int r;

	if (fd < 0)
		return fd;
	r = channel_send(fd, &words, sizeof(words), NULL, 0);
	if (r == 0)
		r = channel_recv(fd, &answer, sizeof(answer), fds, &n);
	if (r == -EPIPE || (r == 0 && answer.error == -ESRCH))
		return -EAGAIN;
	if (r == 0)
		r = answer.error ? answer.error :
				   namespaces_unpack(&instance->ns, fds, n,
						     answer.flags);
	return r < 0 ? r : 1;
}

/* Return: as instance_open(), or -EAGAIN. */
static int try_open(struct instance *instance, const char *id,
		    const char *state)
{
	int r;

	instance_close(instance);
	instance->dir = place_open(id, state);
	if (instance->dir < 0)
		return instance->dir;
	r = try_lock(instance);
	if (r == -ENOENT)
		return -EAGAIN;
	if (r == 0)
		r = ask_keeper(instance);
	else if (r == 1)
		r = begin(instance);
	if (r < 0 && r != -EAGAIN)
		log_errno(r, "unshare: instance %s", id ? id : state);
	return r;
}

int instance_open(struct instance *instance, const char *id, const char *state)
{
	long long end = file_now_ms() + WAIT_MS;
	int r;

	instance_init(instance);
	for (;;) {
		r = try_open(instance, id, state);
		if (r != -EAGAIN || file_now_ms() > end)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	if (r == -EAGAIN)
		log_msg(LOG_ERR, "unshare: instance %s neither starts nor ends",
			id ? id : state);
	return r;
}
