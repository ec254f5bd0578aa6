/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_spawn.c - the programs of VPNs: started, listened to
 *
 * They run as a user who has nothing but them, with no capability, and talk
 * to strangers; what they print becomes one plain line each.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "net/vpn.h"
#include "net/vpn_spawn.h"

/* As journald does it for a service, but for each tunnel. */
enum { BURST_LINES = 500, BURST_MS = 30000 };

static const char *const clean_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	NULL
};

void vpn_log(const struct vpn_tunnel *t, int priority, const char *fmt, ...)
{
	static char tag[sizeof("openconnect-") + NAME_SIZE];
	char line[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	log_vescape(line, sizeof(line), fmt, ap);
	va_end(ap);
	snprintf(tag, sizeof(tag), "%s-%s", t->kind->name, t->vpn->plan.name);
	openlog(tag, 0, LOG_DAEMON);
	syslog(LOG_DAEMON | priority, "%s", line);
	openlog(VPN_LOG_TAG, 0, LOG_DAEMON);
}

int vpn_find_program(const char *name, const char *package, char out[64])
{
	static const char *const dirs[] = {
		"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
		"/sbin", "/bin",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(out, 64, "%s/%s", dirs[i], name);
		if (access(out, X_OK) == 0)
			return 0;
	}
	return log_errno(-ENOENT, "%s is not installed (package %s)", name,
			 package);
}

static int child_become(const struct vpn *v)
{
	int cap;

	/* No capability can come back, whatever it executes. */
	for (cap = 0; cap < 64; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EINVAL)
			return -errno;
	}
	if (setgroups(0, NULL) < 0 || setresgid(v->gid, v->gid, v->gid) < 0 ||
	    setresuid(v->uid, v->uid, v->uid) < 0)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}

static int child_descriptors(const struct vpn_program *p, int output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int *fd;

	if (null < 0 || dup2(p->stdin_fd < 0 ? null : p->stdin_fd, 0) < 0 ||
	    dup2(output, 1) < 0 || dup2(output, 2) < 0)
		return -errno;
	if (syscall(SYS_close_range, 3U, ~0U, 1U << 2) < 0)
		return -errno;
	for (fd = p->keep; fd && *fd >= 0; fd++) {
		if (fcntl(*fd, F_SETFD, 0) < 0)
			return -errno;
	}
	return 0;
}

static _Noreturn void child_run(const struct vpn *v,
				const struct vpn_program *p, int output,
				pid_t parent)
{
	const char *const *envp = p->envp ? p->envp : clean_env;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (child_descriptors(p, output) < 0 ||
	    (!p->root && child_become(v) < 0))
		_exit(125);
	/* After the change of user, which would take it away. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
	    (p->confine && p->confine() < 0))
		_exit(125);
	execve(p->argv[0], (char *const *)p->argv, (char *const *)envp);
	_exit(errno == ENOENT ? 127 : 126);
}

int vpn_spawn(struct vpn_tunnel *t, const struct vpn_program *program)
{
	_cleanup_close_ int read_end = -1;
	_cleanup_close_ int write_end = -1;
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return log_errno(-errno, "cannot make a pipe");
	read_end = ends[0];
	write_end = ends[1];
	/* Only our end: a program that prints must not be told to try again. */
	if (fcntl(write_end, F_SETFL, 0) < 0)
		return log_errno(-errno, "cannot set up a pipe");
	t->pid = fork();
	if (t->pid == 0)
		child_run(t->vpn, program, write_end, parent);
	if (t->pid < 0)
		return log_errno(-errno, "cannot start %s", program->argv[0]);
	t->pidfd = (int)syscall(SYS_pidfd_open, t->pid, 0);
	if (t->pidfd < 0) {
		int err = -errno;

		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
		return log_errno(err, "cannot watch %s", program->argv[0]);
	}
	t->output = TAKE_FD(read_end);
	t->line_len = 0;
	return 0;
}

/* May one line more go to the log?  It must not push out those of others. */
static bool burst_allows(struct vpn_tunnel *t)
{
	long long now = file_now_ms();

	if (now - t->burst_at >= BURST_MS) {
		if (t->burst > BURST_LINES)
			vpn_log(t, LOG_WARNING, "%u lines were left out",
				t->burst - BURST_LINES);
		t->burst_at = now;
		t->burst = 0;
	}
	return t->burst++ < BURST_LINES;
}

static void output_line(struct vpn_tunnel *t)
{
	bool error;

	if (!t->line_len)
		return;
	if (burst_allows(t))
		vpn_log(t, LOG_INFO, "%.*s", (int)t->line_len, t->line);
	/* What follows an error mostly says less. */
	error = memmem(t->line, t->line_len, "rror", 4) != NULL;
	if (error || !t->last_is_error)
		log_escape(t->last, sizeof(t->last), t->line, t->line_len);
	t->last_is_error |= error;
	t->line_len = 0;
}

void vpn_output(struct vpn_tunnel *t)
{
	char text[1024];
	ssize_t i, n = read(t->output, text, sizeof(text));

	if (n <= 0 && (n == 0 || (errno != EAGAIN && errno != EINTR))) {
		output_line(t);
		close(t->output);
		t->output = -1;
	}
	for (i = 0; i < n; i++) {
		if (text[i] == '\n' || t->line_len == sizeof(t->line))
			output_line(t);
		if (text[i] != '\n')
			t->line[t->line_len++] = text[i];
	}
}

static bool end_wait(int pidfd, int timeout_ms)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	return poll(&end, 1, timeout_ms) > 0;
}

int vpn_reap(struct vpn_tunnel *t, bool ask)
{
	siginfo_t info = { 0 };
	int reads = VPN_LAST_READS;

	if (t->pidfd < 0)
		return 0;
	if (ask)
		(void)syscall(SYS_pidfd_send_signal, t->pidfd, SIGTERM, NULL, 0);
	if (!end_wait(t->pidfd, ask ? VPN_TERM_MS : 0)) {
		(void)syscall(SYS_pidfd_send_signal, t->pidfd, SIGKILL, NULL, 0);
		(void)end_wait(t->pidfd, VPN_KILL_MS);
	}
	(void)waitid((idtype_t)P_PIDFD, (id_t)t->pidfd, &info,
		     WEXITED | WNOHANG);
	while (t->output >= 0 && reads-- > 0 && end_wait(t->output, 0))
		vpn_output(t);
	if (t->output >= 0)
		close(t->output);
	close(t->pidfd);
	t->pidfd = t->output = -1;
	t->pid = 0;
	return info.si_code == CLD_EXITED ? info.si_status :
					    128 + info.si_status;
}
