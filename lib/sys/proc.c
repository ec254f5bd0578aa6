/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.c - child processes of a program that may be somebody else's
 *
 * The child is made by clone(2) without an exit signal and waited for by
 * pidfd, so the caller's handling of SIGCHLD and its own children stay what
 * they are (clone(2), pidfd_open(2), waitid(2)).
 */
#include "lib/sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#define PIDFS_MAGIC 0x50494446UL

enum {
	STAT_SIZE = 1024,
	STAT_START = 22,
	COMM_SIZE = 16,
	KILL_TIMEOUT_MS = 1000,
	CGROUP_FILE_SIZE = 4096,
	EXIT_NOT_STARTED = 125,
};

bool proc_has_cap(int cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &head, data) == 0 &&
	       data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

/*
 * A process's pidfd is a file of a file system of its own, whose numbers are
 * never used again (pidfd_open(2), Linux 6.9).
 */
static int id_of_pidfd(int fd, uint64_t *id)
{
	struct statfs fs;
	struct stat st;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if ((unsigned long)fs.f_type != PIDFS_MAGIC)
		return -EOPNOTSUPP;
	*id = st.st_ino;
	return 0;
}

/* The pid, and when it began (proc_pid_stat(5), field 22). */
static int id_by_start(uint64_t *id)
{
	char text[STAT_SIZE];
	uint64_t start;
	ssize_t n = file_read_small(AT_FDCWD, "/proc/self/stat", text,
				    sizeof(text));
	const char *p = n < 0 ? NULL : strrchr(text, ')');
	int r;

	/* The name may hold anything: fields count from its end. */
	for (int field = 2; p && field < STAT_START; field++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	if (!p)
		return n < 0 ? (int)n : -EPROTO;
	r = num_parse(p, strcspn(p, " "), UINT64_MAX, &start);
	if (r == 0)
		*id = start << 32 | (uint32_t)getpid();
	return r;
}

int proc_self_id(uint64_t *id)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, getpid(), 0U);
	int r = id_of_pidfd(fd, id);

	/* A process must always get a number of the same kind. */
	return r == -EOPNOTSUPP || r == -ENOSYS ? id_by_start(id) : r;
}

int proc_open_thread(void)
{
	long fd = syscall(SYS_pidfd_open, gettid(), O_EXCL);

	return fd < 0 ? -errno : (int)fd;
}

/* The first thread has the process's number, others have their own. */
int proc_self_id_by(int thread, uint64_t *id)
{
	if (thread >= 0 && gettid() == getpid() &&
	    id_of_pidfd(thread, id) == 0)
		return 0;
	return proc_self_id(id);
}

bool proc_systemd_is_init(void)
{
	char comm[32];

	return file_read_small(AT_FDCWD, "/proc/1/comm", comm, sizeof(comm)) >
		       0 &&
	       strcmp(comm, "systemd") == 0;
}

/* "(NAME)", after the program that it is going to be, or its own name. */
bool proc_is_executor(void)
{
	char comm[COMM_SIZE] = "";

	if (getppid() != 1 || prctl(PR_GET_NAME, comm) < 0 ||
	    (comm[0] != '(' && strncmp(comm, "systemd", 7) != 0))
		return false;
	return proc_systemd_is_init();
}

/*
 * From here to exec_child() runs the child: only system calls, since the
 * caller may have had threads that held locks.
 */

/* The C library keeps two signals to itself, which can be ignored too. */
static void signals_reset(void)
{
	const unsigned long dfl[8] = { 0 };	/* SIG_DFL, no flags, no mask */
	struct itimerval none = { 0 };
	sigset_t empty;

	for (int sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, dfl, NULL, _NSIG / 8);
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		setitimer(which, &none, NULL);
	alarm(0);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
}

static void limits_reset(void)
{
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit files = { 65536, 65536 };
	struct rlimit core = { 0, 0 };

	for (int which = 0; which < RLIM_NLIMITS; which++)
		setrlimit((__rlimit_resource_t)which, &none);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &core);
}

static void scheduling_reset(void)
{
	struct sched_param param = { 0 };
	cpu_set_t all;

	sched_setscheduler(0, SCHED_OTHER, &param);
	setpriority(PRIO_PROCESS, 0, 0);
	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(0, sizeof(all), &all);
}

/* What cannot be left behind is kept: the deadline still holds. */
static bool try_write(const char *path, const char *text)
{
	return file_write_small(AT_FDCWD, path, text) == 0;
}

/*
 * An unprivileged user may own the caller's cgroup, and could freeze or
 * starve in it what holds our locks.  Each line of /proc/self/cgroup is a
 * hierarchy: "0::PATH", or "ID:CONTROLLERS:PATH" of version 1.
 */
static void cgroup_leave_one(char *line)
{
	char path[256];
	char *controllers = strchr(line, ':');
	char *end = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!end)
		return;
	*end = '\0';
	controllers++;
	/* There already, as child_clone() may have begun it. */
	if (strcmp(end + 1, "/") == 0)
		return;
	if (!*controllers) {
		if (!try_write("/sys/fs/cgroup/cgroup.procs", "0"))
			try_write("/sys/fs/cgroup/unified/cgroup.procs", "0");
		return;
	}
	if (strncmp(controllers, "name=", 5) == 0)
		controllers += 5;
	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/cgroup.procs",
		 controllers);
	try_write(path, "0");
}

static void cgroup_leave(void)
{
	char text[CGROUP_FILE_SIZE];
	char *line = text;

	if (file_read_small(AT_FDCWD, "/proc/self/cgroup", text,
			    sizeof(text)) < 0)
		return;
	while (line && *line) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		cgroup_leave_one(line);
		line = end ? end + 1 : NULL;
	}
}

static int enter_host(void)
{
	_cleanup_close_ int mnt = ns_open_host(NS_MNT);
	_cleanup_close_ int net = ns_open_host(NS_NET);
	int r;

	if (mnt < 0)
		return mnt;
	if (net < 0)
		return net;
	r = ns_join(net, NS_NET);
	return r < 0 ? r : ns_join(mnt, NS_MNT);
}

static int stdio_set(int in, int out)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return -errno;
	/* @out may itself be below 3: put it out of the way first. */
	out = fcntl(out < 0 ? null : out, F_DUPFD, 3);
	if (out < 0)
		return -errno;
	if (dup2(in > 2 ? in : null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		return -errno;
	return syscall(SYS_close_range, 3U, ~0U, 0U) < 0 ? -errno : 0;
}

static _Noreturn void exec_now(const struct proc_child *child)
{
	static const char *const clean[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin",
		NULL
	};
	const char *const *envp = child->envp ? child->envp : clean;

	execve(child->argv[0], (char *const *)child->argv,
	       (char *const *)envp);
	_exit(errno == ENOENT ? 127 : 126);
}

/*
 * execve(2) gives every child SIGCHLD back, and with it a caller that ignores
 * the signal, or reaps all it sees, would take the verdict.  So the caller's
 * child stays as it is, and its own child is the program, which dies with it.
 */
static _Noreturn void exec_and_stay(const struct proc_child *child)
{
	pid_t self = getpid();
	int status = 0;
	long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == self)
			exec_now(child);
		_exit(EXIT_NOT_STARTED);
	}
	while (waitpid((pid_t)pid, &status, 0) < 0) {
		if (errno != EINTR)
			_exit(EXIT_NOT_STARTED);
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) :
				  128 + WTERMSIG(status));
}

static _Noreturn void exec_child(const struct proc_child *child)
{
	signals_reset();
	setsid();
	umask(022);
	if (child->host && enter_host() < 0)
		_exit(EXIT_NOT_STARTED);
	if (child->detach) {
		cgroup_leave();
		limits_reset();
		scheduling_reset();
		try_write("/proc/self/oom_score_adj", "0");
	}
	if (chdir("/") < 0 || stdio_set(child->in_fd, child->out_fd) < 0)
		_exit(EXIT_NOT_STARTED);
	/*
	 * atd's real uid is not 0, and the builder asks for it.  The C
	 * library's own calls would wait for threads that are the parent's.
	 */
	if (geteuid() == 0 && (syscall(SYS_setresgid, 0, 0, 0) < 0 ||
			       syscall(SYS_setresuid, 0, 0, 0) < 0))
		_exit(EXIT_NOT_STARTED);
	exec_and_stay(child);
}

/* The top of the hierarchy of version 2; -1: there is none. */
static int cgroup_open_top(void)
{
	static const char *const tops[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		_cleanup_close_ int fd = open(tops[i], O_PATH | O_DIRECTORY |
							       O_CLOEXEC);
		struct statfs fs;

		if (fd >= 0 && fstatfs(fd, &fs) == 0 &&
		    fs.f_type == CGROUP2_SUPER_MAGIC)
			return TAKE_FD(fd);
	}
	return -1;
}

/*
 * A process that is born in its cgroup is there at once; to move one there
 * waits for every processor, 10 ms or more (clone(2), Linux 5.7).
 */
static long child_clone(bool detach, int *pidfd)
{
	_cleanup_close_ int top = detach ? cgroup_open_top() : -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_INTO_CGROUP,
		.pidfd = (uintptr_t)pidfd,
		.cgroup = (uint64_t)top,
	};
	long pid = top < 0 ? -1 : syscall(SYS_clone3, &args, sizeof(args));

	/* Then it moves itself there, if it may. */
	if (pid < 0)
		pid = syscall(SYS_clone, CLONE_PIDFD, NULL, pidfd, NULL, 0);
	return pid < 0 ? -errno : pid;
}

static bool child_ends(int pidfd, int timeout_ms)
{
	long long deadline = file_now_ms() + timeout_ms;
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	int r;

	do {
		long long left = deadline - file_now_ms();

		r = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (r < 0 && errno == EINTR);
	return r > 0;
}

static int child_wait(int pidfd, pid_t pid, int timeout_ms)
{
	siginfo_t info = { 0 };
	bool late = !child_ends(pidfd, timeout_ms);
	int r;

	if (late) {
		/* It leads a group, which what it started is in too. */
		kill(-pid, SIGKILL);
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		/* Deep in a system call it does not die: we do not wait. */
		if (!child_ends(pidfd, KILL_TIMEOUT_MS))
			return -ETIMEDOUT;
	}
	do {
		r = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info,
			   WEXITED | __WALL);
	} while (r < 0 && errno == EINTR);
	if (late)
		return -ETIMEDOUT;
	if (r < 0)
		return -errno;
	return info.si_code == CLD_EXITED ? info.si_status :
					    128 + info.si_status;
}

int proc_run(const struct proc_child *child)
{
	_cleanup_close_ int pidfd = -1;
	sigset_t all, old;
	long pid;

	/* No handler of the caller's may run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = child_clone(child->detach, &pidfd);
	if (pid == 0)
		exec_child(child);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return pid < 0 ? (int)pid : child_wait(pidfd, (pid_t)pid,
					  child->timeout_ms);
}
