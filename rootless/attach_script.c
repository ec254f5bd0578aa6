/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_script.c - the user's script that sets a VPN's device up
 */
#include "rootless/attach_script.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "lib/sys/exec.h"

enum { SCRIPT_MS = 30000 };

/* They survive execve(2) only as ambient ones: he may not be root inside. */
static int keep_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	static const int kept[] = { CAP_NET_ADMIN, CAP_NET_RAW };
	size_t i;

	if (syscall(SYS_capget, &head, data) < 0)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(kept); i++)
		data[0].inheritable |= 1U << kept[i];
	if (syscall(SYS_capset, &head, data) < 0)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(kept); i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0,
			  0) < 0)
			return -errno;
	return 0;
}

static int enter(const struct attach_script *s)
{
	if (setns(s->where.userns, CLONE_NEWUSER) < 0 ||
	    setns(s->where.netns, CLONE_NEWNET) < 0 ||
	    (s->mntns >= 0 && setns(s->mntns, CLONE_NEWNS) < 0))
		return -errno;
	return keep_capabilities();
}

static _Noreturn void become(const struct attach_script *s, const char *reason)
{
	char *argv[] = { (char *)s->path, NULL };
	sigset_t none;
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	err = enter(s);
	if (err == 0 && (setenv("TUNDEV", s->device, 1) < 0 ||
			 setenv("reason", reason, 1) < 0 ||
			 unsetenv("VPNFD") < 0))
		err = -errno;
	if (err) {
		log_errno(err, "%s: cannot be started inside", s->path);
		_exit(EXEC_FAILED);
	}
	_exit(exec_program(argv, environ));
}

/* Return: 0 when it has ended; -EINTR, -ETIMEDOUT or another -errno. */
static int await(int child, int stop)
{
	struct pollfd fds[] = {
		{ .fd = child, .events = POLLIN },
		{ .fd = stop, .events = POLLIN },
	};
	int n;

	do
		n = poll(fds, ARRAY_SIZE(fds), SCRIPT_MS);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : -ETIMEDOUT;
	/* A signal to all of the group ends the script, too. */
	return fds[1].revents ? -EINTR : 0;
}

static int judge(const struct attach_script *s, const char *reason, int err,
		 int status)
{
	if (err == -EINTR)
		return err;
	if (err)
		log_errno(err, "%s: reason %s", s->path, reason);
	else if (WIFSIGNALED(status))
		log_msg(LOG_ERR, "%s: reason %s: killed by signal %d", s->path,
			reason, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		log_msg(LOG_ERR, "%s: reason %s: exit status %d", s->path,
			reason, WEXITSTATUS(status));
	else
		return 0;
	return -ECHILD;
}

int attach_script_run(const struct attach_script *s, const char *reason)
{
	_cleanup_close_ int child = -1;
	int status = 0, err;
	pid_t pid = fork();

	if (pid == 0)
		become(s, reason);
	if (pid > 0)
		child = (int)syscall(SYS_pidfd_open, pid, 0);
	if (child < 0)
		err = -errno;
	else
		err = await(child, strcmp(reason, "disconnect") == 0 ? -1 :
								       s->stop);
	if (err == -EINTR && pid > 0) {
		kill(pid, SIGTERM);
		if (await(child, -1) < 0)
			kill(pid, SIGKILL);
	} else if (err && pid > 0) {
		kill(pid, SIGKILL);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(s, reason, err, status);
}
