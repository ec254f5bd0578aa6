/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.c - a new terminal for a program, and the caller's own
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "runnsctl/pty.h"

/* For a program that nobody looks at. */
static const struct winsize size_default = { .ws_row = 24, .ws_col = 80 };

static int open_ends(struct pty *pty)
{
	int unlock = 0;

	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (pty->master < 0)
		return -errno;
	if (ioctl(pty->master, TIOCSPTLCK, &unlock) < 0)
		return -errno;
	/* Of the same devpts as the master, wherever that is mounted. */
	pty->slave = ioctl(pty->master, TIOCGPTPEER,
			   O_RDWR | O_NOCTTY | O_CLOEXEC);
	return pty->slave < 0 ? -errno : 0;
}

static bool outer_size(struct winsize *size)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (ioctl(fd, TIOCGWINSZ, size) == 0)
			return true;
	}
	return false;
}

void pty_resize(const struct pty *pty)
{
	struct winsize size;

	if (outer_size(&size))
		ioctl(pty->master, TIOCSWINSZ, &size);
}

int pty_open(struct pty *pty)
{
	int r = open_ends(pty);

	if (r < 0) {
		pty_close(pty);
		return r;
	}
	pty->has_outer = tcgetattr(STDIN_FILENO, &pty->outer) == 0;
	if (pty->has_outer)
		tcsetattr(pty->slave, TCSANOW, &pty->outer);
	ioctl(pty->master, TIOCSWINSZ, &size_default);
	pty_resize(pty);
	return 0;
}

void pty_close(struct pty *pty)
{
	base_close(&pty->slave);
	base_close(&pty->master);
	pty->slave = pty->master = -1;
}

void pty_outer_raw(const struct pty *pty)
{
	struct termios raw = pty->outer;

	if (!pty->has_outer)
		return;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void pty_outer_restore(const struct pty *pty)
{
	if (pty->has_outer)
		tcsetattr(STDIN_FILENO, TCSANOW, &pty->outer);
}

/* Keeps nothing of the caller's: no session, directory or descriptor. */
static void keeper_settle(struct pty *pty)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (chdir("/") < 0)
		_exit(1);
	if (dup2(pty->master, STDERR_FILENO + 1) < 0)
		_exit(1);
	pty->master = STDERR_FILENO + 1;
	close_range(STDERR_FILENO + 2, ~0U, 0);
}

static void keeper_run(struct pty *pty)
{
	struct pollfd p = { .events = POLLIN };
	char data[4096];

	keeper_settle(pty);
	p.fd = pty->master;
	while (poll(&p, 1, -1) > 0 || errno == EINTR) {
		if (read(p.fd, data, sizeof(data)) <= 0 && errno != EAGAIN &&
		    errno != EINTR)
			break;
	}
	_exit(0);
}

int pty_keep(struct pty *pty)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid > 0)
		return 0;
	/* Else nobody would ever have left. */
	base_close(&pty->slave);
	pty->slave = -1;
	keeper_run(pty);
	return 0;
}
