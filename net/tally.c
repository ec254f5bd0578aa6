/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.c - how many processes are in which network, by one walk over /proc
 */
#include "net/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/num.h"
#include "net/dir.h"

enum { TALLY_FIRST = 256 };

static int tally_add(struct tally *t, const struct tally_row *row)
{
	size_t size = t->size ? t->size * 2 : TALLY_FIRST;
	struct tally_row *rows;

	if (t->n == t->size) {
		rows = realloc(t->rows, size * sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		t->rows = rows;
		t->size = size;
	}
	t->rows[t->n++] = *row;
	return 0;
}

/* Of one process; @first is its first row. */
struct tally_process {
	struct tally *tally;
	struct tally_row row;
	size_t first;
	int tasks;
};

static int tally_place(struct tally_process *p, int dir, const char *path)
{
	const struct tally *t = p->tally;
	struct stat st;
	size_t i;

	if (fstatat(dir, path, &st, 0) < 0)
		return 0;
	for (i = p->first; i < t->n; i++) {
		if (t->rows[i].net == st.st_ino)
			return 0;
	}
	p->row.net = st.st_ino;
	return tally_add(p->tally, &p->row);
}

/* A thread may have gone elsewhere alone (setns(2)). */
static int tally_thread(void *ctx, const char *name)
{
	struct tally_process *p = ctx;
	_cleanup_close_ int task = openat(p->tasks, name, O_PATH | O_CLOEXEC);

	return task < 0 ? 0 : tally_place(p, task, "ns/net");
}

/* The links of its task directory count the threads; most have one. */
static int tally_threads(struct tally_process *p, int proc)
{
	_cleanup_close_ int tasks = openat(proc, "task", O_RDONLY |
					   O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int err;

	if (tasks < 0 || fstat(tasks, &st) < 0 || st.st_nlink <= 3)
		return 0;
	p->tasks = tasks;
	err = dir_each(tasks, tally_thread, p);
	/* It has ended meanwhile. */
	return err == -ENOMEM ? err : 0;
}

/* The root of /proc, and what is counted. */
struct tally_walk {
	struct tally *tally;
	int proc;
};

static int tally_one(void *ctx, const char *name)
{
	const struct tally_walk *walk = ctx;
	struct tally_process p = { .tally = walk->tally,
				   .first = walk->tally->n };
	_cleanup_close_ int dir = -1;
	uint64_t pid;
	int err;

	if (num_parse(name, strlen(name), INT32_MAX, &pid) < 0 ||
	    (pid_t)pid == getpid())
		return 0;
	dir = openat(walk->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	p.row.pid = (pid_t)pid;
	p.row.session = getsid((pid_t)pid);
	err = tally_place(&p, dir, "ns/net");
	return err ? err : tally_threads(&p, dir);
}

static int tally_compare(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return (x->session > y->session) - (x->session < y->session);
}

int tally_read(struct tally *t)
{
	_cleanup_close_ int proc = open("/proc", O_RDONLY | O_DIRECTORY |
					O_CLOEXEC);
	struct tally_walk walk = { .tally = t, .proc = proc };
	int err;

	*t = (struct tally){ 0 };
	if (proc < 0)
		return -errno;
	err = dir_each(proc, tally_one, &walk);
	if (err)
		tally_free(t);
	else if (t->n)
		qsort(t->rows, t->n, sizeof(*t->rows), tally_compare);
	return err;
}

void tally_free(struct tally *t)
{
	free(t->rows);
	*t = (struct tally){ 0 };
}

/* The first row that is not before @net. */
static size_t tally_first(const struct tally *t, uint64_t net)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->rows[mid].net < net)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void tally_of(const struct tally *t, uint64_t net, unsigned int *processes,
	      unsigned int *sessions)
{
	size_t first = tally_first(t, net);
	size_t i;

	*processes = *sessions = 0;
	for (i = first; i < t->n && t->rows[i].net == net; i++) {
		++*processes;
		if (t->rows[i].session >= 0 &&
		    (i == first ||
		     t->rows[i].session != t->rows[i - 1].session))
			++*sessions;
	}
}

void tally_each(const struct tally *t, uint64_t net,
		void (*fn)(void *ctx, pid_t pid), void *ctx)
{
	size_t i;

	for (i = tally_first(t, net); i < t->n && t->rows[i].net == net; i++)
		fn(ctx, t->rows[i].pid);
}
