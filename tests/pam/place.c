/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.c - what the program of a test does to itself between calls of PAM
 *
 * chdir=DIR chroot=DIR umask=OCTAL closestdio closefrom=N closenew stealnew
 * nofile=N fdfree=N uid=N nocap=N userns privmounts netns=NAME threads=N
 * sigchld=ignore|reap locale=NAME setenv=NAME=VALUE churn=NAME:N (publish N
 * namespaces as NAME, one after the other)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/session/handle.h"
#include "tests/pam/harness.h"

enum { OUT_FD = 200 };	/* where standard output goes when 0 to 2 close */

static int do_chdir(struct harness *h, const char *value)
{
	(void)h;
	return chdir(value) < 0 ? -errno : 0;
}

static int do_chroot(struct harness *h, const char *value)
{
	(void)h;
	return chroot(value) < 0 || chdir("/") < 0 ? -errno : 0;
}

static int do_umask(struct harness *h, const char *value)
{
	(void)h;
	umask((mode_t)strtoul(value, NULL, 8));
	return 0;
}

static int do_closestdio(struct harness *h, const char *value)
{
	(void)h, (void)value;
	if (dup3(STDOUT_FILENO, OUT_FD, O_CLOEXEC) < 0)
		return -errno;
	say_fd = OUT_FD;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	return 0;
}

static int do_closefrom(struct harness *h, const char *value)
{
	(void)h;
	return syscall(SYS_close_range, (unsigned int)atoi(value), ~0U, 0U) < 0 ?
		       -errno : 0;
}

/* Every descriptor that was not there at the step "save". */
static int each_new(struct harness *h, bool steal)
{
	static bool open_now[HARNESS_FDS];

	state_fds(open_now);
	for (int fd = 0; fd < HARNESS_FDS; fd++) {
		int other = -1;

		if (!open_now[fd] || h->saved_fd[fd])
			continue;
		if (!steal) {
			close(fd);
			continue;
		}
		other = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (other < 0 || dup3(other, fd, O_CLOEXEC) < 0)
			return -errno;
		close(other);
	}
	return 0;
}

static int do_closenew(struct harness *h, const char *value)
{
	(void)value;
	return each_new(h, false);
}

static int do_stealnew(struct harness *h, const char *value)
{
	(void)value;
	return each_new(h, true);
}

static int do_nofile(struct harness *h, const char *value)
{
	rlim_t n = (rlim_t)atol(value);
	struct rlimit limit = { n, n };

	(void)h;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

/* Leave as many descriptors free as @value says. */
static int do_fdfree(struct harness *h, const char *value)
{
	struct rlimit limit = { 64, 64 };
	int n = 0;

	(void)h;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
		;
	for (int fd = 63; fd > 4 && n < atoi(value); fd--, n++)
		close(fd);
	return 0;
}

static int do_uid(struct harness *h, const char *value)
{
	uid_t uid = (uid_t)atol(value);

	(void)h;
	return setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ?
		       -errno : 0;
}

static int do_nocap(struct harness *h, const char *value)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	unsigned int cap = (unsigned int)atoi(value);

	(void)h;
	if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 ||
	    syscall(SYS_capget, &head, data) < 0)
		return -errno;
	data[cap / 32].effective &= ~(1U << (cap % 32));
	data[cap / 32].permitted &= ~(1U << (cap % 32));
	data[cap / 32].inheritable &= ~(1U << (cap % 32));
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

static int write_to(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);

	return fd >= 0 && write(fd, text, len) == (ssize_t)len ? 0 : -errno;
}

/* Root, as seen from inside. */
static int do_userns(struct harness *h, const char *value)
{
	(void)h, (void)value;
	if (unshare(CLONE_NEWUSER) < 0)
		return -errno;
	if (write_to("/proc/self/setgroups", "deny") < 0 ||
	    write_to("/proc/self/uid_map", "0 0 1") < 0)
		return -errno;
	return write_to("/proc/self/gid_map", "0 0 1");
}

static int do_privmounts(struct harness *h, const char *value)
{
	(void)h, (void)value;
	if (unshare(CLONE_NEWNS) < 0)
		return -errno;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ?
		       -errno : 0;
}

static int do_netns(struct harness *h, const char *value)
{
	_cleanup_close_ int fd = -1;
	char path[256];

	(void)h;
	snprintf(path, sizeof(path), "/run/netns/%s", value);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 || setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

static int do_churn(struct harness *h, const char *value)
{
	char name[128];
	long n;
	int r = 0;

	(void)h;
	if (sscanf(value, "%127[^:]:%ld", name, &n) != 2)
		return -EINVAL;
	while (r == 0 && n-- > 0) {
		if (unshare(CLONE_NEWNET) < 0)
			return -errno;
		r = handle_publish(name);
		if (n > 0 && r == 0)
			r = handle_remove(name);
	}
	return r;
}

static void *sleeper(void *arg)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	for (;;)
		pause();
	return arg;
}

static int do_threads(struct harness *h, const char *value)
{
	(void)h;
	for (int n = atoi(value); n > 0; n--) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, sleeper, NULL) != 0)
			return -EAGAIN;
	}
	return 0;
}

static void reap(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static int do_sigchld(struct harness *h, const char *value)
{
	(void)h;
	signal(SIGCHLD, strcmp(value, "ignore") == 0 ? SIG_IGN : reap);
	return 0;
}

static int do_locale(struct harness *h, const char *value)
{
	(void)h;
	return setlocale(LC_ALL, value) ? 0 : -ENOENT;
}

static int do_setenv(struct harness *h, const char *value)
{
	(void)h;
	return putenv(strdup(value)) == 0 ? 0 : -ENOMEM;
}

const struct step steps_place[] = {
	{ "chdir", do_chdir }, { "chroot", do_chroot },
	{ "umask", do_umask }, { "closestdio", do_closestdio },
	{ "closefrom", do_closefrom }, { "closenew", do_closenew },
	{ "stealnew", do_stealnew }, { "nofile", do_nofile },
	{ "fdfree", do_fdfree }, { "uid", do_uid }, { "nocap", do_nocap },
	{ "userns", do_userns }, { "privmounts", do_privmounts },
	{ "netns", do_netns }, { "threads", do_threads },
	{ "sigchld", do_sigchld }, { "locale", do_locale },
	{ "setenv", do_setenv }, { "churn", do_churn },
	{ NULL, NULL },
};
