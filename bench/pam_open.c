/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pam_open.c - what opening a PAM session costs, several stacks side by side
 *
 *	pam_open [-w] [-r ROUNDS] [-k N:SERVICE:USER] [-x COMMAND] CONFDIR
 *		SERVICE:USER...
 *
 * Every sample is a fresh child which starts PAM, opens and closes a session
 * and ends; the times are those inside pam_open_session(3) and
 * pam_close_session(3).  In each round every service has one sample, in a new
 * order.  With -k so many sessions of a service are kept open meanwhile, and
 * while they are still open COMMAND is run.  With -w the child has looked the
 * user up before, as login, sshd, su, sudo and cron all have: the name service
 * is then warm.
 *
 * Prints: SERVICE, median of open, median of close (microseconds), whether
 * the session is in another network namespace (host, other), and in which
 * mounts: the caller's own (host), those that other sessions are in as well
 * (shared), or some of its own (own).
 */
#include <errno.h>
#include <err.h>
#include <fcntl.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bench/sample.h"
#include "lib/base/base.h"

enum { CASES_MAX = 32 };

/**
 * struct report - what a child tells of its session
 * @net:	inode of the network namespace inside
 * @mnt:	inode of the mount namespace inside
 */
struct report {
	int code;
	long open_ns;
	long close_ns;
	ino_t net;
	ino_t mnt;
};

struct stack {
	const char *service;
	const char *user;
	const char *net;
	const char *mnt;
	long *open_ns;
	long *close_ns;
};

/**
 * struct held - a child that keeps its session open
 * @go_fd:	closed when the session is to end
 */
struct held {
	pid_t pid;
	int go_fd;
	struct report report;
};

static const char *confdir;
static bool warm;

static int nobody_to_ask(int n, const struct pam_message **msg,
			 struct pam_response **resp, void *ctx)
{
	(void)ctx;
	for (int i = 0; i < n; i++)
		warnx("%s", msg[i]->msg);
	*resp = calloc((size_t)n, sizeof(**resp));
	return *resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static ino_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

static void report_where(struct report *report)
{
	report->net = inode_of("/proc/self/ns/net");
	report->mnt = inode_of("/proc/self/ns/mnt");
}

static int report_write(int fd, const struct report *report)
{
	return write(fd, report, sizeof(*report)) == sizeof(*report) ? 0 : 1;
}

/* In the child.  @go_fd is -1 when the session is not kept. */
static int session_run(const struct stack *s, int report_fd, int go_fd)
{
	const struct pam_conv conv = { .conv = nobody_to_ask };
	struct report report = { .code = PAM_SUCCESS };
	pam_handle_t *pamh;
	long start;
	char byte;

	if (pam_start_confdir(s->service, s->user, &conv, confdir, &pamh) !=
	    PAM_SUCCESS)
		return 1;
	if (warm && !getpwnam(s->user))
		return 1;
	start = sample_now_ns();
	report.code = pam_open_session(pamh, 0);
	report.open_ns = sample_now_ns() - start;
	report_where(&report);
	if (go_fd >= 0 && (report_write(report_fd, &report) != 0 ||
			   read(go_fd, &byte, 1) != 0))
		return 1;
	start = sample_now_ns();
	pam_close_session(pamh, 0);
	report.close_ns = sample_now_ns() - start;
	pam_end(pamh, PAM_SUCCESS);
	return go_fd >= 0 ? 0 : report_write(report_fd, &report);
}

static void report_read(int fd, const struct stack *s, struct report *report)
{
	if (read(fd, report, sizeof(*report)) != sizeof(*report))
		errx(1, "%s: no PAM of that name", s->service);
	if (report->code != PAM_SUCCESS)
		errx(1, "%s: the session was refused (%d)", s->service,
		     report->code);
}

static struct report sample_take(const struct stack *s)
{
	struct report report;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		_exit(session_run(s, fds[1], -1));
	close(fds[1]);
	report_read(fds[0], s, &report);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return report;
}

static void hold(const struct stack *s, struct held *held)
{
	int fds[2], go[2];

	if (pipe2(fds, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		err(1, "pipe");
	held->pid = fork();
	if (held->pid < 0)
		err(1, "fork");
	if (held->pid == 0) {
		close(go[1]);
		_exit(session_run(s, fds[1], go[0]));
	}
	close(fds[1]);
	close(go[0]);
	held->go_fd = go[1];
	report_read(fds[0], s, &held->report);
	close(fds[0]);
}

static void release(struct held *held, int n)
{
	/* A later child holds copies of what earlier ones wait for. */
	for (int i = n - 1; i >= 0; i--) {
		close(held[i].go_fd);
		waitpid(held[i].pid, NULL, 0);
	}
}

/* Two sessions at once, since the numbers of past ones are used again. */
static void stack_place(struct stack *s)
{
	struct held two[2];
	struct report here;

	report_where(&here);
	hold(s, &two[0]);
	hold(s, &two[1]);
	release(two, 2);
	s->net = two[0].report.net == here.net ? "host" : "other";
	if (two[0].report.mnt == here.mnt)
		s->mnt = "host";
	else
		s->mnt = two[0].report.mnt == two[1].report.mnt ? "shared" :
								  "own";
}

static void stack_init(struct stack *s, char *arg, int rounds)
{
	char *colon = strchr(arg, ':');

	if (!colon)
		errx(2, "%s: must be SERVICE:USER", arg);
	*colon = '\0';
	s->service = arg;
	s->user = colon + 1;
	s->open_ns = calloc((size_t)rounds, sizeof(*s->open_ns));
	s->close_ns = calloc((size_t)rounds, sizeof(*s->close_ns));
	if (!s->open_ns || !s->close_ns)
		err(1, "calloc");
}

static void measure(struct stack *stacks, int n, int rounds)
{
	int order[CASES_MAX];

	for (int i = 0; i < n; i++) {
		order[i] = i;
		stack_place(&stacks[i]);
	}
	for (int round = 0; round < rounds; round++) {
		sample_shuffle(order, n);
		for (int i = 0; i < n; i++) {
			struct stack *s = &stacks[order[i]];
			struct report report = sample_take(s);

			s->open_ns[round] = report.open_ns;
			s->close_ns[round] = report.close_ns;
		}
	}
}

static struct held *keep(char *arg, int *n)
{
	struct stack s = { .service = NULL };
	struct held *held;
	char *rest;

	*n = (int)strtol(arg, &rest, 10);
	held = calloc((size_t)*n + 1, sizeof(*held));
	if (*n <= 0 || *rest != ':' || !held)
		errx(2, "%s: must be N:SERVICE:USER", arg);
	stack_init(&s, rest + 1, 1);
	for (int i = 0; i < *n; i++)
		hold(&s, &held[i]);
	return held;
}

static void print(struct stack *stacks, int n, int rounds)
{
	for (int i = 0; i < n; i++)
		printf("%-16s %9.1f %9.1f %-5s %s\n", stacks[i].service,
		       sample_median_us(stacks[i].open_ns, rounds),
		       sample_median_us(stacks[i].close_ns, rounds),
		       stacks[i].net, stacks[i].mnt);
	fflush(stdout);
}

static void usage(void)
{
	errx(2, "usage: pam_open [-w] [-r ROUNDS] [-k N:SERVICE:USER] "
		"[-x COMMAND] CONFDIR SERVICE:USER...");
}

int main(int argc, char **argv)
{
	struct stack stacks[CASES_MAX] = { 0 };
	struct held *held = NULL;
	const char *command = NULL;
	char *kept = NULL;
	int rounds = 200;
	int n_held = 0;
	int n = 0;
	int opt;

	while ((opt = getopt(argc, argv, "wr:k:x:")) != -1) {
		if (opt == 'w')
			warm = true;
		else if (opt == 'r')
			rounds = atoi(optarg);
		else if (opt == 'k')
			kept = optarg;
		else if (opt == 'x')
			command = optarg;
		else
			usage();
	}
	if (argc - optind < 2 || argc - optind - 1 > CASES_MAX || rounds < 1)
		usage();
	confdir = argv[optind++];
	if (kept)
		held = keep(kept, &n_held);
	for (; optind < argc; optind++)
		stack_init(&stacks[n++], argv[optind], rounds);
	measure(stacks, n, rounds);
	print(stacks, n, rounds);
	opt = command ? system(command) : 0;
	release(held, n_held);
	return opt == 0 ? 0 : 1;
}
