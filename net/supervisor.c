/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.c - a process of ours that looks after a part of a network
 *
 * It is signalled by a descriptor that was opened before the lock was seen to
 * be held by its number, so that it cannot be another process.
 */
#include "net/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/policy/name.h"
#include "lib/sys/file.h"
#include "lib/sys/proc.h"

enum {
	START_MS = 10000,
	KILL_MS = 2000,
	BORN_MS = 1000,
	POLL_MS = 20,
	FILE_SIZE = NAME_SIZE + 8,
};

#define SELF "/proc/self/exe"

static void lock_name(char out[FILE_SIZE], const struct supervisor *s,
		      const char *name)
{
	snprintf(out, FILE_SIZE, "%s%s", s->lock, name);
}

/* The number in the lock's file; 0 if there is none (yet). */
static pid_t lock_pid(const struct host *h, const char *file)
{
	char text[16];
	uint64_t n;
	ssize_t len = file_read_small(h->lock, file, text, sizeof(text));

	if (len <= 0 || num_parse(text, (size_t)len, INT32_MAX, &n) < 0)
		return 0;
	return (pid_t)n;
}

static int find_once(const struct host *h, const char *file)
{
	pid_t pid = lock_pid(h, file);
	_cleanup_close_ int fd = -1;
	_cleanup_close_ int lock = -1;

	if (pid > 0)
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
	lock = file_lock(h->lock, file, 0);
	if (lock >= 0)
		return -ESRCH;
	if (lock != -ETIMEDOUT)
		return lock;
	return fd >= 0 && lock_pid(h, file) == pid ? TAKE_FD(fd) : -EAGAIN;
}

int supervisor_find(const struct host *h, const struct supervisor *s,
		    const char *name)
{
	long long deadline = file_now_ms() + BORN_MS;
	char file[FILE_SIZE];
	int fd;

	lock_name(file, s, name);
	/* One that was just born has not written its number yet. */
	while ((fd = find_once(h, file)) == -EAGAIN &&
	       file_now_ms() < deadline)
		usleep(POLL_MS * 1000);
	return fd;
}

/* The lock's file stays: none was ever there without one. */
bool supervisor_had_any(const struct host *h, const struct supervisor *s,
			const char *name)
{
	char file[FILE_SIZE];

	lock_name(file, s, name);
	return faccessat(h->lock, file, F_OK, 0) == 0;
}

bool supervisor_is_there(const struct host *h, const struct supervisor *s,
			 const char *name)
{
	char file[FILE_SIZE];
	_cleanup_close_ int lock = -1;

	if (!supervisor_had_any(h, s, name))
		return false;
	lock_name(file, s, name);
	lock = file_lock(h->lock, file, 0);
	return lock == -ETIMEDOUT;
}

pid_t supervisor_pid(const struct host *h, const struct supervisor *s,
		     const char *name)
{
	char file[FILE_SIZE];

	lock_name(file, s, name);
	return supervisor_is_there(h, s, name) ? lock_pid(h, file) : 0;
}

/* As a unit of its own, where systemd is. */
static bool start_unit(const struct supervisor *s, const char *name)
{
	char unit[32 + NAME_SIZE];
	const char *const argv[] = {
		"/usr/bin/systemctl", "--quiet", "--no-ask-password",
		"--no-block", "restart", unit, NULL,
	};
	struct proc_child child = {
		.argv = argv, .timeout_ms = START_MS, .out_fd = -1,
	};

	snprintf(unit, sizeof(unit), "%s%s.service", s->unit, name);
	return proc_systemd_is_init() && proc_run(&child) == 0;
}

int supervisor_start(const struct supervisor *s, const char *name)
{
	const char *const argv[] = { SELF, s->command, "--daemon", name, NULL };
	struct proc_child child = {
		.argv = argv,
		.detach = true,
		.timeout_ms = START_MS,
		.out_fd = isatty(STDERR_FILENO) ? STDERR_FILENO : -1,
	};
	int status;

	if (start_unit(s, name))
		return 0;
	status = proc_run(&child);
	if (status < 0)
		return status;
	return status ? -ECHILD : 0;
}

static bool ends(int pidfd, int timeout_ms)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	return poll(&end, 1, timeout_ms) > 0;
}

int supervisor_stop(const struct host *h, const struct supervisor *s,
		    const char *name)
{
	_cleanup_close_ int fd = -1;

	if (!supervisor_had_any(h, s, name))
		return 0;
	fd = supervisor_find(h, s, name);
	if (fd < 0)
		return fd == -ESRCH ? 0 : fd;
	(void)syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0);
	if (!ends(fd, s->stop_ms))
		(void)syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	return ends(fd, KILL_MS) ? 0 : -ETIMEDOUT;
}

static int begin_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* 1: go on as the child; 0: we are the parent; -errno. */
static int begin_detached(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = null < 0 ? -1 : fork();

	if (pid < 0)
		return -errno;
	if (pid > 0)
		return 0;
	setsid();
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	return 1;
}

int supervisor_begin(int lock, bool detach, const char *comm, int *signals)
{
	char text[16];
	int n, err = 1;

	*signals = begin_signals();
	if (*signals < 0)
		err = *signals;
	if (err > 0 && detach)
		err = begin_detached();
	if (err < 0)
		return log_errno(err, "cannot become %s", comm);
	if (err == 0)
		return 0;
	(void)prctl(PR_SET_NAME, comm);
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(lock, 0) < 0 || pwrite(lock, text, (size_t)n, 0) != n)
		return log_errno(-EIO, "cannot note who %s is", comm);
	return 1;
}
