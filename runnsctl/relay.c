/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.c - between the caller's descriptors and a program's new terminal
 *
 * One loop; signals come as data.  The slave end stays open here as well, so
 * that the master never reports a hang-up while the program may yet open its
 * terminal again.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "runnsctl/relay.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/start.h"

enum {
	CHUNK = 4096,		/* what a pipe that is ready takes at once */
	DRAIN_MAX = 64 * CHUNK,	/* more than a terminal holds */
};

/**
 * struct stream - bytes under way from one descriptor to another
 * @from:	-1 once it is at its end
 */
struct stream {
	int from;
	int to;
	char data[CHUNK];
	size_t at, end;
};

/**
 * struct relay - the whole state
 * @ended:	the program, or who reads its output, is gone: @status is what
 *		to exit with
 * @last:	the last byte that went in
 */
struct relay {
	const struct pty *pty;
	pid_t child;
	int signals;
	struct stream in, out;
	char last;
	bool ended;
	int status;
};

enum { FD_SIGNALS, FD_IN, FD_MASTER, FD_OUT, FD_N };

static bool stream_is_empty(const struct stream *s)
{
	return s->at == s->end;
}

/* Return: bytes, 0 at the end, -EAGAIN, or another -errno. */
static ssize_t stream_fill(struct stream *s)
{
	ssize_t n = read(s->from, s->data, sizeof(s->data));

	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	s->at = 0;
	s->end = (size_t)n;
	return n;
}

static int stream_flush(struct stream *s)
{
	ssize_t n = write(s->to, s->data + s->at, s->end - s->at);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	s->at += (size_t)n;
	return 0;
}

static void relay_end(struct relay *r, int status)
{
	r->ended = true;
	r->status = status;
}

/*
 * The end of a pipe becomes the key that means it.  That key ends a line that
 * has begun; only at the beginning of a line it is the end.
 */
static void relay_in_end(struct relay *r)
{
	struct termios modes;

	r->in.from = -1;
	if (r->pty->has_outer || tcgetattr(r->pty->slave, &modes) < 0)
		return;
	r->in.at = 0;
	r->in.data[0] = r->in.data[1] = (char)modes.c_cc[VEOF];
	r->in.end = r->last == '\n' ? 1 : 2;
}

static void relay_in(struct relay *r)
{
	ssize_t n = stream_fill(&r->in);

	if (n > 0)
		r->last = r->in.data[n - 1];
	else if (n != -EAGAIN)
		relay_in_end(r);
}

static void relay_out_flush(struct relay *r)
{
	/* Who cut the pipe would have killed the program as well. */
	if (stream_flush(&r->out) < 0)
		relay_end(r, 128 + SIGPIPE);
}

/* --- signals --------------------------------------------------------------- */

static const int handed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1,
				 SIGUSR2 };

static bool is_ignored(int signal)
{
	struct sigaction now;

	return sigaction(signal, NULL, &now) == 0 &&
	       now.sa_handler == SIG_IGN;
}

static int relay_signals(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	for (size_t i = 0; i < ARRAY_SIZE(handed_on); i++) {
		if (!is_ignored(handed_on[i]))
			sigaddset(&set, handed_on[i]);
	}
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0 || sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0) {
		base_close(&fd);
		return -errno;
	}
	return fd;
}

/* Stops with the caller's terminal in order; returns when continued. */
static void relay_stop(const struct relay *r)
{
	pty_outer_restore(r->pty);
	raise(SIGSTOP);
}

static void relay_resume(const struct relay *r)
{
	pty_outer_raw(r->pty);
	pty_resize(r->pty);
	kill(r->child, SIGCONT);
}

static void relay_reap(struct relay *r)
{
	int status;
	pid_t pid = waitpid(r->child, &status, WNOHANG | WUNTRACED);

	if (pid < 0 && errno != EINTR)
		relay_end(r, EXIT_OWN);
	else if (pid > 0 && WIFSTOPPED(status))
		relay_stop(r);
	else if (pid > 0)
		relay_end(r, start_status(status));
}

static void relay_signal(struct relay *r, int signal)
{
	if (signal == SIGCHLD)
		relay_reap(r);
	else if (signal == SIGWINCH)
		pty_resize(r->pty);
	else if (signal == SIGTSTP)
		relay_stop(r);
	else if (signal == SIGCONT)
		relay_resume(r);
	else if (kill(r->child, signal) < 0)
		/* It has changed its user: then it is hung up on. */
		relay_end(r, 128 + signal);
}

static void relay_take_signals(struct relay *r)
{
	struct signalfd_siginfo info;

	while (!r->ended && read(r->signals, &info, sizeof(info)) ==
				    (ssize_t)sizeof(info))
		relay_signal(r, (int)info.ssi_signo);
}

/* --- the loop --------------------------------------------------------------- */

static void relay_events(const struct relay *r, struct pollfd *p)
{
	bool in_empty = stream_is_empty(&r->in);
	bool out_empty = stream_is_empty(&r->out);

	p[FD_SIGNALS] = (struct pollfd){ r->signals, POLLIN, 0 };
	p[FD_IN] = (struct pollfd){ in_empty ? r->in.from : -1, POLLIN, 0 };
	p[FD_MASTER] = (struct pollfd){ r->pty->master, 0, 0 };
	if (!in_empty)
		p[FD_MASTER].events |= POLLOUT;
	if (out_empty)
		p[FD_MASTER].events |= POLLIN;
	p[FD_OUT] = (struct pollfd){ out_empty ? -1 : r->out.to, POLLOUT, 0 };
}

static void relay_step(struct relay *r)
{
	struct pollfd p[FD_N];

	relay_events(r, p);
	if (poll(p, FD_N, -1) < 0) {
		if (errno != EINTR)
			relay_end(r, EXIT_OWN);
		return;
	}
	if (p[FD_IN].revents)
		relay_in(r);
	if (p[FD_MASTER].revents & POLLOUT)
		stream_flush(&r->in);
	if (p[FD_MASTER].revents & POLLIN)
		stream_fill(&r->out);
	if (p[FD_OUT].revents)
		relay_out_flush(r);
	if (p[FD_SIGNALS].revents)
		relay_take_signals(r);
}

/* Return: false if it was a signal that means us, now that the program is gone. */
static bool drain_wait(const struct relay *r)
{
	struct pollfd p[] = { { r->signals, POLLIN, 0 },
			      { r->out.to, POLLOUT, 0 } };
	struct signalfd_siginfo info;

	if (poll(p, ARRAY_SIZE(p), -1) < 0)
		return errno == EINTR;
	while (read(r->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		for (size_t i = 0; i < ARRAY_SIZE(handed_on); i++) {
			if ((int)info.ssi_signo == handed_on[i])
				return false;
		}
	}
	return true;
}

/* What the program wrote before it ended; others may write for ever. */
static void relay_drain(struct relay *r)
{
	size_t left = DRAIN_MAX;
	ssize_t n = 1;

	while (n > 0) {
		while (!stream_is_empty(&r->out)) {
			if (!drain_wait(r) || stream_flush(&r->out) < 0)
				return;
		}
		n = left > 0 ? stream_fill(&r->out) : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
}

int relay_run(const struct pty *pty, pid_t child)
{
	struct relay r = {
		.pty = pty,
		.child = child,
		.in = { .from = STDIN_FILENO, .to = pty->master },
		.out = { .from = pty->master, .to = STDOUT_FILENO },
		.last = '\n',
	};

	r.signals = relay_signals();
	if (r.signals < 0) {
		cli_error("signals: %s", strerror(-r.signals));
		return EXIT_OWN;
	}
	pty_outer_raw(pty);
	pty_resize(pty);
	relay_reap(&r);
	while (!r.ended)
		relay_step(&r);
	relay_drain(&r);
	pty_outer_restore(pty);
	close(r.signals);
	return r.status;
}
