/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.c - directories of instances
 */
#include "runnsctl/unshare/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/name.h"

enum { PRIVATE = 0700, OPEN_DIR = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

/* Return: 0, or -EPERM if others could have something to do with it. */
static int check_own(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		return -EPERM;
	return 0;
}

/* A directory below one that is the caller's; links are not followed. */
static int open_below(int dir, const char *name)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (mkdirat(dir, name, PRIVATE) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir, name, OPEN_DIR | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	r = check_own(fd);
	return r < 0 ? r : TAKE_FD(fd);
}

/* systemd(1) and elogind make it; what others could have made is no place. */
static int open_runtime(void)
{
	const char *path = getenv("XDG_RUNTIME_DIR");
	_cleanup_close_ int fd = -1;
	int r;

	if (!path || path[0] != '/' || strncmp(path, "/tmp/", 5) == 0 ||
	    strncmp(path, "/var/tmp/", 9) == 0)
		return -ENOENT;
	fd = open(path, OPEN_DIR);
	if (fd < 0)
		return -errno;
	r = check_own(fd);
	return r < 0 ? r : TAKE_FD(fd);
}

const char *place_home(void)
{
	const char *path = getenv("HOME");
	const struct passwd *pw;

	if (path && path[0] == '/')
		return path;
	pw = getpwuid(geteuid());
	return pw ? pw->pw_dir : NULL;
}

/* ~/.local/state may be open to others, what lies below is not. */
static int open_home(void)
{
	const char *path = place_home();
	BUF(dir, PATH_MAX);
	int fd;

	if (!path)
		return -ENOENT;
	buf_addf(&dir, "%s/.local", path);
	if (buf_status(&dir) < 0)
		return -ENAMETOOLONG;
	if (mkdir(dir.text, 0755) < 0 && errno != EEXIST)
		return -errno;
	buf_adds(&dir, "/state");
	if (buf_status(&dir) < 0)
		return -ENAMETOOLONG;
	if (mkdir(dir.text, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open(dir.text, OPEN_DIR);
	return fd < 0 ? -errno : fd;
}

static int open_usual(const char *id)
{
	_cleanup_close_ int base = open_runtime();
	_cleanup_close_ int ours = -1;

	if (base < 0)
		base = open_home();
	if (base < 0)
		return log_errno(base,
				 "unshare: no directory for instances: "
				 "neither XDG_RUNTIME_DIR nor ~/.local/state");
	ours = open_below(base, "runns");
	if (ours >= 0) {
		int fd = open_below(ours, id);

		if (fd >= 0)
			return fd;
		return log_errno(fd, "unshare: directory of instance %s", id);
	}
	return log_errno(ours, "unshare: directory runns of instances");
}

int place_open(const char *id, const char *state)
{
	int fd;

	if (id && !name_is_valid((struct slice){ id, strlen(id) }))
		return log_errno(-EINVAL,
				 "unshare: \"%s\" cannot be the name "
				 "of an instance",
				 id);
	if (!state)
		return open_usual(id);
	fd = open_below(AT_FDCWD, state);
	return fd < 0 ? log_errno(fd,
				  "unshare: %s is not a directory that "
				  "only you can enter",
				  state)
		      : fd;
}
