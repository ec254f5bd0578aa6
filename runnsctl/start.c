/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.c - a program as a child, and when it has started
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/exec.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/start.h"

int start_fill_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
	} while (fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) == 0);
	close(fd);
	return 0;
}

int start_prepare(struct start *start)
{
	int ends[2];

	start->answer = -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	start->answer = ends[0];
	start->report = ends[1];
	return 0;
}

void start_release(struct start *start)
{
	base_close(&start->answer);
	base_close(&start->report);
	start->answer = start->report = -1;
}

int start_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

int start_end_as(int status)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	const struct rlimit none = { 0, 0 };
	sigset_t set;

	if (!WIFSIGNALED(status))
		return start_status(status);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	sigaction(WTERMSIG(status), &normal, NULL);
	sigemptyset(&set);
	sigaddset(&set, WTERMSIG(status));
	raise(WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return start_status(status);
}

static void child_exec(const struct start *start, const char *path,
		       char **words, const struct sigaction *chld)
{
	sigaction(SIGCHLD, chld, NULL);
	fcntl(start->report, F_SETFD, 0);
	if (start->terminal >= 0)
		fcntl(start->terminal, F_SETFD, 0);
	execv(path, words);
	cli_error("%s: %s", path, strerror(errno));
	_exit(EXIT_OWN);
}

/* The bytes that came before the end, at most @size. */
static ssize_t report_read(int fd, unsigned char *bytes, size_t size)
{
	size_t n = 0;
	ssize_t r;

	do {
		r = read(fd, bytes + n, size - n);
		if (r > 0)
			n += (size_t)r;
	} while ((r > 0 && n < size) || (r < 0 && errno == EINTR));
	return r < 0 ? -errno : (ssize_t)n;
}

static int child_await(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return start_status(status);
}

int start_child(struct start *start, const char *path, char **words)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	struct sigaction chld;
	unsigned char bytes[2];
	ssize_t n;
	int status;

	/* Whoever ignores it has no children to wait for. */
	if (sigaction(SIGCHLD, &normal, &chld) < 0)
		return -errno;
	start->child = fork();
	if (start->child < 0)
		return -errno;
	if (start->child == 0)
		child_exec(start, path, words, &chld);
	base_close(&start->report);
	start->report = -1;
	n = report_read(start->answer, bytes, sizeof(bytes));
	if (n == 1)
		return 0;
	status = child_await(start->child);
	/* A program that has not started has not succeeded. */
	return status ? status : EXIT_OWN;
}

/* --- the other end: runnsctl __start ------------------------------------- */

static int read_number(const char *text)
{
	uint64_t value;

	if (num_parse(text, strlen(text), INT_MAX, &value) < 0)
		return -1;
	return (int)value;
}

static int take_terminal(int fd)
{
	if (setsid() < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		return -errno;
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		if (dup2(fd, i) < 0)
			return -errno;
	}
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

static int leave_terminal(void)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || setsid() < 0)
		return -errno;
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		if (isatty(i) && dup2(null, i) < 0)
			return -errno;
	}
	return 0;
}

static void message_write(void *ctx, int priority, const char *line)
{
	const int *fd = ctx;

	(void)priority;
	dprintf(*fd, "runnsctl: %s\n", line);
}

/*
 * A message goes where messages went before the program's terminal took their
 * place.
 */
static int become(char **program, int report, int messages)
{
	const struct log_sink sink = { .write = message_write,
				       .ctx = &messages };
	unsigned char status;

	if (write(report, "", 1) < 0)
		return EXIT_OWN;
	log_set_sink(&sink);
	status = (unsigned char)exec_program(program, environ);
	cli_use_stderr();
	return write(report, &status, 1) < 0 ? EXIT_OWN : status;
}

int cmd_start(const struct command *command, int argc, char **argv)
{
	_cleanup_close_ int messages = -1;
	int report, terminal, r;

	if (argc < 4)
		return cli_usage_error(command, "__start: too few words");
	report = read_number(argv[1]);
	terminal = read_number(argv[2]);
	if (report < 0 || fcntl(report, F_SETFD, FD_CLOEXEC) < 0)
		return cli_usage_error(command, "__start: no descriptor: %s",
				       argv[1]);
	messages = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	r = terminal >= 0 ? take_terminal(terminal) : leave_terminal();
	if (r < 0) {
		cli_error("cannot leave the terminal: %s", strerror(-r));
		return EXIT_OWN;
	}
	return become(argv + 3, report, messages);
}
