/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cred_look.c - what a process is, by asking the kernel for all of it
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/helper/cred.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

enum { FDS_MAX = 4096, GROUPS_MAX = 65536 };

const char *stack_end(void)
{
	unsigned long at = getauxval(AT_EXECFN);

	/* The auxiliary vector holds addresses as numbers. */
	return (const char *)at;
}

/* Sockets and pipes are made anew for every run: their number says nothing. */
static void descriptor_say(int fd, const struct stat *st)
{
	bool has_name = !S_ISSOCK(st->st_mode) && !S_ISFIFO(st->st_mode);

	say("fd=%d mode=%o at=%llx:%llu flags=%o,%o\n", fd,
	    (unsigned int)st->st_mode,
	    has_name ? (unsigned long long)st->st_dev : 0,
	    has_name ? (unsigned long long)st->st_ino : 0,
	    (unsigned int)fcntl(fd, F_GETFL), (unsigned int)fcntl(fd, F_GETFD));
}

void cred_descriptors(void)
{
	for (int fd = 0; fd < FDS_MAX; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0)
			descriptor_say(fd, &st);
	}
}

static void look_identity(void)
{
	static gid_t groups[GROUPS_MAX];
	uid_t r, e, s;
	gid_t rg, eg, sg;
	int n = getgroups(GROUPS_MAX, groups);

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	say("uids=%u,%u,%u,%u\n", r, e, s, setfsuid((uid_t)-1));
	say("gids=%u,%u,%u,%u\n", rg, eg, sg, setfsgid((gid_t)-1));
	say("n_groups=%d\ngroups=", n);
	for (int i = 0; i < n; i++)
		say("%u ", groups[i]);
	say("\nsecure=%lu\n", getauxval(AT_SECURE));
	say("securebits=%d\n", prctl(PR_GET_SECUREBITS));
	say("no_new_privs=%d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	say("dumpable=%d\n", prctl(PR_GET_DUMPABLE));
}

/* What the kernel writes, where it is of the process and not of the moment. */
static void look_status(void)
{
	static const char *const keys[] = {
		"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "SigPnd",
		"ShdPnd", "SigBlk", "SigIgn", "SigCgt", "Seccomp",
		"Seccomp_filters", "Speculation_Store_Bypass",
		"SpeculationIndirectBranch", "Cpus_allowed", "Mems_allowed",
		"Threads", "TracerPid",
	};
	char line[8192];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, ":");

		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			if (strlen(keys[i]) == len &&
			    memcmp(keys[i], line, len) == 0)
				say("%s=%s", keys[i],
				    line + len + strspn(line + len, ": \t"));
		}
	}
	if (f)
		fclose(f);
}

static void say_link(const char *key, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));

	say("%s=", key);
	if (n < 0)
		say("(%s)", strerror(errno));
	else
		say_bytes(target, (size_t)n);
	say("\n");
}

static void say_file(const char *key, const char *path)
{
	static char content[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, content, sizeof(content));

	say("%s=", key);
	if (n < 0)
		say("(%s)", strerror(errno));
	else
		say_bytes(content, (size_t)n);
	say("\n");
	if (fd >= 0)
		close(fd);
}

static void say_place(const char *key, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		say("%s=(%s)\n", key, strerror(errno));
	else
		say("%s=%llx:%llu\n", key, (unsigned long long)st.st_dev,
		    (unsigned long long)st.st_ino);
}

static void look_place(void)
{
	mode_t mask = umask(0);

	umask(mask);
	say_link("cwd", "/proc/self/cwd");
	say_place("cwd_at", ".");
	say_link("root", "/proc/self/root");
	say_place("root_at", "/");
	say("umask=%04o\n", (unsigned int)mask);
	say_link("exe", "/proc/self/exe");
	say_file("resolv", "/etc/resolv.conf");
}

static void look_limits(void)
{
	for (int i = 0; i < RLIMIT_NLIMITS; i++) {
		struct rlimit r = { 0 };

		if (getrlimit((__rlimit_resource_t)i, &r) == 0)
			say("limit%d=%llu:%llu\n", i,
			    (unsigned long long)r.rlim_cur,
			    (unsigned long long)r.rlim_max);
	}
	for (int i = ITIMER_REAL; i <= ITIMER_PROF; i++) {
		struct itimerval t = { 0 };

		getitimer((__itimer_which_t)i, &t);
		say("itimer%d=%d every %lld.%06lld\n", i,
		    t.it_value.tv_sec || t.it_value.tv_usec,
		    (long long)t.it_interval.tv_sec,
		    (long long)t.it_interval.tv_usec);
	}
}

static void look_scheduling(void)
{
	struct sched_param param = { 0 };
	cpu_set_t cpus;
	unsigned int attr[14] = { sizeof(attr) };

	CPU_ZERO(&cpus);
	sched_getparam(0, &param);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	say("nice=%d\n", getpriority(PRIO_PROCESS, 0));
	say("policy=%d priority=%d\n", sched_getscheduler(0),
	    param.sched_priority);
	say("cpus=%d\n", CPU_COUNT(&cpus));
	if (syscall(SYS_sched_getattr, 0, attr, sizeof(attr), 0U) == 0)
		for (size_t i = 1; i < ARRAY_SIZE(attr); i++)
			say("sched%zu=%u\n", i, attr[i]);
	say("ioprio=%ld\n", syscall(SYS_ioprio_get, 1, 0));
	say("timerslack=%d\n", prctl(PR_GET_TIMERSLACK));
	say_file("oom_score_adj", "/proc/self/oom_score_adj");
	say_file("coredump_filter", "/proc/self/coredump_filter");
	say_file("cgroup", "/proc/self/cgroup");
}

/* Field N of proc_pid_stat(5), behind the name, which may hold anything. */
static long stat_field(int n)
{
	char line[2048] = "";
	const char *p;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	p = len < 0 ? NULL : strrchr(line, ')');
	for (int at = 2; p && at < n; at++)
		p = strchr(p + 1, ' ');
	return p ? atol(p + 1) : -1;
}

static void look_job(void)
{
	int value = -1;

	say("own_group=%d\nown_session=%d\n", getpgrp() == getpid(),
	    getsid(0) == getpid());
	if (getpgrp() != getpid())
		say("pgid=%d\n", (int)getpgrp());
	if (getsid(0) != getpid())
		say("sid=%d\n", (int)getsid(0));
	say("tty=%ld\nforeground=%d\n", stat_field(7),
	    stat_field(8) == getpgrp());
	say("personality=%x\n", (unsigned int)personality(0xffffffff));
	prctl(PR_GET_PDEATHSIG, &value);
	say("pdeathsig=%d\n", value);
	prctl(PR_GET_CHILD_SUBREAPER, &value);
	say("subreaper=%d\n", value);
	say("thp_disable=%d\n", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	say("keepcaps=%d\n", prctl(PR_GET_KEEPCAPS));
	value = waitpid(-1, NULL, WNOHANG | __WALL);
	say("children=%s\n", value < 0 ? "none" : value ? "dead" : "living");
	say_file("loginuid", "/proc/self/loginuid");
	say_file("sessionid", "/proc/self/sessionid");
	say_file("label", "/proc/self/attr/current");
}

static void look_keyrings(void)
{
	for (int id = KEY_SPEC_THREAD_KEYRING;
	     id >= KEY_SPEC_USER_SESSION_KEYRING; id--) {
		char what[256] = "";
		long serial = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, id, 0);

		if (serial < 0)
			continue;
		syscall(SYS_keyctl, KEYCTL_DESCRIBE, serial, what,
			sizeof(what) - 1);
		say("keyring%d=%ld %s\n", id, serial, what);
	}
}

static void look_namespaces(void)
{
	static const char *const kinds[] = {
		"user", "pid", "pid_for_children", "uts", "ipc", "cgroup",
		"time", "time_for_children", "net", "mnt",
	};
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
		say_link(kinds[i], path);
	}
	if (fd >= 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) == 0)
		say("cookie=%llu\n", (unsigned long long)cookie);
	close(fd);
}

void cred_all(void)
{
	look_identity();
	look_status();
	look_place();
	look_limits();
	look_scheduling();
	look_job();
	look_keyrings();
	look_namespaces();
}
