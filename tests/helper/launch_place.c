/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch_place.c - descriptors, directories, cgroups
 */
#include "tests/helper/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

static void step_close(const char *value)
{
	close(atoi(value));
}

static int open_some(int kind)
{
	int pair[2];

	switch (kind) {
	case 0:
		return open("/dev/null", O_RDWR);
	case 1:
		return open("/", O_PATH);
	case 2:
		must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
		break;
	default:
		must(pipe(pair), "pipe");
	}
	close(pair[1]);
	return pair[0];
}

/* "FIRST:LAST": files, paths, sockets and pipes in turn. */
static void step_open(const char *value)
{
	long long v[2];

	numbers(value, v, ARRAY_SIZE(v));
	for (int at = (int)v[0]; at <= (int)v[1]; at++) {
		int fd = open_some(at % 4);

		must(fd, "open");
		if (fd == at)
			continue;
		must(dup2(fd, at), "dup2");
		close(fd);
	}
}

/* "FD:PATH", read and write. */
static void step_file(const char *value)
{
	const char *path = strchr(value, ':');
	int want = atoi(value);
	int fd = open(path ? path + 1 : value, O_RDWR | O_NOCTTY);

	must(fd, value);
	if (fd != want) {
		must(dup2(fd, want), "dup2");
		close(fd);
	}
}

/* A pipe that nobody reads. */
static void step_broken_pipe(const char *value)
{
	int pair[2];

	must(pipe(pair), "pipe");
	must(dup2(pair[1], atoi(value)), "dup2");
	close(pair[0]);
}

/* A pipe that is full, and that nobody reads. */
static void step_full_pipe(const char *value)
{
	static const char nothing[4096];
	int pair[2];

	must(pipe2(pair, O_NONBLOCK), "pipe");
	while (write(pair[1], nothing, sizeof(nothing)) > 0)
		continue;
	must(fcntl(pair[1], F_SETFL, 0), "fcntl");
	must(dup2(pair[1], atoi(value)), "dup2");
}

static void step_umask(const char *value)
{
	umask((mode_t)strtoul(value, NULL, 8));
}

static void step_cd(const char *value)
{
	must(chdir(value), value);
}

static void step_rmdir(const char *value)
{
	must(rmdir(value), value);
}

static void step_chmod0(const char *value)
{
	must(chmod(value, 0), value);
}

/* Deeper than any path can say, below the working directory. */
static void step_cd_deep(const char *value)
{
	char name[201];

	(void)value;
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i * 200 < PATH_MAX + 1000; i++) {
		if (mkdir(name, 0755) < 0 && errno != EEXIST)
			must(-1, "mkdir");
		must(chdir(name), "chdir");
	}
}

/* What is mounted there goes, and stays where somebody stands in it. */
static void step_umount(const char *value)
{
	must(umount2(value, MNT_DETACH), value);
}

static void step_unlink(const char *value)
{
	must(unlink(value), value);
}

static void step_chroot(const char *value)
{
	must(chroot(value), value);
}

/* The directory of a cgroup. */
static void step_cgroup(const char *value)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", value);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	must(fd, path);
	must(write(fd, "0", 1), path);
	close(fd);
}

static void step_oom(const char *value)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	must(fd, "oom_score_adj");
	must(write(fd, value, strlen(value)), "oom_score_adj");
	close(fd);
}

const struct step place_steps[] = {
	{ "close", step_close }, { "open", step_open }, { "file", step_file },
	{ "broken-pipe", step_broken_pipe },
	{ "full-pipe", step_full_pipe }, { "umask", step_umask },
	{ "cd", step_cd }, { "rmdir", step_rmdir }, { "chmod0", step_chmod0 },
	{ "cd-deep", step_cd_deep }, { "umount", step_umount },
	{ "unlink", step_unlink }, { "chroot", step_chroot },
	{ "cgroup", step_cgroup }, { "oom", step_oom },
	{ NULL, NULL },
};
