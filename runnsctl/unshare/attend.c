/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attend.c - wait for a program in whose place one stands
 *
 * It is in our process group, so that the terminal is its own as much as ours.
 */
#include "runnsctl/unshare/attend.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "runnsctl/runnsctl.h"

/* Faults and what stops or continues act as ever. */
static const int left_alone[] = { SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,
				  SIGABRT, SIGTSTP, SIGTTIN, SIGTTOU,
				  SIGCONT, SIGSYS,  SIGTRAP };

static void attended(sigset_t *set)
{
	sigfillset(set);
	for (size_t i = 0; i < ARRAY_SIZE(left_alone); i++)
		sigdelset(set, left_alone[i]);
}

void attend_begin(struct attend *before)
{
	const struct sigaction normal = { .sa_handler = SIG_DFL };
	sigset_t set;

	attended(&set);
	/* Whoever ignores it has no children to wait for. */
	sigaction(SIGCHLD, &normal, &before->chld);
	sigprocmask(SIG_BLOCK, &set, &before->mask);
}

void attend_end(const struct attend *before)
{
	sigaction(SIGCHLD, &before->chld, NULL);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

pid_t attend_fork(void)
{
	_cleanup_close_ int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct pollfd parent = { .fd = self, .events = POLLIN };
	pid_t child;

	if (self < 0)
		return -errno;
	child = fork();
	if (child != 0)
		return child < 0 ? -errno : child;
	/* What stands for it cannot hand on that it was killed; and by then
	 * it may have been.  In a pid namespace getppid(2) does not tell. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || poll(&parent, 1, 0) != 0)
		_exit(EXIT_OWN);
	return 0;
}

static bool has_ended(pid_t child, int *status)
{
	pid_t pid;

	do
		pid = waitpid(child, status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid < 0)
		*status = -errno;
	return pid != 0;
}

static bool is_reported(int report, int *status)
{
	return report >= 0 && recv(report, status, sizeof(*status),
				   MSG_DONTWAIT) == (ssize_t)sizeof(*status);
}

static void hand_on(int signals, pid_t child)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	/* SI_KERNEL: from the terminal. */
	if (info.ssi_signo != SIGCHLD && info.ssi_code != SI_KERNEL)
		kill(child, (int)info.ssi_signo);
}

int attend(pid_t child, int report)
{
	_cleanup_close_ int signals = -1;
	struct pollfd wait[] = { { .events = POLLIN },
				 { .fd = report, .events = POLLIN } };
	sigset_t set;
	int status, ended;

	attended(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return -errno;
	wait[0].fd = signals;
	for (;;) {
		bool is_gone = has_ended(child, &ended);

		/* Sent before the end, so it is there by now. */
		if (is_reported(report, &status))
			return status;
		if (is_gone)
			return ended;
		if (poll(wait, ARRAY_SIZE(wait), -1) > 0 && wait[0].revents)
			hand_on(signals, child);
	}
}

int attend_run(const char *command, const struct attend *before)
{
	pid_t child = fork();

	if (child < 0)
		return log_errno(-errno, "unshare: fork");
	if (child > 0)
		return attend(child, -1);
	attend_end(before);
	execl("/bin/sh", "sh", "-c", command, NULL);
	log_errno(-errno, "unshare: /bin/sh");
	_exit(127);
}
