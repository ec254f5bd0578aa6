/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.c - programs that runns.conf(5) names: started, listened to, ended
 *
 * The child looks its user up itself: a directory service that does not answer
 * then costs no more than the program's own time.
 */
#include "net/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/sys/cred.h"
#include "lib/sys/exec.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "lib/sys/nss.h"

/* As journald does it for a service. */
enum { BURST_LINES = 100, BURST_MS = 30000 };

enum { LAST_READS = 64, REAP_MS = 2000 };

/* Whoever can change what root runs is root. */
static int judge(const struct program *p)
{
	const char *path = p->line->argv[0];
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int file = -1;
	char above[PROFILE_LINE_MAX];
	int err;

	snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	dir = above[0] ? file_open_dir(p->h->root, above + 1) :
			 fcntl(p->h->root, F_DUPFD_CLOEXEC, 0);
	err = dir;
	if (dir >= 0)
		err = file = file_open_trusted(dir, slash + 1);
	if (err >= 0)
		return 0;
	return log_errno(err, "%s: %s: %s %s", p->name, p->what, path,
			 err == -ELOOP ? "is, or lies below, a symbolic link: "
					 "write where it leads" :
					 file_explain(err));
}

/* To the standard error, which is told as what the program said. */
static void child_write(void *ctx, int priority, const char *line)
{
	(void)ctx;
	if (priority <= LOG_NOTICE)
		dprintf(STDERR_FILENO, "%s\n", line);
}

static int child_descriptors(int output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
	    dup2(output, 2) < 0)
		return -errno;
	return syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ?
		       -errno : 0;
}

/* The thread of a builder may stand in the namespace of a Parent. */
static int child_on_host(void)
{
	_cleanup_close_ int net = ns_open_host(NS_NET);

	return net < 0 ? net : ns_join(net, NS_NET);
}

static int child_user(const struct program *p, struct nss_user *user)
{
	int err;

	*user = (struct nss_user){ .name = "root" };
	if (strcmp(p->user, "root") == 0)
		return setgroups(0, NULL) < 0 ? -errno : 0;
	err = nss_user_by_name(p->user, user);
	if (err)
		return log_errno(err, "%s: User=%s is not known", p->name,
				 p->user);
	return initgroups(user->name, user->gid) < 0 ? -errno : 0;
}

/* For good: nothing that it executes can be more than he is. */
static int child_become(const struct nss_user *user)
{
	int cap;

	if (user->uid == 0)
		return cred_drop(0, 0);
	for (cap = 0; cap < 64; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap) < 0 && errno != EINVAL)
			return -errno;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return cred_drop(user->uid, user->gid);
}

static void child_signals(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int child_prepare(const struct program *p, int go, pid_t parent)
{
	struct nss_user user;
	char c;
	int err;

	if (p->enter && read(go, &c, 1) != 1)
		return -ECANCELED;
	err = child_on_host();
	if (err == 0)
		err = child_user(p, &user);
	program_env_add(p->env, "USER", user.name);
	program_env_add(p->env, "LOGNAME", user.name);
	if (err == 0 && p->enter)
		err = p->enter(p, user.uid);
	if (err == 0 && chdir("/") < 0)
		err = -errno;
	if (err == 0)
		err = child_become(&user);
	/* After the change of user, which would take it away. */
	if (err == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
			 getppid() != parent))
		err = -ECANCELED;
	return err;
}

static _Noreturn void child_run(const struct program *p, int output, int go,
				pid_t parent)
{
	const struct log_sink sink = { .write = child_write };
	int err;

	log_set_sink(&sink);
	child_signals();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	umask(022);
	/* Its own copy of @go stays until it is executed. */
	if (child_descriptors(output) < 0)
		_exit(EXEC_FAILED);
	err = child_prepare(p, go, parent);
	if (err) {
		dprintf(STDERR_FILENO, "cannot be started: %s\n",
			strerror(-err));
		_exit(EXEC_FAILED);
	}
	execve(p->line->argv[0], p->line->argv, p->env->list);
	dprintf(STDERR_FILENO, "%s: %s\n", p->line->argv[0], strerror(errno));
	_exit(errno == ENOENT ? EXEC_NOT_FOUND : EXEC_CANNOT);
}

static int start_watch(struct program_run *run)
{
	int err;

	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	if (run->pidfd >= 0)
		return 0;
	err = -errno;
	kill(run->pid, SIGKILL);
	waitpid(run->pid, NULL, 0);
	return err;
}

int program_start(struct program_run *run, const struct program *p)
{
	_cleanup_close_ int read_end = -1;
	_cleanup_close_ int write_end = -1;
	_cleanup_close_ int wait_end = -1;
	_cleanup_close_ int go_end = -1;
	pid_t parent = getpid();
	int ends[2], gate[2];
	int err = judge(p);

	*run = (struct program_run){ .program = p, .pidfd = -1, .output = -1,
				     .go = -1 };
	if (err)
		return err;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	read_end = ends[0];
	write_end = ends[1];
	if (pipe2(gate, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe");
	wait_end = gate[0];
	go_end = gate[1];
	/* Only our end: a program that prints must not be told to try again. */
	if (fcntl(read_end, F_SETFL, O_NONBLOCK) < 0)
		return log_errno(-errno, "cannot set up a pipe");
	fflush(NULL);
	run->pid = fork();
	if (run->pid == 0) {
		close(go_end);
		child_run(p, write_end, wait_end, parent);
	}
	err = run->pid < 0 ? -errno : start_watch(run);
	if (err)
		return log_errno(err, "%s: cannot start %s", p->name, p->what);
	run->output = TAKE_FD(read_end);
	run->go = TAKE_FD(go_end);
	return 0;
}

void program_go(struct program_run *run)
{
	if (write(run->go, "", 1) != 1)
		log_msg(LOG_WARNING, "%s: %s has ended at once",
			run->program->name, run->program->what);
}

static bool burst_allows(struct program_run *run)
{
	long long now = file_now_ms();

	if (now - run->burst_at >= BURST_MS) {
		run->burst_at = now;
		run->burst = 0;
	}
	if (run->burst++ == BURST_LINES)
		log_msg(LOG_WARNING, "%s: %s prints too much: some of it is "
			"left out", run->program->name, run->program->what);
	return run->burst <= BURST_LINES;
}

static void output_line(struct program_run *run)
{
	if (run->len && burst_allows(run))
		log_msg(LOG_INFO, "%s: %s: %.*s", run->program->name,
			run->program->what, (int)run->len, run->line);
	run->len = 0;
}

void program_output(struct program_run *run)
{
	char text[1024];
	ssize_t i, n = read(run->output, text, sizeof(text));

	if (n <= 0 && (n == 0 || (errno != EAGAIN && errno != EINTR))) {
		output_line(run);
		close(run->output);
		run->output = -1;
	}
	for (i = 0; i < n; i++) {
		if (text[i] == '\n' || run->len == sizeof(run->line))
			output_line(run);
		if (text[i] != '\n')
			run->line[run->len++] = text[i];
	}
}

/* Its number is not another's before it is waited for. */
void program_signal(const struct program_run *run, int signal)
{
	(void)kill(-run->pid, signal);
	(void)syscall(SYS_pidfd_send_signal, run->pidfd, signal, NULL, 0);
}

static bool has_output(const struct program_run *run)
{
	struct pollfd slot = { .fd = run->output, .events = POLLIN };

	return run->output >= 0 && poll(&slot, 1, 0) > 0;
}

int program_reap(struct program_run *run)
{
	struct pollfd end = { .fd = run->pidfd, .events = POLLIN };
	siginfo_t info = { 0 };
	int reads = LAST_READS;

	/* Deep in a system call a killed one does not end: we do not wait. */
	(void)poll(&end, 1, REAP_MS);
	(void)waitid((idtype_t)P_PIDFD, (id_t)run->pidfd, &info,
		     WEXITED | WNOHANG);
	while (reads-- > 0 && has_output(run))
		program_output(run);
	output_line(run);
	base_close(&run->output);
	base_close(&run->pidfd);
	base_close(&run->go);
	run->output = run->pidfd = run->go = -1;
	return info.si_code == CLD_EXITED ? info.si_status :
					    128 + info.si_status;
}
