/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.c - files that only root can have written, opened once
 *
 * What decides is always the descriptor that is used afterwards: there is no
 * moment between the look and the use.
 */
#include "lib/sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/buf.h"

enum { LOCK_POLL_MS = 5 };

/*
 * An access control list that lets others write shows in the group bits,
 * which then are its mask (acl(5)).
 */
static bool stat_is_roots(const struct stat *st)
{
	return st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static int dir_judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return stat_is_roots(&st) ? 0 : -EPERM;
}

int file_host_root(void)
{
	_cleanup_close_ int fd = open("/proc/1/root",
				      O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : dir_judge(fd);

	return r < 0 ? r : TAKE_FD(fd);
}

/* One component further; @path is moved behind it. */
static int dir_step(int at, const char **path)
{
	char name[NAME_MAX + 1];
	size_t len = strcspn(*path, "/");
	_cleanup_close_ int next = -1;
	int r;

	if (len == 0 || len > NAME_MAX)
		return -EINVAL;
	memcpy(name, *path, len);
	name[len] = '\0';
	next = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	r = next < 0 ? -errno : dir_judge(next);
	if (r < 0)
		return r;
	*path += len + ((*path)[len] == '/');
	return TAKE_FD(next);
}

int file_open_dir(int root, const char *path)
{
	int at = dir_step(root, &path);

	while (at >= 0 && *path) {
		int next = dir_step(at, &path);

		close(at);
		at = next;
	}
	return at;
}

int file_open_trusted(int dir, const char *name)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	/*
	 * With O_NONBLOCK neither a FIFO nor a device makes us wait, and the
	 * type is judged on the descriptor before anything is read.
	 */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				       O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (!stat_is_roots(&st))
		return -EPERM;
	return TAKE_FD(fd);
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* readdir(3) would take 32 KiB from the heap of a program not our own. */
int file_each(int dir, int (*fn)(void *ctx, const char *name), void *ctx)
{
	_cleanup_close_ int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY |
							O_CLOEXEC);
	char buf[2048] __attribute__((aligned(8)));
	int r = 0;

	if (fd < 0)
		return -errno;
	while (r == 0) {
		ssize_t n = getdents64(fd, buf, sizeof(buf));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (ssize_t at = 0; r == 0 && at < n;) {
			const struct dirent64 *entry =
				(const struct dirent64 *)(buf + at);

			at += entry->d_reclen;
			if (!is_dot(entry->d_name))
				r = fn(ctx, entry->d_name);
		}
	}
	return r;
}

const char *file_explain(int err)
{
	switch (err) {
	case -ENOENT:
		return "does not exist";
	case -EPERM:
		return "is not owned by root, or others may write to it";
	case -ELOOP:
		return "is a symbolic link, which is not followed";
	case -ENOTDIR:
		return "is not a directory";
	case -EISDIR:
		return "is a directory, not a file";
	case -EINVAL:
	case -ENXIO:
		return "is not a regular file";
	case -EFBIG:
		return "is too large";
	case -EBUSY:
		return "changed while it was read";
	default:
		return strerror(-err);
	}
}

/* Reads to the end, or until @size bytes are there; bytes or -errno. */
static ssize_t read_full(int fd, char *out, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t r = read(fd, out + n, size - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += (size_t)r;
	}
	return (ssize_t)n;
}

int file_read_all(int fd, size_t max, char **text, size_t *len)
{
	_cleanup_free_ char *p = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((unsigned long long)st.st_size > max)
		return -EFBIG;
	p = malloc((size_t)st.st_size + 1);
	if (!p)
		return -ENOMEM;
	n = read_full(fd, p, (size_t)st.st_size + 1);
	if (n < 0)
		return (int)n;
	if (n > st.st_size)
		return -EBUSY;
	p[n] = '\0';
	*text = TAKE_PTR(p);
	*len = (size_t)n;
	return 0;
}

ssize_t file_read_small(int dir, const char *path, char *out, size_t size)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read_full(fd, out, size);
	if (n < 0)
		return n;
	if ((size_t)n == size)
		return -EFBIG;
	if (n > 0 && out[n - 1] == '\n')
		n--;
	out[n] = '\0';
	return n;
}

int file_write_small(int dir, const char *path, const char *text)
{
	_cleanup_close_ int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t r;

	if (fd < 0)
		return -errno;
	r = write(fd, text, len);
	if (r < 0)
		return -errno;
	return (size_t)r == len ? 0 : -EIO;
}

/*
 * A user may have set a limit on the size of files for a program of root's
 * that he starts, which a write beyond would end by SIGXFSZ (setrlimit(2)).
 */
static int size_verify(size_t len)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
		return -errno;
	return limit.rlim_cur == RLIM_INFINITY || len <= limit.rlim_cur ?
		       0 : -EFBIG;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t r = write(fd, text, len);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		text += r;
		len -= (size_t)r;
	}
	return 0;
}

int file_replace(int dir, const char *name, mode_t mode, const char *text,
		 size_t len)
{
	_cleanup_close_ int fd = -1;
	BUF(tmp, NAME_MAX + 1);
	int r;

	buf_addf(&tmp, ".%s.%d", name, (int)getpid());
	r = buf_status(&tmp);
	if (r == 0)
		r = size_verify(len);
	if (r < 0)
		return r;
	/* A leftover of a killed process that had our pid is overwritten. */
	fd = openat(dir, tmp.text,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    mode);
	if (fd < 0)
		return -errno;
	r = fchmod(fd, mode) < 0 ? -errno : write_all(fd, text, len);
	if (r == 0 && renameat(dir, tmp.text, dir, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir, tmp.text, 0);
	return r;
}

static bool file_has(int fd, const char *text, size_t len)
{
	_cleanup_free_ char *now = NULL;
	size_t now_len;

	return file_read_all(fd, len, &now, &now_len) == 0 && now_len == len &&
	       memcmp(now, text, len) == 0;
}

int file_update(int dir, const char *name, mode_t mode, const char *text,
		size_t len)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		r = file_replace(dir, name, mode, text, len);
		return r < 0 ? r : 1;
	}
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
		return -errno;
	if (file_has(fd, text, len))
		return 0;
	r = size_verify(len);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	r = write_all(fd, text, len);
	if (r == 0 && ftruncate(fd, (off_t)len) < 0)
		r = -errno;
	return r < 0 ? r : 1;
}

int file_make_dir(int dir, const char *name, mode_t mode)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (mkdirat(dir, name, mode) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || !stat_is_roots(&st))
		return -EPERM;
	/* mkdirat(2) took the umask off; only make up what it took. */
	if ((st.st_mode & 0777 & ~mode) != 0)
		return -EPERM;
	if ((st.st_mode & 0777) != mode && fchmodat(dir, name, mode, 0) < 0)
		return -errno;
	return 0;
}

int file_lock(int dir, const char *name, int timeout_ms)
{
	_cleanup_close_ int fd = -1;
	long long deadline = file_now_ms() + timeout_ms;

	fd = openat(dir, name,
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct timespec pause = { .tv_nsec = LOCK_POLL_MS * 1000000L };

		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (file_now_ms() >= deadline)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return TAKE_FD(fd);
}

long long file_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
