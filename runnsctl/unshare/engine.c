/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.c - programs that connect a namespace from outside
 */
#include "runnsctl/unshare/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/sys/file.h"

static int become(const struct engine *engine, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(engine->out >= 0 ? engine->out : null, STDOUT_FILENO) < 0)
		return errno;
	for (size_t i = 0; i < engine->n_fds; i++) {
		if (fcntl(engine->fds[i], F_SETFD, 0) < 0)
			return errno;
	}
	/* Killed itself, the parent cannot tell it to end. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return errno;
	if (getppid() != parent)
		return ESRCH;
	execvp(engine->path, engine->argv);
	return errno;
}

pid_t engine_start(const struct engine *engine)
{
	pid_t parent = getpid();
	int ends[2], err = 0;
	pid_t pid;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		err = become(engine, parent);
		_exit(write(ends[1], &err, sizeof(err)) < 0 ? 126 : 127);
	}
	err = pid < 0 ? errno : 0;
	close(ends[1]);
	do
		n = pid < 0 ? 0 : read(ends[0], &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(ends[0]);
	if (pid > 0 && err)
		waitpid(pid, NULL, 0);
	return err ? -err : pid;
}

int engine_wait_ready(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	long long end = file_now_ms() + ENGINE_READY_MS;
	char byte;
	ssize_t n;
	int r;

	do {
		long long left = end - file_now_ms();

		r = poll(&wait, 1, left > 0 ? (int)left : 0);
	} while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r < 0 ? -errno : -ETIMEDOUT;
	n = read(fd, &byte, 1);
	if (n < 0)
		return -errno;
	return n == 1 ? 0 : -EPIPE;
}
