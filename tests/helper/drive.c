/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drive.c - many runs, quickly: for races and for timing
 *
 *	drive publish NAME COUNT PAUSE_US
 *		publish and remove /run/netns/NAME, each time another namespace;
 *		prints "COOKIE FROM TO", times in nanoseconds
 *	drive swap FILE A B COUNT PAUSE_US
 *		replace FILE by a copy of A, of B, and so on, by rename
 *	drive runs COUNT UID STOP PROGRAM [ARG...]
 *		run it as UID again and again, until a file STOP exists; prints
 *		"STATUS FROM TO" and the first line of its output
 *	drive time ROUNDS UID PROGRAM NAME...
 *		run PROGRAM -n NAME -- /bin/true in turn; prints "NAME STATUS
 *		MEDIAN_NS RANK", RANK being how often in 1000 a run took longer
 *		than one with the first NAME: 500 if they cannot be told apart
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/base/base.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

enum { NAMES_MAX = 16, ROUNDS_MAX = 20000 };

static void must(long r, const char *what)
{
	if (r >= 0)
		return;
	perror(what);
	_exit(99);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static unsigned long long own_cookie(void)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len),
	     "SO_NETNS_COOKIE");
	return cookie;
}

static int publish(char **argv)
{
	useconds_t pause_us = (useconds_t)atol(argv[2]);
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", argv[0]);
	for (long i = atol(argv[1]); i > 0; i--) {
		long long from;
		int fd;

		must(unshare(CLONE_NEWNET), "unshare");
		from = now_ns();
		fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
		must(fd, path);
		close(fd);
		must(mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL),
		     "mount");
		usleep(pause_us);
		must(umount2(path, MNT_DETACH), "umount");
		must(unlink(path), "unlink");
		printf("%llu %lld %lld\n", own_cookie(), from, now_ns());
		usleep(pause_us / 4);
	}
	return 0;
}

static void copy(const char *from, const char *to)
{
	char content[65536];
	_cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int out = open(to, O_WRONLY | O_CREAT | O_TRUNC |
					   O_CLOEXEC, 0644);
	ssize_t n = read(in, content, sizeof(content));

	must(n, from);
	must(write(out, content, (size_t)n), to);
}

static int swap(char **argv)
{
	useconds_t pause_us = (useconds_t)atol(argv[4]);
	char next[256];

	snprintf(next, sizeof(next), "%s.next", argv[0]);
	for (long i = atol(argv[3]); i > 0; i--) {
		copy(argv[1 + i % 2], next);
		must(rename(next, argv[0]), "rename");
		usleep(pause_us);
	}
	return 0;
}

static _Noreturn void child_exec(uid_t uid, char **argv)
{
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(uid, uid, uid), "setresgid");
	must(setresuid(uid, uid, uid), "setresuid");
	execv(argv[0], argv);
	_exit(99);
}

static int status_of(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0), "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs it; what it says on both outputs is in @out. */
static int run(uid_t uid, char **argv, char *out, size_t size)
{
	size_t len = 0;
	int pair[2];
	ssize_t n;
	pid_t pid;

	must(pipe(pair), "pipe");
	pid = fork();
	must(pid, "fork");
	if (pid == 0) {
		dup2(pair[1], 1);
		dup2(pair[1], 2);
		close(pair[0]);
		close(pair[1]);
		child_exec(uid, argv);
	}
	close(pair[1]);
	while ((n = read(pair[0], out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	close(pair[0]);
	return status_of(pid);
}

static int runs(char **argv)
{
	uid_t uid = (uid_t)atol(argv[1]);

	for (long i = atol(argv[0]); i > 0 && access(argv[2], F_OK) < 0; i--) {
		char out[4096];
		long long from = now_ns();
		int status = run(uid, argv + 3, out, sizeof(out));

		out[strcspn(out, "\n")] = '\0';
		printf("%d %lld %lld %s\n", status, from, now_ns(), out);
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* How often is one of @b more than one of @a?  Both are sorted. */
static long rank_of(const long long *a, const long long *b, size_t n)
{
	unsigned long long above = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		while (at < n && a[at] < b[i])
			at++;
		above += at;
	}
	return (long)(above * 1000 / ((unsigned long long)n * n));
}

static int times(int argc, char **argv)
{
	static long long took[NAMES_MAX][ROUNDS_MAX];
	int status[NAMES_MAX] = { 0 }, n_names = argc - 3;
	uid_t uid = (uid_t)atol(argv[1]);
	int rounds = atoi(argv[0]);

	for (int i = 0; i < rounds * n_names; i++) {
		/* Nobody always comes after the same one. */
		int round = i / n_names, name = (i + round) % n_names;
		char *call[] = { argv[2], (char *)"-n", argv[3 + name],
				 (char *)"--", (char *)"/bin/true", NULL };
		char out[4096];
		long long from = now_ns();

		status[name] = run(uid, call, out, sizeof(out));
		took[name][round] = now_ns() - from;
	}
	for (int i = 0; i < n_names; i++)
		qsort(took[i], (size_t)rounds, sizeof(**took), by_size);
	for (int i = 0; i < n_names; i++)
		printf("%s %d %lld %ld\n", argv[3 + i], status[i],
		       took[i][rounds / 2],
		       rank_of(took[0], took[i], (size_t)rounds));
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "publish") == 0 && argc == 5)
		return publish(argv + 2);
	if (strcmp(what, "swap") == 0 && argc == 7)
		return swap(argv + 2);
	if (strcmp(what, "runs") == 0 && argc > 5)
		return runs(argv + 2);
	if (strcmp(what, "time") == 0 && argc > 5 &&
	    argc - 5 <= NAMES_MAX && atoi(argv[2]) <= ROUNDS_MAX)
		return times(argc - 2, argv + 2);
	fprintf(stderr, "drive: wrong usage\n");
	return 2;
}
