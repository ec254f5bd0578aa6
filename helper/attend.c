/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attend.c - between a program of the socket service and its client
 */
#include "helper/attend.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "lib/policy/proto.h"
#include "lib/sys/wire.h"

/* Between hanging up and killing, and between kills that fail. */
enum { HANGUP_MS = 2000 };

enum { FD_SOCKET, FD_REPORT, FD_CHILD, FD_N };

static void send_value(const struct attend *a, enum proto_kind kind,
		       uint32_t value)
{
	struct proto_message m = { .kind = kind, .value = value };

	/* Who does not read is not waited for. */
	if (a->socket >= 0 && wire_send(a->socket, &m, NULL, 0) < 0)
		return;
}

/* Its process group, which the program leads as soon as it runs. */
static void signal_program(const struct attend *a, int signal)
{
	if (kill(-a->program, signal) < 0 && errno == ESRCH)
		kill(a->program, signal);
}

/*
 * In a group of which nobody's parent is in the same session, TSTP does
 * nothing (setpgid(2)).
 */
static void take_signal(const struct attend *a, uint32_t signal)
{
	signal_program(a, signal == SIGTSTP ? SIGSTOP : (int)signal);
}

static void client_gone(struct attend *a)
{
	close(a->socket);
	a->socket = -1;
	if (a->detached)
		return;
	signal_program(a, SIGHUP);
	signal_program(a, SIGCONT);
}

static void take_message(struct attend *a)
{
	struct proto_message m;
	int fds[PROTO_FDS_MAX];
	size_t n_fds = 0;
	int r = wire_receive(a->socket, &m, fds, &n_fds);

	if (r == -EAGAIN || r == -EINTR)
		return;
	for (size_t i = 0; r == 0 && i < n_fds; i++)
		close(fds[i]);
	if (r < 0 || n_fds > 0 || m.kind != PROTO_SIGNAL)
		client_gone(a);
	else
		take_signal(a, m.value);
}

/* What is said in its place is why it has not started. */
static void take_report(struct attend *a, bool *said)
{
	struct proto_message m = { .kind = PROTO_TEXT };
	ssize_t n = read(a->report, m.text, sizeof(m.text) - 1);

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(a->report);
		a->report = -1;
		if (!*said)
			send_value(a, PROTO_STARTED, 0);
		return;
	}
	*said = true;
	m.len = strnlen(m.text, (size_t)n);
	if (a->socket >= 0 && wire_send(a->socket, &m, NULL, 0) < 0)
		return;
}

/* Return: whether the program has ended. */
static bool take_child(const struct attend *a, int signals, int *status)
{
	struct signalfd_siginfo info;
	pid_t pid;

	while (read(signals, &info, sizeof(info)) > 0)
		continue;
	pid = waitpid(a->program, status, WNOHANG | WUNTRACED);
	if (pid < 0)
		return errno != EINTR;
	if (pid == 0)
		return false;
	if (!WIFSTOPPED(*status))
		return true;
	send_value(a, PROTO_STOPPED, (uint32_t)WSTOPSIG(*status));
	return false;
}

static int child_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void attend_loop(struct attend *a, int signals, int *status)
{
	bool said = false;

	while (!take_child(a, signals, status)) {
		bool dies = a->socket < 0 && !a->detached;
		struct pollfd p[FD_N] = {
			[FD_SOCKET] = { a->socket, POLLIN, 0 },
			[FD_REPORT] = { a->report, POLLIN, 0 },
			[FD_CHILD] = { signals, POLLIN, 0 },
		};
		int n = poll(p, FD_N, dies ? HANGUP_MS : -1);

		if (n == 0)
			signal_program(a, SIGKILL);
		if (n > 0 && p[FD_REPORT].revents)
			take_report(a, &said);
		if (n > 0 && p[FD_SOCKET].revents)
			take_message(a);
	}
	/* What it said before it ended. */
	while (a->report >= 0)
		take_report(a, &said);
}

int attend_run(struct attend *a)
{
	_cleanup_close_ int signals = child_signals();
	int status = 0;

	if (signals < 0)
		return EXIT_FAILURE;
	attend_loop(a, signals, &status);
	send_value(a, PROTO_ENDED, (uint32_t)status);
	return EXIT_SUCCESS;
}
