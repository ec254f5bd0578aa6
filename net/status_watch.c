/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_watch.c - the table again and again
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "net/cmd.h"
#include "net/status.h"

/**
 * struct watch - the terminal meanwhile
 * @signals:	descriptor of those that end it
 * @keys:	0 if keys are read, else -1
 * @saved:	how the terminal was
 */
struct watch {
	int signals;
	int keys;
	bool screen;
	struct termios saved;
};

static int watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void watch_begin(struct watch *w)
{
	struct termios raw;

	w->screen = isatty(STDOUT_FILENO);
	w->keys = -1;
	if (w->screen && tcgetattr(STDIN_FILENO, &w->saved) == 0) {
		raw = w->saved;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0)
			w->keys = STDIN_FILENO;
	}
	/* Another screen, without a cursor. */
	if (w->screen)
		fputs("\033[?1049h\033[?25l", stdout);
}

static void watch_end(struct watch *w)
{
	if (w->screen)
		fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	if (w->keys >= 0)
		tcsetattr(w->keys, TCSANOW, &w->saved);
}

/* Stopped by Ctrl-Z, the terminal is the shell's as it was. */
static void watch_stop(struct watch *w)
{
	watch_end(w);
	raise(SIGSTOP);
	watch_begin(w);
}

/* Waits; false if it is to end. */
static bool watch_wait(struct watch *w, int ms)
{
	struct pollfd fds[] = { { .fd = w->signals, .events = POLLIN },
				{ .fd = w->keys, .events = POLLIN } };
	struct signalfd_siginfo info;
	char key;

	if (poll(fds, ARRAY_SIZE(fds), ms) <= 0)
		return true;
	if (fds[0].revents) {
		if (read(w->signals, &info, sizeof(info)) != sizeof(info))
			return false;
		if (info.ssi_signo == SIGTSTP)
			watch_stop(w);
		return info.ssi_signo == SIGTSTP ||
		       info.ssi_signo == SIGWINCH;
	}
	return read(w->keys, &key, 1) == 1 && key != 'q' && key != 'Q';
}

/* What the next look compares with. */
static int watch_keep(const struct status_run *run,
		      struct status_before *before)
{
	struct status_rate *list = calloc(run->n + 1, sizeof(*list));
	size_t i;

	if (!list)
		return -ENOMEM;
	for (i = 0; i < run->n; i++) {
		memcpy(list[i].name, run->list[i].name, NAME_SIZE);
		list[i].rx_bytes = run->list[i].link.rx_bytes;
		list[i].tx_bytes = run->list[i].link.tx_bytes;
	}
	free(before->list);
	before->list = list;
	before->n = run->n;
	return 0;
}

static int watch_draw(const struct watch *w, struct status_run *run,
		      struct status_before *before, unsigned int seconds)
{
	if (w->screen)
		fputs("\033[H\033[2J", stdout);
	printf("%zu networks, every %u s, bytes a second%s\n\n", run->n,
	       seconds, w->keys >= 0 ? "; q ends" : "");
	status_table_rates(run, before);
	if (!w->screen)
		putchar('\n');
	return fflush(stdout) ? -errno : watch_keep(run, before);
}

int status_watch(struct status_run *run, char **names, int n,
		 unsigned int seconds)
{
	struct status_before before = { 0 };
	struct watch w = { .signals = watch_signals() };
	long long last = 0;
	bool on = w.signals >= 0;
	int err = 0;

	watch_begin(&w);
	while (on && err == 0) {
		long long now = file_now_ms();

		before.ms = now - last;
		last = now;
		status_collect(run, names, n);
		err = watch_draw(&w, run, &before, seconds);
		status_free(run);
		on = watch_wait(&w, (int)seconds * 1000);
	}
	watch_end(&w);
	free(before.list);
	base_close(&w.signals);
	return err || run->failed ? EXIT_FAILED : 0;
}
