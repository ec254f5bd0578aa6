/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standin.c - a process that stands for a program of the socket service
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>

#include "lib/policy/proto.h"
#include "lib/sys/wire.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/standin.h"
#include "runnsctl/start.h"

/* Others end this process, and with it the program. */
static const int handed_on[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				 SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT };

enum { GOES_ON = -1 };

static bool is_ignored(int signal)
{
	struct sigaction now;

	return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int standin_signals(struct standin *s)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(handed_on); i++) {
		if (!is_ignored(handed_on[i]))
			sigaddset(&set, handed_on[i]);
	}
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0 || sigprocmask(SIG_BLOCK, &set, &s->mask) < 0)
		return -errno;
	return 0;
}

static void hand_on(const struct standin *s)
{
	struct proto_message m = { .kind = PROTO_SIGNAL };
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		m.value = info.ssi_signo;
		/* The end of the connection is told by itself. */
		if (wire_send(s->socket, &m, NULL, 0) < 0)
			return;
	}
}

/* Several lines may come at once. */
static void show(char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		cli_error("%s", line);
}

/* Return: exit status, or GOES_ON. */
static int take(struct standin *s, struct proto_message *m)
{
	switch (m->kind) {
	case PROTO_TEXT:
		show(m->text);
		return GOES_ON;
	case PROTO_STARTED:
		return s->detached ? EXIT_OK : GOES_ON;
	case PROTO_STOPPED:
		raise(SIGSTOP);
		return GOES_ON;
	case PROTO_ENDED:
		return start_end_as((int)m->value);
	default:
		cli_error("the service says what it should not");
		return EXIT_OWN;
	}
}

static int read_answer(struct standin *s)
{
	struct proto_message m;
	int fds[PROTO_FDS_MAX];
	size_t n_fds = 0;
	int r = wire_receive(s->socket, &m, fds, &n_fds);

	if (r == -EAGAIN || r == -EINTR)
		return GOES_ON;
	for (size_t i = 0; r == 0 && i < n_fds; i++)
		close(fds[i]);
	if (r == 0)
		return take(s, &m);
	cli_error("the service has gone away: %s", strerror(-r));
	return EXIT_OWN;
}

int standin_run(struct standin *s)
{
	int status = GOES_ON;

	while (status == GOES_ON) {
		struct pollfd p[] = { { s->signals, POLLIN, 0 },
				      { s->socket, POLLIN, 0 } };

		if (poll(p, ARRAY_SIZE(p), -1) < 0) {
			if (errno != EINTR)
				return EXIT_OWN;
			continue;
		}
		if (p[0].revents)
			hand_on(s);
		if (p[1].revents)
			status = read_answer(s);
	}
	return status;
}
