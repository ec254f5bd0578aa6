/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * likeness.c - a process of the service becomes like its client
 */
#include "helper/likeness.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/sys/cred.h"
#include "lib/sys/file.h"

/* ioprio_set(2) has no header. */
enum {
	IOPRIO_WHO_PROCESS = 1,
	CGROUP_TEXT = 16384,
	LIMITS_TEXT = 4096,
	LIMITS_SOFT = 26, /* columns of /proc/PID/limits */
	LIMITS_HARD = 47,
};

/* Return: what stands there, RLIM_INFINITY for "unlimited". */
static bool limit_parse(const char *text, rlim_t *out)
{
	char *end;

	if (strncmp(text, "unlimited ", 10) == 0) {
		*out = RLIM_INFINITY;
		return true;
	}
	errno = 0;
	*out = strtoull(text, &end, 10);
	return !errno && end != text && *end == ' ';
}

/*
 * prlimit(2) would ask for CAP_SYS_RESOURCE.  The file has a line for each,
 * in the order of their numbers, with columns of fixed width.
 */
static int limits_read(const struct peer *peer, struct likeness *out)
{
	char text[LIMITS_TEXT];
	const char *line = text;

	if (file_read_small(peer->proc, "limits", text, sizeof(text)) < 0)
		return -ESRCH;
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		line = strchr(line, '\n');
		if (!line || strnlen(++line, LIMITS_HARD) < LIMITS_HARD ||
		    !limit_parse(line + LIMITS_SOFT,
				 &out->limits[i].rlim_cur) ||
		    !limit_parse(line + LIMITS_HARD, &out->limits[i].rlim_max))
			return -ENODATA;
	}
	return 0;
}

static int schedule_read(pid_t pid, struct likeness *out)
{
	long size;

	errno = 0;
	out->nice = getpriority(PRIO_PROCESS, (id_t)pid);
	if (errno)
		return -errno;
	out->policy = sched_getscheduler(pid);
	if (out->policy < 0 || sched_getparam(pid, &out->param) < 0)
		return -errno;
	out->io_priority = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid);
	size = syscall(SYS_sched_getaffinity, pid, sizeof(out->cpus),
		       out->cpus);
	if (size < 0 || out->io_priority < 0)
		return -errno;
	out->cpus_size = (size_t)size;
	return 0;
}

/*
 * Where a hierarchy is mounted: "N:CONTROLLERS:PATH", and "0::PATH" for the
 * unified one (cgroups(7)).
 *
 * Return: descriptor of its root, or -errno.
 */
static int hierarchy_open(const char *controllers, size_t len)
{
	char path[256];
	int fd;

	if (strncmp(controllers, "name=", 5) == 0 && len > 5) {
		controllers += 5;
		len -= 5;
	}
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s%.*s", len ? "/" : "",
		 (int)len, controllers);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* @line is "N:CONTROLLERS:PATH". */
static int cgroup_open(const char *line, size_t len)
{
	const char *controllers = memchr(line, ':', len);
	const char *path =
		controllers ? memchr(controllers + 1, ':',
				     (size_t)(line + len - controllers - 1))
			    : NULL;
	_cleanup_close_ int root = -1;
	char name[4096 + 32];
	int fd;

	if (!path || strncmp(path, ":/../", 5) == 0)
		return -EXDEV;
	root = hierarchy_open(controllers + 1,
			      (size_t)(path - controllers - 1));
	if (root < 0)
		return -EXDEV;
	snprintf(name, sizeof(name), ".%.*s/cgroup.procs",
		 (int)(line + len - path - 1), path + 1);
	fd = openat(root, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -EXDEV : fd;
}

static bool has_line(const char *text, const char *line, size_t len)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, line, len) == 0 &&
		    (text[len] == '\n' || text[len] == '\0'))
			return true;
	}
	return false;
}

/* Only hierarchies in which its group is another than ours. */
static int cgroups_read(const struct peer *peer, struct likeness *out)
{
	char its[CGROUP_TEXT], ours[CGROUP_TEXT];
	ssize_t n = file_read_small(AT_FDCWD, "/proc/self/cgroup", ours,
				    sizeof(ours));

	if (n == -ENOENT)
		return 0;
	if (n < 0 ||
	    file_read_small(peer->proc, "cgroup", its, sizeof(its)) < 0)
		return -EXDEV;
	for (const char *at = its; *at; at += *at == '\n') {
		size_t len = strcspn(at, "\n");

		if (!has_line(ours, at, len)) {
			int fd = out->n_cgroups < LIKENESS_NUMBER
					 ? cgroup_open(at, len)
					 : -EXDEV;

			if (fd < 0)
				return fd;
			out->cgroups[out->n_cgroups++] = fd;
		}
		at += len;
	}
	return 0;
}

int likeness_read(const struct peer *peer, struct likeness *out)
{
	int r;

	*out = (struct likeness){ 0 };
	r = limits_read(peer, out);
	if (r == 0)
		r = schedule_read(peer->pid, out);
	if (r == 0)
		r = cgroups_read(peer, out);
	if (r < 0)
		return r;
	if (file_read_small(peer->proc, "oom_score_adj", out->oom_score_adj,
			    sizeof(out->oom_score_adj)) < 0)
		return -ESRCH;
	/* Of a kernel without audit there is none. */
	if (file_read_small(peer->proc, "loginuid", out->login_uid,
			    sizeof(out->login_uid)) < 0)
		out->login_uid[0] = '\0';
	return peer_lives(peer) ? 0 : -ESRCH;
}

static int schedule_take(const struct likeness *l)
{
	if (syscall(SYS_sched_setaffinity, 0, l->cpus_size, l->cpus) < 0 ||
	    setpriority(PRIO_PROCESS, 0, l->nice) < 0 ||
	    sched_setscheduler(0, l->policy, &l->param) < 0 ||
	    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, l->io_priority) < 0)
		return -errno;
	return file_write_small(AT_FDCWD, "/proc/self/oom_score_adj",
				l->oom_score_adj);
}

static int cgroups_take(const struct likeness *l)
{
	for (size_t i = 0; i < l->n_cgroups; i++) {
		if (write(l->cgroups[i], "0", 1) != 1)
			return -errno;
	}
	return 0;
}

/* It is set once in a life, and of no meaning where it cannot be set. */
static void login_uid_take(const struct likeness *l)
{
	if (l->login_uid[0] &&
	    file_write_small(AT_FDCWD, "/proc/self/loginuid", l->login_uid) < 0)
		return;
}

int likeness_take(const struct likeness *l, const struct peer *peer)
{
	int r = schedule_take(l);

	if (r == 0)
		r = cgroups_take(l);
	if (r < 0)
		return r;
	login_uid_take(l);
	umask(peer->umask);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		if (setrlimit((__rlimit_resource_t)i, &l->limits[i]) < 0)
			return -errno;
	}
	return 0;
}

static int bounding_take(uint64_t bounding)
{
	for (int cap = 0; cap < 64; cap++) {
		if (bounding & (1ULL << cap) ||
		    prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

int likeness_become(const struct peer *peer)
{
	int r;

	if (setgroups(peer->n_groups, peer->groups) < 0)
		return -errno;
	r = bounding_take(peer->bounding);
	if (r == 0)
		r = cred_drop(peer->uid, peer->gid);
	if (r == 0 && peer->no_new_privs &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	return r;
}
