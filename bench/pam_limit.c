/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pam_limit.c - the least that a session in a namespace can cost
 *
 *	pam_limit.so [passwd] [groups] [map=FILE] net=HANDLE [view=HANDLE]
 *
 * Does only the system calls that the job needs, judges nothing and does not
 * go back: a measure for pam_runns.so, of no other use.  With `passwd` it
 * looks the user up once, with `groups` it asks for his groups, with `map=`
 * it reads a file after it judged it and every directory above.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <security/pam_modules.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/base.h"

enum { GROUPS_MAX = 256 };

static int user_look_up(pam_handle_t *pamh, bool groups)
{
	gid_t list[GROUPS_MAX];
	const struct passwd *pw;
	const char *name;
	int n = GROUPS_MAX;

	if (pam_get_user(pamh, &name, NULL) != PAM_SUCCESS)
		return -EINVAL;
	pw = getpwnam(name);
	if (!pw)
		return -ENOENT;
	if (groups && getgrouplist(pw->pw_name, pw->pw_gid, list, &n) < 0)
		return -E2BIG;
	return 0;
}

static int trusted(int fd, size_t *size)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	*size = (size_t)st.st_size;
	return st.st_uid == 0 && !(st.st_mode & 022) ? 0 : -EPERM;
}

/* Component by component, as a path of directories has to be judged. */
static int map_read(const char *path)
{
	_cleanup_close_ int dir = open("/", O_PATH | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	const char *slash;
	size_t size = 0;
	int r = trusted(dir, &size);

	while (r == 0 && (slash = strchr(++path, '/'))) {
		char name[NAME_MAX + 1] = "";
		int next;

		memcpy(name, path, (size_t)(slash - path));
		next = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		close(dir);
		dir = next;
		r = trusted(dir, &size);
		path = slash;
	}
	if (r < 0)
		return r;
	r = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	close(dir);
	dir = r;
	r = trusted(dir, &size);
	text = r == 0 ? malloc(size + 1) : NULL;
	if (!text)
		return r < 0 ? r : -ENOMEM;
	return read(dir, text, size + 1) == (ssize_t)size ? 0 : -EIO;
}

static int join(const char *path, int kind)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || setns(fd, kind) < 0 ? -errno : 0;
}

/* Views are hidden from inside a view: it comes last on the line. */
static int argument(pam_handle_t *pamh, const char *arg)
{
	if (strcmp(arg, "passwd") == 0)
		return user_look_up(pamh, false);
	if (strcmp(arg, "groups") == 0)
		return user_look_up(pamh, true);
	if (strncmp(arg, "map=", 4) == 0)
		return map_read(arg + 4);
	if (strncmp(arg, "net=", 4) == 0)
		return join(arg + 4, CLONE_NEWNET);
	if (strncmp(arg, "view=", 5) == 0)
		return join(arg + 5, CLONE_NEWNS);
	return -EINVAL;
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
			const char **argv)
{
	(void)flags;
	for (int i = 0; i < argc; i++) {
		if (argument(pamh, argv[i]) < 0)
			return PAM_SESSION_ERR;
	}
	return PAM_SUCCESS;
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
			 const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_SUCCESS;
}
