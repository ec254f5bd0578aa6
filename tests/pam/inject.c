/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inject.c - let one system call of a program fail, or be its last
 *
 *	inject list COMMAND...		the calls between the marks, a line each
 *	inject K ERRNO COMMAND...	call number K fails with ERRNO
 *	inject K kill COMMAND...	the program is killed at call number K
 *	inject K SEGV COMMAND...	it gets this signal there
 *	inject K STOP COMMAND...	it is left there, stopped, and untraced
 *	inject K ERRNO+ COMMAND...	and so does every later call of that kind
 *	inject K:L ERRNO COMMAND...	and so does call number L
 *
 * The program marks a stretch by raising SIGUSR2 before and after it (see
 * state.c); only the first stretch counts.  With -x N before all else the
 * stretch is what the program does between its execve(2) number N and the
 * next, COMMAND itself being number 1.  Calls that cannot fail, or by whose
 * failure the C library ends the program, are not counted.  The exit status
 * is the program's, 128+N for signal N.  ptrace(2); x86-64 only.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "lib/base/base.h"

#ifdef __x86_64__

/**
 * struct injection - what to do, and where the program is
 * @wanted:	number of the call, from 1; 0 only lists
 * @error:	errno, or -N to send signal N
 * @rest:	later calls with the same number fail too
 * @second:	number of another call that fails, 0 for none
 * @execs:	the stretch begins with this execve(2); 0: with a mark
 * @marks:	marks passed, or calls of execve(2)
 * @n:		calls counted
 * @inside:	of a call
 * @failing:	this call will fail
 * @left:	the program goes its own way
 * @nr:		its number
 */
struct injection {
	long wanted;
	int error;
	bool rest;
	long second;
	int execs;
	int marks;
	long n;
	bool inside;
	bool failing;
	bool left;
	long long nr;
	long long victim;
};

static const struct {
	const char *name;
	int value;
} errors[] = {
	{ "ENOMEM", ENOMEM }, { "EMFILE", EMFILE }, { "ENOSPC", ENOSPC },
	{ "EPERM", EPERM }, { "EINTR", EINTR }, { "EAGAIN", EAGAIN },
	{ "EBUSY", EBUSY }, { "ENOENT", ENOENT }, { "EINVAL", EINVAL },
	{ "EACCES", EACCES }, { "EIO", EIO }, { "ENOSYS", ENOSYS },
	{ "kill", -SIGKILL }, { "SEGV", -SIGSEGV }, { "STOP", -SIGSTOP },
};

static bool cannot_fail(long long nr)
{
	switch (nr) {
	case SYS_getpid:
	case SYS_gettid:
	case SYS_getuid:
	case SYS_geteuid:
	case SYS_getgid:
	case SYS_getegid:
	case SYS_getppid:
	case SYS_umask:
	case SYS_clock_gettime:
	case SYS_rt_sigprocmask:
	case SYS_rt_sigaction:
	case SYS_rt_sigreturn:
	case SYS_tgkill:
	case SYS_futex:
	case SYS_exit:
	case SYS_exit_group:
		return true;
	default:
		return false;
	}
}

/* What no kernel leaves undone. */
static bool takes_place_anyway(long long nr)
{
	return nr == SYS_close || nr == SYS_munmap || nr == SYS_waitid;
}

static _Noreturn void give_up(const char *what)
{
	perror(what);
	_exit(3);
}

static void regs_get(pid_t pid, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_GETREGS, pid, NULL, regs) < 0)
		give_up("read the registers");
}

/* The path is the second argument of calls with a descriptor, else the first. */
static unsigned long long path_at(const struct user_regs_struct *regs)
{
	switch (regs->orig_rax) {
	case SYS_openat:
	case SYS_openat2:
	case SYS_newfstatat:
	case SYS_statx:
	case SYS_open_tree:
	case SYS_readlinkat:
	case SYS_faccessat:
	case SYS_faccessat2:
		return regs->rsi;
	case SYS_open:
	case SYS_stat:
	case SYS_lstat:
	case SYS_access:
	case SYS_readlink:
	case SYS_execve:
	case SYS_chdir:
		return regs->rdi;
	default:
		return 0;
	}
}

static void path_read(pid_t pid, const struct user_regs_struct *regs,
		      char *out, size_t size)
{
	unsigned long long at = path_at(regs);
	size_t n = 0;

	while (at && n + sizeof(long) < size) {
		long word = ptrace(PTRACE_PEEKDATA, pid, (void *)(at + n),
				   NULL);

		memcpy(out + n, &word, sizeof(word));
		n += sizeof(word);
		if (memchr(&word, 0, sizeof(word)))
			return;
	}
	memcpy(out, "", 1);
}

static void call_list(const struct injection *in, pid_t pid,
		      const struct user_regs_struct *regs)
{
	char path[256];

	path_read(pid, regs, path, sizeof(path));
	printf("call %ld %lld %s\n", in->n, in->nr, path);
}

static void call_begins(struct injection *in, pid_t pid)
{
	struct user_regs_struct regs;

	regs_get(pid, &regs);
	in->nr = (long long)regs.orig_rax;
	in->failing = false;
	if (cannot_fail(in->nr))
		return;
	in->n++;
	if (in->wanted == 0)
		call_list(in, pid, &regs);
	in->failing = in->n == in->wanted || in->n == in->second ||
		      (in->rest && in->n > in->wanted && in->nr == in->victim);
	if (in->n == in->wanted)
		in->victim = in->nr;
	if (!in->failing)
		return;
	if (in->error == -SIGSTOP) {
		if (ptrace(PTRACE_DETACH, pid, NULL, (long)SIGSTOP) < 0)
			give_up("detach");
		in->left = true;
		return;
	}
	if (in->error < 0) {
		kill(pid, -in->error);
		in->failing = false;
		return;
	}
	if (takes_place_anyway(in->nr))
		return;
	regs.orig_rax = (unsigned long long)-1;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0)
		give_up("change the call");
}

static void call_ends(struct injection *in, pid_t pid)
{
	struct user_regs_struct regs;

	if (!in->failing)
		return;
	regs_get(pid, &regs);
	regs.rax = (unsigned long long)-in->error;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0)
		give_up("change the result");
}

/* Returns the signal that the program is to get. */
static int stopped(struct injection *in, pid_t pid, int sig)
{
	if (sig == (SIGTRAP | 0x80)) {
		in->inside = !in->inside;
		if (in->inside)
			call_begins(in, pid);
		else
			call_ends(in, pid);
		return 0;
	}
	if (sig == SIGUSR2 && in->execs == 0) {
		in->marks++;
		in->inside = false;
		return 0;
	}
	return sig == SIGTRAP ? 0 : sig;
}

/* The next stop is the end of this execve(2). */
static void program_begins(struct injection *in)
{
	in->marks++;
	in->inside = true;
	in->failing = false;
}

static int follow(struct injection *in, pid_t pid)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	int stretch = in->execs ? in->execs : 1;
	int status, sig = 0;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   options | (in->execs ? PTRACE_O_TRACEEXEC : 0)) < 0)
		give_up("trace");
	/* That was the first execve(2). */
	in->marks = in->execs ? 1 : 0;
	for (;;) {
		bool all = in->marks == stretch;

		if (!in->left && ptrace(all ? PTRACE_SYSCALL : PTRACE_CONT, pid,
					NULL, (long)sig) < 0 && errno != ESRCH)
			give_up("go on");
		if (waitpid(pid, &status, 0) != pid)
			give_up("wait");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (status >> 16 == PTRACE_EVENT_EXEC)
			program_begins(in);
		sig = status >> 16 ? 0 : stopped(in, pid, WSTOPSIG(status));
	}
}

static int parse(struct injection *in, int argc, char **argv)
{
	int at = 1;
	size_t len;

	if (argc > 3 && strcmp(argv[1], "-x") == 0) {
		in->execs = atoi(argv[2]);
		at = 3;
	}
	if (argc > at + 1 && strcmp(argv[at], "list") == 0)
		return at + 1;
	if (argc < at + 3)
		return -EINVAL;
	in->wanted = atol(argv[at]);
	if (strchr(argv[at], ':'))
		in->second = atol(strchr(argv[at], ':') + 1);
	len = strcspn(argv[at + 1], "+");
	in->rest = argv[at + 1][len] == '+';
	for (size_t i = 0; in->wanted > 0 && i < ARRAY_SIZE(errors); i++) {
		if (strlen(errors[i].name) == len &&
		    memcmp(errors[i].name, argv[at + 1], len) == 0) {
			in->error = errors[i].value;
			return at + 2;
		}
	}
	return -EINVAL;
}

int main(int argc, char **argv)
{
	struct injection in = { 0 };
	int command = parse(&in, argc, argv);
	int status;
	pid_t pid;

	if (command < 0) {
		fprintf(stderr, "usage: inject [-x N] list|K ERRNO COMMAND...\n");
		return 2;
	}
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[command], argv + command);
		_exit(127);
	}
	status = follow(&in, pid);
	if (in.wanted > in.n) {
		fprintf(stderr, "inject: there are only %ld calls\n", in.n);
		return 4;
	}
	return status;
}

#else

int main(void)
{
	fprintf(stderr, "inject: the registers of this machine are not known\n");
	return 77;
}

#endif
