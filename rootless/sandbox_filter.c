/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox_filter.c - the system calls that an engine has left
 *
 * What libslirp and the C library need to move packets: sockets of the
 * Internet's families that connect and are never listened on, the files that
 * are open, /etc/resolv.conf for reading, memory that is not executed.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "rootless/sandbox.h"

/* Calls of every argument.  A name that an architecture lacks is skipped. */
static const int plain[] = {
	SCMP_SYS(bind),		SCMP_SYS(brk),
	SCMP_SYS(clock_gettime), SCMP_SYS(close),
	SCMP_SYS(connect),	SCMP_SYS(exit),
	SCMP_SYS(exit_group),	SCMP_SYS(fstat),
	SCMP_SYS(ftruncate),	SCMP_SYS(futex),
	SCMP_SYS(getpeername),	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),	SCMP_SYS(gettid),
	SCMP_SYS(gettimeofday),	SCMP_SYS(lseek),
	SCMP_SYS(madvise),	SCMP_SYS(mremap),
	SCMP_SYS(munmap),	SCMP_SYS(newfstatat),
	SCMP_SYS(poll),		SCMP_SYS(ppoll),
	SCMP_SYS(pwrite64),	SCMP_SYS(read),
	SCMP_SYS(recvfrom),	SCMP_SYS(recvmsg),
	SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),	SCMP_SYS(shutdown),
	SCMP_SYS(stat),		SCMP_SYS(utimensat),
	SCMP_SYS(write),	SCMP_SYS(writev),
};

/* One argument must be one of a few values. */
static const struct {
	int call;
	unsigned int argument;
	uint64_t value;
} exact[] = {
	{ SCMP_SYS(socket), 0, AF_INET },
	{ SCMP_SYS(socket), 0, AF_INET6 },
	{ SCMP_SYS(setsockopt), 1, SOL_SOCKET },
	{ SCMP_SYS(setsockopt), 1, IPPROTO_TCP },
	{ SCMP_SYS(setsockopt), 1, IPPROTO_IP },
	{ SCMP_SYS(setsockopt), 1, IPPROTO_IPV6 },
	{ SCMP_SYS(ioctl), 1, FIONREAD },
	{ SCMP_SYS(ioctl), 1, FIONBIO },
	{ SCMP_SYS(fcntl), 1, F_GETFD },
	{ SCMP_SYS(fcntl), 1, F_SETFD },
	{ SCMP_SYS(fcntl), 1, F_GETFL },
	{ SCMP_SYS(fcntl), 1, F_SETFL },
};

/* One argument must have none of some bits. */
static const struct {
	int call;
	unsigned int argument;
	uint64_t without;
} masked[] = {
	{ SCMP_SYS(mmap), 2, PROT_EXEC },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC },
	{ SCMP_SYS(open), 1, O_ACCMODE | O_CREAT | O_TRUNC },
	{ SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC },
};

static int allow(scmp_filter_ctx ctx, int call, unsigned int n,
		 struct scmp_arg_cmp arg)
{
	int err = n ? seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 1, arg) :
		      seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 0);

	/* Not a call of this architecture. */
	return err == -EDOM ? 0 : err;
}

static int allow_all(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp any = { 0 };
	int err = 0;

	for (size_t i = 0; err == 0 && i < ARRAY_SIZE(plain); i++)
		err = allow(ctx, plain[i], 0, any);
	for (size_t i = 0; err == 0 && i < ARRAY_SIZE(exact); i++)
		err = allow(ctx, exact[i].call, 1,
			    (struct scmp_arg_cmp){ exact[i].argument,
						   SCMP_CMP_EQ,
						   exact[i].value, 0 });
	for (size_t i = 0; err == 0 && i < ARRAY_SIZE(masked); i++)
		err = allow(ctx, masked[i].call, 1,
			    (struct scmp_arg_cmp){ masked[i].argument,
						   SCMP_CMP_MASKED_EQ,
						   masked[i].without, 0 });
	return err;
}

int sandbox_filter(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err = ctx ? allow_all(ctx) : -ENOMEM;

	/* What is called most is found in a few steps. */
	if (err == 0)
		err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (err == 0)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	return err;
}
