/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * init.c - the first process of a pid namespace
 *
 * pid_namespaces(7).  It reaps what loses its parent, hands signals on to the
 * program, and takes everything in the namespace along when it ends.
 *
 * Of an instance it leaves the mount namespace, which then is gone with the
 * last process besides it: the keeper notices and ends, and so does init.
 */
#include "runnsctl/unshare/init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/unshare/fds.h"

/** struct duty - init's own */
struct duty {
	const struct init_work *work;
	int socket;
	int signals;
	int mnt;
	pid_t program;
};

static int mount_proc(void)
{
	_cleanup_close_ int proc = mnt_new("proc", false);
	int r = proc < 0 ? proc : mnt_place_tree(proc, AT_FDCWD, "/proc");

	/* A root directory without one has chosen so. */
	if (r == -ENOENT)
		return 0;
	return r < 0 ? log_errno(r, "unshare: cannot mount the new /proc") : 0;
}

/* Return: 0 and @duty->mnt, by which the program returns there. */
static int leave_mounts(struct duty *duty)
{
	duty->mnt = ns_open_self(NS_MNT);
	if (duty->mnt < 0)
		return log_errno(duty->mnt, "unshare: /proc/self/ns/mnt");
	if (unshare(CLONE_NEWNS) < 0)
		return log_errno(-errno, "unshare: mounts of init");
	return 0;
}

static int return_to_mounts(const struct duty *duty)
{
	_cleanup_free_ char *directory = getcwd(NULL, 0);
	int r;

	if (duty->mnt < 0)
		return 0;
	r = ns_join(duty->mnt, NS_MNT);
	if (r < 0)
		return log_errno(r, "unshare: mounts of the instance");
	return directory && chdir(directory) < 0 && chdir("/") < 0 ? -errno : 0;
}

/* Of an instance, it may outlive who has started it. */
static int let_go(const struct duty *duty)
{
	const int kept[] = { duty->socket, duty->signals, duty->work->outer };
	int r = fds_keep_only(kept, ARRAY_SIZE(kept));

	return r < 0 ? r : fds_standard_null(STDIN_FILENO, STDERR_FILENO);
}

static int start_program(struct duty *duty, const struct attend *before)
{
	duty->program = fork();
	if (duty->program < 0)
		return log_errno(-errno, "unshare: fork");
	if (duty->program == 0) {
		attend_end(before);
		if (return_to_mounts(duty) < 0)
			_exit(EXIT_OWN);
		_exit(duty->work->program(duty->work->request));
	}
	base_close(&duty->mnt);
	duty->mnt = -1;
	return duty->work->outer < 0 ? 0 : let_go(duty);
}

static void tell(const struct duty *duty, int status)
{
	/* Nobody listens: whoever waited for it has been killed. */
	if (send(duty->socket, &status, sizeof(status), MSG_NOSIGNAL) < 0)
		return;
}

/* Return: whether the program was among them. */
static bool reap(struct duty *duty)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != duty->program)
			continue;
		tell(duty, status);
		duty->program = -1;
		ended = true;
	}
	return ended;
}

/* Return: whether init's work is done. */
static bool take_signal(struct duty *duty)
{
	struct signalfd_siginfo info;

	if (read(duty->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return false;
	if (info.ssi_signo == SIGCHLD)
		return reap(duty) && duty->work->outer < 0;
	if (info.ssi_code != SI_KERNEL && duty->program > 0)
		kill(duty->program, (int)info.ssi_signo);
	return false;
}

/* Who stands for the program has been killed, and it shall be as well. */
static void end_program(struct duty *duty)
{
	if (duty->program > 0)
		kill(duty->program, SIGKILL);
}

static void serve(struct duty *duty)
{
	struct pollfd wait[] = {
		{ .fd = duty->signals, .events = POLLIN },
		{ .fd = duty->work->outer, .events = POLLIN },
		{ .fd = duty->socket, .events = POLLIN },
	};

	for (;;) {
		if (poll(wait, ARRAY_SIZE(wait), -1) < 0)
			continue;
		if (wait[1].revents)
			return;
		if (wait[2].revents) {
			end_program(duty);
			wait[2].fd = -1;
		}
		if (wait[0].revents && take_signal(duty))
			return;
	}
}

static int prepare(struct duty *duty)
{
	sigset_t set;
	int r = mount_proc();

	/* The namespace does not outlive the caller unless it has a name. */
	if (r == 0 && duty->work->outer < 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		r = log_errno(-errno, "unshare: prctl");
	if (r == 0 && duty->work->outer >= 0)
		r = leave_mounts(duty);
	sigfillset(&set);
	duty->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (r == 0 && duty->signals < 0)
		r = log_errno(-errno, "unshare: signalfd");
	return r;
}

static void init_main(const struct init_work *work, int socket,
		      const struct attend *before)
{
	struct duty duty = {
		.work = work, .socket = socket, .signals = -1, .mnt = -1
	};
	sigset_t all;
	char byte;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (prepare(&duty) < 0 || send(socket, "", 1, MSG_NOSIGNAL) != 1 ||
	    read(socket, &byte, 1) != 1 || start_program(&duty, before) < 0)
		_exit(EXIT_OWN);
	serve(&duty);
	_exit(EXIT_OK);
}

int init_start(struct init *init, const struct init_work *work)
{
	int ends[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return log_errno(-errno, "unshare: socketpair");
	init->socket = ends[0];
	attend_begin(&init->before);
	init->pid = fork();
	if (init->pid == 0) {
		close(ends[0]);
		init_main(work, ends[1], &init->before);
	}
	close(ends[1]);
	if (init->pid < 0)
		return log_errno(-errno, "unshare: first process");
	return read(init->socket, &byte, 1) == 1 ? 0 : -EPIPE;
}

int init_run(struct init *init)
{
	int status;

	if (send(init->socket, "", 1, MSG_NOSIGNAL) != 1)
		return log_errno(-errno, "unshare: first process");
	status = attend(init->pid, init->socket);
	return status < 0 ? log_errno(status, "unshare: first process")
			  : status;
}
