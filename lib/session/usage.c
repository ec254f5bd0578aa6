/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage.c - which processes are in a namespace
 */
#include "lib/session/usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/num.h"
#include "lib/sys/file.h"

enum { TASK_PATH_SIZE = 64 };

static const char *const ns_names[] = { [NS_NET] = "net", [NS_MNT] = "mnt" };

static bool in_namespace(int task, const char *ns_name, const struct stat *ns)
{
	char path[TASK_PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "ns/%s", ns_name);
	return fstatat(task, path, &st, 0) == 0 && st.st_dev == ns->st_dev &&
	       st.st_ino == ns->st_ino;
}

/*
 * A thread may have gone elsewhere alone (setns(2)); most processes have
 * only one, for which the process's own link says it all.
 */
static bool any_thread_in(int proc, const char *ns_name, const struct stat *ns)
{
	int fd = openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool found = false;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!found && (entry = readdir(dir))) {
		_cleanup_close_ int task = -1;

		if (entry->d_name[0] == '.')
			continue;
		task = openat(fd, entry->d_name, O_PATH | O_CLOEXEC);
		found = task >= 0 && in_namespace(task, ns_name, ns);
	}
	closedir(dir);
	return found;
}

static bool process_read(int proc, pid_t pid, struct usage_process *out)
{
	struct stat st;

	if (fstat(proc, &st) < 0)
		return false;
	out->pid = pid;
	out->uid = st.st_uid;
	if (file_read_small(proc, "comm", out->name, sizeof(out->name)) < 0)
		out->name[0] = '\0';
	return true;
}

int usage_walk(int ns, enum ns_kind kind,
	       int (*fn)(void *ctx, const struct usage_process *process),
	       void *ctx)
{
	struct stat st;
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (fstat(ns, &st) < 0)
		return -errno;
	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_close_ int proc = -1;
		struct usage_process process;
		uint64_t pid;

		if (num_parse(entry->d_name, strlen(entry->d_name), INT32_MAX,
			      &pid) < 0 || (pid_t)pid == getpid())
			continue;
		proc = openat(dirfd(dir), entry->d_name,
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (proc >= 0 && any_thread_in(proc, ns_names[kind], &st) &&
		    process_read(proc, (pid_t)pid, &process))
			r = fn(ctx, &process);
	}
	closedir(dir);
	return r;
}

static int found_one(void *ctx, const struct usage_process *process)
{
	(void)ctx;
	(void)process;
	return 1;
}

int usage_any(int ns, enum ns_kind kind)
{
	return usage_walk(ns, kind, found_one, NULL);
}
