/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exec.c - the last step: the user's program
 *
 * As execvpe(3) looks for it, but for files that are no program, which that
 * function hands to a shell.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/sys/exec.h"

/* confstr(3), _CS_PATH */
static const char default_path[] = "/bin:/usr/bin";

static const char *path_find(char *const envp[])
{
	for (; *envp; envp++) {
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	}
	return default_path;
}

/* What is wrong with one directory does not end the search. */
static bool goes_on(int err)
{
	switch (err) {
	case EACCES:
	case ENOENT:
	case ENOTDIR:
	case ENODEV:
	case ESTALE:
	case ETIMEDOUT:
	case ENAMETOOLONG:
		return true;
	default:
		return false;
	}
}

/* @dir is not terminated; an empty one is the working directory. */
static int exec_in(const char *dir, size_t len, char *const argv[],
		   char *const envp[])
{
	BUF(path, PATH_MAX);
	int err;

	buf_add(&path, dir, len);
	if (len > 0)
		buf_addc(&path, '/');
	buf_adds(&path, argv[0]);
	if (buf_status(&path) < 0)
		return ENAMETOOLONG;
	execve(path.text, argv, envp);
	err = errno;
	/* Nothing is found in a directory that is closed to him. */
	if (err == EACCES && access(path.text, F_OK) < 0)
		err = ENOENT;
	return err;
}

static int exec_by_path(char *const argv[], char *const envp[])
{
	const char *dir = path_find(envp);
	int found = ENOENT;
	int err;

	do {
		size_t len = strcspn(dir, ":");

		err = exec_in(dir, len, argv, envp);
		if (!goes_on(err))
			return err;
		if (err == EACCES)
			found = err;
		dir += len;
	} while (*dir++ == ':');
	return found;
}

int exec_program(char *const argv[], char *const envp[])
{
	const char *name = argv[0];
	int err;

	if (strchr(name, '/')) {
		execve(name, argv, envp);
		err = errno;
	} else {
		err = *name ? exec_by_path(argv, envp) : ENOENT;
	}
	if (err == ENOEXEC)
		log_msg(LOG_ERR, "%s: neither a program nor a script that "
			"begins with \"#!\"", name);
	else if (err == ENOENT && strchr(name, '/') &&
		 access(name, F_OK) == 0)
		log_msg(LOG_ERR, "%s: its interpreter is missing", name);
	else
		log_msg(LOG_ERR, "%s: %s", name, strerror(err));
	return err == ENOENT ? EXEC_NOT_FOUND : EXEC_CANNOT;
}
