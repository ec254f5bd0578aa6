/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * caller.c - what the program of a caller must find as he had it
 *
 * Dispositions of signals are left alone: what is ignored harms nothing here,
 * execve(2) has put handlers back, and to be killed at any moment must be
 * harmless anyway.  Timers of his run on for the same reason.
 */
#include "helper/caller.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "helper/env.h"
#include "lib/sys/cred.h"

enum { FILES_WANTED = 65536 };

/* Any other is neither reached by what we do nor ends it. */
static const int limit_kinds[CALLER_LIMITS] = {
	RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK,
	RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_AS,
};

/*
 * Where the GNU C library finds one closed in a set-user-ID program it opens
 * /dev/full or /dev/null in its place, and would leave it to his program.
 */
static bool is_of_libc(int fd, int flags)
{
	struct stat st;

	return flags & O_NOFOLLOW && fstat(fd, &st) == 0 &&
	       S_ISCHR(st.st_mode) && (st.st_rdev == makedev(1, 3) ||
				       st.st_rdev == makedev(1, 7));
}

int caller_stdio(void)
{
	for (int fd = 0; fd < 3; fd++) {
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 && open("/", O_PATH | O_CLOEXEC) != fd)
			return -EBADF;
		if (flags >= 0 && is_of_libc(fd, flags) &&
		    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return -errno;
	}
	return 0;
}

int caller_note(struct caller *caller, int argc, char **argv)
{
	static char *nothing[] = { NULL };
	int r = env_recover(argc, argv, &caller->env);

	if (r < 0)
		return r;
	environ = nothing;
	caller->uid = getuid();
	caller->gid = getgid();
	return 0;
}

static struct rlimit limit_wanted(int kind, const struct rlimit *has)
{
	struct rlimit want = { RLIM_INFINITY, RLIM_INFINITY };

	/* A core of ours is nobody's to read. */
	if (kind == RLIMIT_CORE)
		want = (struct rlimit){ 0, has->rlim_max };
	/* The kernel allows no infinity of these. */
	if (kind == RLIMIT_NOFILE) {
		want.rlim_max = has->rlim_max > FILES_WANTED ? has->rlim_max :
							       FILES_WANTED;
		want.rlim_cur = want.rlim_max;
	}
	return want;
}

/* Return: 1 if it was changed, 0 if it was high enough, or -errno. */
static int limit_raise(int kind, struct rlimit *has)
{
	struct rlimit want;

	if (getrlimit((__rlimit_resource_t)kind, has) < 0)
		return -errno;
	want = limit_wanted(kind, has);
	if (want.rlim_cur == has->rlim_cur && want.rlim_max == has->rlim_max)
		return 0;
	if (setrlimit((__rlimit_resource_t)kind, &want) == 0)
		return 1;
	/* Without CAP_SYS_RESOURCE as far as it goes. */
	want.rlim_max = has->rlim_max;
	if (want.rlim_cur > want.rlim_max)
		want.rlim_cur = want.rlim_max;
	return setrlimit((__rlimit_resource_t)kind, &want) < 0 ? -errno : 1;
}

int caller_shield(struct caller *caller)
{
	for (size_t i = 0; i < ARRAY_SIZE(limit_kinds); i++) {
		int r = limit_raise(limit_kinds[i], &caller->limits[i]);

		if (r < 0)
			return r;
		caller->is_raised[i] = r > 0;
	}
	caller->umask = umask(022);
	return 0;
}

/*
 * A process that has only root's ids counts against no limit of his.  So it
 * must not stand still at his will: terminals send stop signals to whoever.
 */
int caller_shut_out(struct caller *caller)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &caller->mask) < 0 ||
	    setresuid(0, 0, 0) < 0)
		return -errno;
	return 0;
}

int caller_let_in(const struct caller *caller)
{
	int r = cred_drop(caller->uid, caller->gid);

	if (r == 0 && sigprocmask(SIG_SETMASK, &caller->mask, NULL) < 0)
		r = -errno;
	return r;
}

int caller_restore(const struct caller *caller)
{
	umask(caller->umask);
	for (size_t i = 0; i < ARRAY_SIZE(limit_kinds); i++) {
		if (caller->is_raised[i] &&
		    setrlimit((__rlimit_resource_t)limit_kinds[i],
			      &caller->limits[i]) < 0)
			return -errno;
	}
	return 0;
}
