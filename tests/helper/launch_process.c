/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch_process.c - identity, limits, signals, tracing, sandboxes
 */
#include "tests/helper/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { GROUPS_FIRST = 100000, GROUPS_MAX = 65536, SWARM_MAX = 4096 };

static void step_uid(const char *value)
{
	long long id[3];

	numbers(value, id, ARRAY_SIZE(id));
	must(setresuid((uid_t)id[0], (uid_t)id[1], (uid_t)id[2]), "setresuid");
	/* Else /proc/self is root's until the next execve(2). */
	must(prctl(PR_SET_DUMPABLE, 1), "PR_SET_DUMPABLE");
}

static void step_gid(const char *value)
{
	long long id[3];

	numbers(value, id, ARRAY_SIZE(id));
	must(setresgid((gid_t)id[0], (gid_t)id[1], (gid_t)id[2]), "setresgid");
}

/* So many that no database knows. */
static void step_groups(const char *value)
{
	static gid_t groups[GROUPS_MAX];
	size_t n = (size_t)atol(value);

	for (size_t i = 0; i < n && i < GROUPS_MAX; i++)
		groups[i] = (gid_t)(GROUPS_FIRST + i);
	must(setgroups(n, groups), "setgroups");
}

/* "GID": no other than this one. */
static void step_group(const char *value)
{
	gid_t group = (gid_t)atol(value);

	must(setgroups(1, &group), "setgroups");
}

/* Keep the capabilities that are permitted over a change of uid. */
static void step_keepcaps(const char *value)
{
	(void)value;
	must(prctl(PR_SET_KEEPCAPS, 1), "PR_SET_KEEPCAPS");
}

static void step_inheritable(const char *value)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	int cap = atoi(value);

	must(syscall(SYS_capget, &head, data), "capget");
	data[CAP_TO_INDEX(cap)].inheritable |= CAP_TO_MASK(cap);
	must(syscall(SYS_capset, &head, data), "capset");
}

/* What was kept over a change of uid takes effect again. */
static void step_effective(const char *value)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	(void)value;
	must(syscall(SYS_capget, &head, data), "capget");
	for (size_t i = 0; i < ARRAY_SIZE(data); i++)
		data[i].effective = data[i].permitted;
	must(syscall(SYS_capset, &head, data), "capset");
}

static void step_ambient(const char *value)
{
	step_inheritable(value);
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, atoi(value), 0, 0),
	     "PR_CAP_AMBIENT");
}

static void step_bounding(const char *value)
{
	must(prctl(PR_CAPBSET_DROP, atoi(value)), "PR_CAPBSET_DROP");
}

static void step_securebits(const char *value)
{
	must(prctl(PR_SET_SECUREBITS, atoi(value)), "PR_SET_SECUREBITS");
}

static void step_nnp(const char *value)
{
	(void)value;
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
}

static void step_prctl(const char *value)
{
	long long v[2];

	numbers(value, v, ARRAY_SIZE(v));
	must(prctl((int)v[0], (unsigned long)v[1], 0, 0, 0), "prctl");
}

/* A session keyring of this name. */
static void step_keyring(const char *value)
{
	must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, value), "keyctl");
}

static void step_personality(const char *value)
{
	must(personality(strtoul(value, NULL, 16)), "personality");
}

static void step_limit(const char *value)
{
	long long v[3];
	struct rlimit limit;

	numbers(value, v, ARRAY_SIZE(v));
	limit.rlim_cur = (rlim_t)v[1];
	limit.rlim_max = (rlim_t)v[2];
	must(setrlimit((__rlimit_resource_t)v[0], &limit), "setrlimit");
}

static void step_nice(const char *value)
{
	must(setpriority(PRIO_PROCESS, 0, atoi(value)), "setpriority");
}

static void step_policy(const char *value)
{
	struct sched_param param = { 0 };

	must(sched_setscheduler(0, atoi(value), &param), "sched_setscheduler");
}

static void step_cpu(const char *value)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)atol(value), &cpus);
	must(sched_setaffinity(0, sizeof(cpus), &cpus), "sched_setaffinity");
}

static void step_ignore(const char *value)
{
	must(signal(atoi(value), SIG_IGN) == SIG_ERR ? -1 : 0, "signal");
}

static void step_ignore_all(const char *value)
{
	(void)value;
	for (int sig = 1; sig < SIGRTMIN; sig++)
		signal(sig, SIG_IGN);
}

/* "0": all of them. */
static void step_block(const char *value)
{
	sigset_t set;

	if (atoi(value) == 0) {
		sigfillset(&set);
	} else {
		sigemptyset(&set);
		sigaddset(&set, atoi(value));
	}
	must(sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask");
}

static void step_raise(const char *value)
{
	must(kill(getpid(), atoi(value)), "kill");
}

/* "WHICH:MICROSECONDS", again and again. */
static void step_itimer(const char *value)
{
	struct itimerval timer = { 0 };
	long long v[2];

	numbers(value, v, ARRAY_SIZE(v));
	timer.it_value.tv_sec = v[1] / 1000000;
	timer.it_value.tv_usec = v[1] % 1000000;
	timer.it_interval = timer.it_value;
	must(setitimer((__itimer_which_t)v[0], &timer, NULL), "setitimer");
}

static void step_setsid(const char *value)
{
	(void)value;
	must(setsid(), "setsid");
}

/* A child that shares root, working directory and umask, and sleeps. */
static void step_share_fs(const char *value)
{
	pid_t parent = getpid();
	long pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, 0);

	(void)value;
	must(pid, "clone");
	if (pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may be dead already. */
	if (getppid() != parent)
		_exit(0);
	for (;;)
		pause();
}

/* What remains is traced by this process, whoever it is by now. */
static void step_traced(const char *value)
{
	pid_t pid = fork();
	int status;

	(void)value;
	must(pid, "fork");
	if (pid == 0) {
		must(ptrace(PTRACE_TRACEME, 0, NULL, NULL), "PTRACE_TRACEME");
		return;
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		int sig = WSTOPSIG(status);

		ptrace(PTRACE_CONT, pid, NULL,
		       (long)(sig == SIGTRAP ? 0 : sig));
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd, path);
	must(write(fd, text, strlen(text)), path);
	close(fd);
}

/* With the caller as root in it. */
static void step_userns(const char *value)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	(void)value;
	must(unshare(CLONE_NEWUSER), "unshare");
	write_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_text("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_text("/proc/self/gid_map", map);
}

/* "NR:ERRNO": every call of this number fails; ERRNO 0: it is the last. */
static void step_seccomp(const char *value)
{
	long long v[2];

	numbers(value, v, ARRAY_SIZE(v));
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)v[0], 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 v[1] ? SECCOMP_RET_ERRNO | (unsigned int)v[1] :
				SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}

/* From here on so many at once; how often each status came is printed. */
static void step_swarm(const char *value)
{
	unsigned int seen[256] = { 0 };
	int n = atoi(value), status;

	for (int i = 0; i < n && i < SWARM_MAX; i++) {
		pid_t pid = fork();

		must(pid, "fork");
		if (pid == 0)
			return;
	}
	while (wait(&status) > 0)
		seen[WIFEXITED(status) ? WEXITSTATUS(status) :
					 (128 + WTERMSIG(status)) & 255]++;
	for (int i = 0; i < 256; i++) {
		if (seen[i])
			printf("%d:%u\n", i, seen[i]);
	}
	fflush(stdout);
	_exit(0);
}

const struct step process_steps[] = {
	{ "uid", step_uid }, { "gid", step_gid }, { "groups", step_groups },
	{ "group", step_group }, { "keepcaps", step_keepcaps },
	{ "effective", step_effective },
	{ "inheritable", step_inheritable }, { "ambient", step_ambient },
	{ "bounding", step_bounding }, { "securebits", step_securebits },
	{ "nnp", step_nnp }, { "prctl", step_prctl },
	{ "keyring", step_keyring }, { "personality", step_personality }, { "limit", step_limit },
	{ "nice", step_nice }, { "policy", step_policy }, { "cpu", step_cpu },
	{ "ignore", step_ignore }, { "ignore-all", step_ignore_all },
	{ "block", step_block }, { "raise", step_raise },
	{ "itimer", step_itimer }, { "setsid", step_setsid },
	{ "share-fs", step_share_fs }, { "traced", step_traced },
	{ "userns", step_userns }, { "seccomp", step_seccomp },
	{ "swarm", step_swarm },
	{ NULL, NULL },
};
