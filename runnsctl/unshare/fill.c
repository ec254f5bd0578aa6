/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.c - copy programs and what they need into a root directory
 *
 * Which libraries a program needs is told by the loader that it names, which
 * lists them without running it.
 */
#include "runnsctl/unshare/fill.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "runnsctl/unshare/engine.h"
#include "runnsctl/unshare/needs.h"
#include "runnsctl/unshare/rooted.h"

enum { DEPTH_MAX = 4, LIST_MAX = 256 * 1024, DIR_MODE = 0755 };

/* Where --root mounts, and what nearly every program wants. */
static const char *const usual[] = { "proc", "sys", "dev", "tmp",
				     "etc",  "run", "root" };

static int fill_one(int root, const char *path, unsigned int depth);

static int copy_bytes(int from, int to, off_t size)
{
	while (size > 0) {
		ssize_t n = sendfile(to, from, NULL, (size_t)size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		size -= n;
	}
	return 0;
}

/* Return: 1 if it was copied, 0 if it was there, -errno. */
static int copy_file(int root, const char *path, int from)
{
	_cleanup_close_ int to = rooted_create(root, path);
	struct stat st;
	int r;

	if (to == -EEXIST)
		return 0;
	if (to < 0)
		return to;
	if (fstat(from, &st) < 0)
		return -errno;
	r = copy_bytes(from, to, st.st_size);
	/* No set-user-ID bits: they would be the caller's. */
	if (r == 0 && fchmod(to, st.st_mode & 0777) < 0)
		r = -errno;
	if (r < 0)
		rooted_unlink(root, path);
	return r < 0 ? r : 1;
}

/* Return: what the loader lists, which the caller frees, or NULL. */
static char *list_libraries(const char *loader, const char *path)
{
	char *const words[] = { (char *)loader, (char *)"--list", (char *)path,
				NULL };
	struct engine engine = { .path = loader, .argv = words };
	char *text = calloc(1, LIST_MAX + 1);
	int ends[2], status = -1;
	size_t len = 0;
	ssize_t n = 1;
	pid_t pid;

	if (!text || pipe2(ends, O_CLOEXEC) < 0) {
		free(text);
		return NULL;
	}
	engine.out = ends[1];
	pid = engine_start(&engine);
	close(ends[1]);
	while (pid > 0 && n > 0 && len < LIST_MAX) {
		n = read(ends[0], text + len, LIST_MAX - len);
		if (n > 0)
			len += (size_t)n;
	}
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (status == 0)
		return text;
	free(text);
	return NULL;
}

/* NAME => PATH (ADDRESS), or PATH (ADDRESS), or NAME => not found */
static int fill_line(int root, char *line, const char *program,
		     unsigned int depth)
{
	char *path = strchr(line, '/');

	if (strstr(line, "=> not found")) {
		log_msg(LOG_ERR, "unshare: --fill: %s: library is missing: %s",
			program, line);
		return -ENOENT;
	}
	if (!path)
		return 0;
	path[strcspn(path, " \t")] = '\0';
	return fill_one(root, path, depth);
}

static int fill_libraries(int root, const char *loader, const char *path,
			  unsigned int depth)
{
	_cleanup_free_ char *list = list_libraries(loader, path);
	char *rest = NULL;
	int r = 0;

	if (!list)
		return log_errno(-ENOEXEC,
				 "unshare: --fill: %s does not tell "
				 "the libraries of %s",
				 loader, path);
	for (char *line = strtok_r(list, "\n", &rest); line && r == 0;
	     line = strtok_r(NULL, "\n", &rest))
		r = fill_line(root, line, path, depth);
	return r == 0 ? fill_one(root, loader, depth) : r;
}

static int fill_needs(int root, const char *path, int file, unsigned int depth)
{
	char other[PATH_MAX];
	enum needs needs = needs_of(file, other, sizeof(other));

	switch (needs) {
	case NEEDS_LOADER:
		return fill_libraries(root, other, path, depth);
	case NEEDS_INTERPRETER:
		return fill_one(root, other, depth);
	default:
		return 0;
	}
}

static int fill_one(int root, const char *path, unsigned int depth)
{
	_cleanup_close_ int file =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int r;

	if (file < 0 || fstat(file, &st) < 0)
		return log_errno(-errno, "unshare: --fill: %s", path);
	if (!S_ISREG(st.st_mode))
		return log_errno(-EINVAL, "unshare: --fill: %s is no file",
				 path);
	r = copy_file(root, path, file);
	if (r < 0)
		return log_errno(r, "unshare: --fill: copy of %s", path);
	/* The loader has listed the libraries of libraries as well. */
	if (depth > DEPTH_MAX || strstr(path, ".so"))
		return 0;
	return fill_needs(root, path, file, depth + 1);
}

/* Return: 0 and @out, or -ENOENT. */
static int find_program(const char *name, char *out, size_t size)
{
	const char *dirs = getenv("PATH");
	struct stat st;

	if (strchr(name, '/'))
		return realpath(name, out) ? 0 : -errno;
	if (!dirs || !dirs[0])
		dirs = "/bin:/usr/bin";
	for (size_t len; *dirs; dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		if ((size_t)snprintf(out, size, "%.*s/%s", (int)len, dirs,
				     name) < size &&
		    out[0] == '/' && access(out, X_OK) == 0 &&
		    stat(out, &st) == 0 && S_ISREG(st.st_mode))
			return 0;
	}
	return -ENOENT;
}

static int make_usual(int root)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		if (mkdirat(root, usual[i], DIR_MODE) < 0 && errno != EEXIST)
			return -errno;
	}
	return rooted_links(root);
}

static int open_root(const char *root)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (mkdir(root, DIR_MODE) < 0 && errno != EEXIST)
		return -errno;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = make_usual(fd);
	return r < 0 ? r : TAKE_FD(fd);
}

int fill_root(const char *root, char *const *programs)
{
	_cleanup_close_ int fd = open_root(root);
	char path[PATH_MAX];

	if (fd < 0)
		return log_errno(fd, "unshare: --fill %s", root);
	for (; *programs; programs++) {
		int r = find_program(*programs, path, sizeof(path));

		if (r < 0)
			return log_errno(r, "unshare: --fill: %s", *programs);
		r = fill_one(fd, path, 0);
		if (r < 0)
			return r;
	}
	return 0;
}
