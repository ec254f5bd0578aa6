/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procs.c - the processes of /proc, read in one pass, and where they are
 */
#include "runnsctl/procs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/num.h"
#include "lib/sys/file.h"

enum {
	STATUS_SIZE = 2048, /* what is asked for stands at the top */
	ALL_USERS = -1,
};

/* A number behind "KEY:" in the text of /proc/PID/status. */
static int status_number(const char *text, const char *key, uint64_t *out)
{
	const char *p = strstr(text, key);

	if (!p)
		return -EPROTO;
	p += strlen(key);
	p += strspn(p, " \t");
	return num_parse(p, strspn(p, "0123456789"), UINT32_MAX, out);
}

/*
 * The owner of /proc/PID is root for a process that may not be traced, so
 * the file must be read.  The kernel escapes newlines in the name.
 */
static int row_status(int proc, struct proc_row *row)
{
	_cleanup_close_ int fd = openat(proc, "status", O_RDONLY | O_CLOEXEC);
	char text[STATUS_SIZE];
	uint64_t parent, uid;
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	r = status_number(text, "\nPPid:", &parent);
	if (r == 0)
		r = status_number(text, "\nUid:", &uid);
	if (r < 0)
		return r;
	row->parent = (pid_t)parent;
	row->uid = (uid_t)uid;
	return 0;
}

static int row_net(int task, uint64_t *net)
{
	struct stat st;

	*net = 0;
	if (fstatat(task, "ns/net", &st, 0) == 0)
		*net = st.st_ino;
	else if (errno != EACCES && errno != EPERM)
		return -errno;
	return 0;
}

static uint64_t row_mark(int proc)
{
	struct stat st;

	return fstatat(proc, "net/stat", &st, 0) == 0 ? st.st_ino : 0;
}

static int procs_add(struct procs *p, const struct proc_row *row)
{
	size_t cap = p->cap ? p->cap * 2 : 256;
	struct proc_row *list;

	if (p->n == p->cap) {
		list = realloc(p->list, cap * sizeof(*list));
		if (!list)
			return -ENOMEM;
		p->list = list;
		p->cap = cap;
	}
	p->list[p->n++] = *row;
	return 0;
}

/* Is one of the rows from @first on in that namespace? */
static bool procs_has(const struct procs *p, size_t first, uint64_t net)
{
	for (; first < p->n; first++)
		if (p->list[first].net == net)
			return true;
	return false;
}

/* One row more for each other namespace that a thread is in. */
static int add_threads(struct procs *p, int tasks, struct proc_row row)
{
	int fd = openat(tasks, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t first = p->n - 1;
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		base_close(&fd);
		return 0;
	}
	/* That is the first thread's. */
	row.mark = 0;
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_close_ int task = -1;

		if (entry->d_name[0] == '.')
			continue;
		task = openat(fd, entry->d_name, O_PATH | O_CLOEXEC);
		if (task >= 0 && row_net(task, &row.net) == 0 && row.net &&
		    !procs_has(p, first, row.net))
			r = procs_add(p, &row);
	}
	closedir(dir);
	return r;
}

/*
 * The links of a task directory count the threads; most have one, for which
 * the process's own namespace says it all.
 */
static int look_at_threads(struct procs *p, int proc)
{
	_cleanup_close_ int tasks = openat(proc, "task", O_PATH | O_CLOEXEC);
	struct stat st;

	if (tasks < 0 || fstat(tasks, &st) < 0 || st.st_nlink <= 3)
		return 0;
	return add_threads(p, tasks, p->list[p->n - 1]);
}

/* Everything is read by one descriptor, so of one process: pids come again. */
static int procs_look(struct procs *p, int proc, pid_t pid, int64_t only)
{
	struct proc_row row = { .pid = pid };
	int r = row_status(proc, &row);

	/* It has ended, or the kernel hides it (hidepid=, proc(5)). */
	if (r < 0 || (only != ALL_USERS && row.uid != (uid_t)only))
		return 0;
	if (row_net(proc, &row.net) < 0)
		return 0;
	if (only != ALL_USERS)
		row.mark = row_mark(proc);
	if (file_read_small(proc, "comm", row.name, sizeof(row.name)) < 0)
		row.name[0] = '\0';
	r = procs_add(p, &row);
	return r < 0 ? r : look_at_threads(p, proc);
}

static int read_all(struct procs *out, int64_t only)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	*out = (struct procs){ 0 };
	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_close_ int proc = -1;
		uint64_t pid;

		if (num_parse(entry->d_name, strlen(entry->d_name), INT32_MAX,
			      &pid) < 0)
			continue;
		proc = openat(dirfd(dir), entry->d_name,
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (proc >= 0)
			r = procs_look(out, proc, (pid_t)pid, only);
	}
	closedir(dir);
	if (r < 0)
		procs_free(out);
	return r;
}

int procs_read(struct procs *out)
{
	return read_all(out, ALL_USERS);
}

/* Those of one mark together, first those whose namespace is known. */
static int by_mark(const void *a, const void *b)
{
	const struct proc_row *x = a, *y = b;

	if (x->mark != y->mark)
		return x->mark < y->mark ? -1 : 1;
	return (y->net != 0) - (x->net != 0);
}

int procs_read_own(struct procs *out, uid_t uid)
{
	struct proc_row *row;
	int r = read_all(out, uid);
	size_t i;

	if (r < 0 || out->n == 0)
		return r;
	qsort(out->list, out->n, sizeof(*out->list), by_mark);
	for (i = 1; i < out->n; i++) {
		row = &out->list[i];
		if (!row->net && row->mark && row->mark == row[-1].mark)
			row->net = row[-1].net;
	}
	return 0;
}

uint64_t procs_mark(pid_t pid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/net/stat", (int)pid);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

void procs_name(pid_t pid, char out[PROC_NAME_SIZE])
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	if (file_read_small(AT_FDCWD, path, out, PROC_NAME_SIZE) < 0)
		out[0] = '\0';
}

void procs_free(struct procs *p)
{
	free(p->list);
	*p = (struct procs){ 0 };
}
