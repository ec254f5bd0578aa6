/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew.c - the same work for many networks, by several processes
 */
#include "net/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "net/fw.h"
#include "net/leftover.h"
#include "net/linger.h"
#include "net/track.h"

enum {
	CREW_MAX = 8,
	CREW_ALONE = 8,		/* fewer names are done by one */
	CREW_DRAW_MS = 100,
	CREW_NAMED = 20,	/* of those that failed */
};

/* A signal came. */
static volatile sig_atomic_t crew_stopped;

/**
 * struct crew_share - what the processes have in common
 * @next:	index of the first name that nobody has taken
 * @stop:	nobody takes another
 */
struct crew_share {
	atomic_size_t next;
	atomic_bool stop;
};

/* What one says when it has done a network; written at once. */
struct crew_result {
	size_t index;
	int err;
};

/**
 * struct crew_run - a run of it
 * @caller:	who goes on only while this one lives
 * @out:	where results go to; @in: where they come from
 * @status:	0 or what went wrong, of each name; 1: not done
 */
struct crew_run {
	struct crew *c;
	struct crew_share *share;
	pid_t caller;
	int in;
	int out;
	int *status;
	size_t done;
	size_t failed;
	long long start;
	long long drawn;
	bool terminal;
};

int crew_add(struct crew *c, const char *name)
{
	size_t size = c->size ? c->size * 2 : 64;

	if (c->n == c->size) {
		void *names = realloc(c->names, size * sizeof(*c->names));

		if (!names)
			return log_errno(-ENOMEM, "cannot list the networks");
		c->names = names;
		c->size = size;
	}
	snprintf(c->names[c->n++], NAME_SIZE, "%s", name);
	return 0;
}

void crew_free(struct crew *c)
{
	free(c->names);
	c->names = NULL;
	c->n = c->size = 0;
}

void crew_ends(const struct host *h)
{
	track_end(h);
	leftover_end();
	fw_end();
	linger_end();
}

static void crew_signal(int number)
{
	(void)number;
	crew_stopped = 1;
}

/* One process of the crew; it ends here. */
static void crew_member(struct crew_run *run)
{
	struct crew *c = run->c;
	size_t i;

	/* A terminal's signals are for the caller, who says when to stop. */
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	while (!atomic_load(&run->share->stop) && getppid() == run->caller &&
	       (i = atomic_fetch_add(&run->share->next, 1)) < c->n) {
		struct crew_result result = { .index = i };

		result.err = c->work(c->ctx, c->names[i]);
		fflush(stdout);
		if (write(run->out, &result, sizeof(result)) < 0)
			break;
	}
	/* The caller waits for all copies of it to be closed. */
	close(run->out);
	crew_ends(c->h);
	_exit(0);
}

static unsigned int crew_strength(const struct crew *c)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 :
		CPU_COUNT(&set);

	if (c->in_order || c->n < CREW_ALONE || n < 1)
		return 1;
	return n < CREW_MAX ? (unsigned int)n : CREW_MAX;
}

static unsigned int crew_start(struct crew_run *run)
{
	unsigned int wanted = crew_strength(run->c);
	unsigned int i;

	fflush(stdout);
	for (i = 0; i < wanted; i++) {
		pid_t pid = fork();

		if (pid == 0)
			crew_member(run);
		if (pid < 0)
			break;
	}
	return i;
}

/* N of M, the last name, and how long it may take. */
static void crew_draw(struct crew_run *run, const char *name)
{
	long long now = file_now_ms();
	long long took = now - run->start;

	if (!run->terminal || now - run->drawn < CREW_DRAW_MS)
		return;
	run->drawn = now;
	fprintf(stderr, "\r\033[K%s: %zu of %zu, %s, %lld s left",
		run->c->what, run->done, run->c->n, name,
		took * (long long)(run->c->n - run->done) /
			(long long)run->done / 1000);
}

static void crew_take(struct crew_run *run, const struct crew_result *result)
{
	if (result->index >= run->c->n)
		return;
	run->status[result->index] = result->err;
	run->done++;
	run->failed += result->err != 0;
	crew_draw(run, run->c->names[result->index]);
}

/* Until all processes have closed their end. */
static void crew_follow(struct crew_run *run)
{
	struct crew_result result;
	ssize_t n;

	for (;;) {
		struct pollfd fd = { .fd = run->in, .events = POLLIN };

		if (crew_stopped)
			atomic_store(&run->share->stop, true);
		if (poll(&fd, 1, CREW_DRAW_MS) <= 0)
			continue;
		n = read(run->in, &result, sizeof(result));
		if (n == (ssize_t)sizeof(result))
			crew_take(run, &result);
		else if (n >= 0 || errno != EINTR)
			break;
	}
	if (run->terminal && run->drawn)
		fputs("\r\033[K", stderr);
}

static void crew_name_failed(const struct crew_run *run)
{
	BUF(text, CREW_NAMED * NAME_SIZE + 8);
	size_t named = 0;
	size_t i;

	for (i = 0; i < run->c->n && named < CREW_NAMED; i++) {
		if (run->status[i] == 0 || run->status[i] == 1)
			continue;
		buf_addf(&text, "%s%s", named++ ? ", " : "",
			 run->c->names[i]);
	}
	log_msg(LOG_ERR, "%s: %zu of %zu failed: %s%s", run->c->what,
		run->failed, run->c->n, text.text,
		run->failed > named ? ", ..." : "");
}

static int crew_judge(const struct crew_run *run)
{
	if (run->failed)
		crew_name_failed(run);
	if (run->done < run->c->n) {
		log_msg(LOG_ERR, "%s: stopped: %zu of %zu were not done",
			run->c->what, run->c->n - run->done, run->c->n);
		return -EINTR;
	}
	return run->failed ? -EIO : 0;
}

static int crew_work(struct crew_run *run)
{
	struct sigaction stop = { .sa_handler = crew_signal };
	int fds[2];
	size_t i;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	run->in = fds[0];
	run->out = fds[1];
	for (i = 0; i < run->c->n; i++)
		run->status[i] = 1;
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	i = crew_start(run);
	close(run->out);
	if (i == 0)
		log_errno(-errno, "cannot start a process");
	crew_follow(run);
	close(run->in);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	return crew_judge(run);
}

int crew_run(struct crew *c)
{
	struct crew_run run = {
		.c = c,
		.caller = getpid(),
		.start = file_now_ms(),
		.terminal = !c->quiet && isatty(STDERR_FILENO),
	};
	_cleanup_free_ int *status = calloc(c->n + 1, sizeof(*status));
	int err;

	if (!status)
		return log_errno(-ENOMEM, "cannot list the networks");
	run.status = status;
	run.share = mmap(NULL, sizeof(*run.share), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.share == MAP_FAILED)
		return log_errno(-errno, "cannot share memory");
	err = crew_work(&run);
	munmap(run.share, sizeof(*run.share));
	return err;
}
