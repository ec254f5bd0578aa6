/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.c - what a process of a session sees of itself, as key=value lines
 *
 * Started in a session and beside it; the difference is what the session is.
 * With arguments only the keys named are printed, the values alone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "lib/base/base.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

extern char **environ;

static char **probe_wanted;

static bool probe_wants(const char *key)
{
	if (!*probe_wanted)
		return true;
	for (char **w = probe_wanted; *w; w++) {
		if (strcmp(*w, key) == 0)
			return true;
	}
	return false;
}

static void probe_say(const char *key, const char *fmt, ...) _printf_(2, 3);

static void probe_say(const char *key, const char *fmt, ...)
{
	va_list ap;

	if (!probe_wants(key))
		return;
	if (!*probe_wanted)
		printf("%s=", key);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void probe_link(const char *key, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		snprintf(target, sizeof(target), "(%s)", strerror(errno));
	else
		target[n] = '\0';
	probe_say(key, "%s", target);
}

static void probe_namespaces(void)
{
	static const char *const kinds[] = {
		"net", "mnt", "user", "pid", "uts", "ipc", "cgroup", "time",
	};
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		cookie = 0;
	probe_say("cookie", "%llu", (unsigned long long)cookie);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
		probe_link(kinds[i], path);
	}
}

static void probe_place(void)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	probe_link("cwd", "/proc/self/cwd");
	if (stat(".", &st) == 0)
		probe_say("cwd_inode", "%llx:%llu",
			  (unsigned long long)st.st_dev,
			  (unsigned long long)st.st_ino);
	probe_link("root", "/proc/self/root");
	if (stat("/", &st) == 0)
		probe_say("root_inode", "%llx:%llu",
			  (unsigned long long)st.st_dev,
			  (unsigned long long)st.st_ino);
	probe_say("umask", "%04o", (unsigned int)mask);
	probe_link("tty", "/proc/self/fd/0");
	probe_say("sid", "%d", (int)getsid(0));
	probe_say("pgrp", "%d", (int)getpgrp());
}

static void probe_groups(void)
{
	char text[8192] = "";
	gid_t groups[1024];
	int n = getgroups(ARRAY_SIZE(groups), groups);
	size_t len = 0;

	for (int i = 0; i < n && len < sizeof(text) - 16; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%u", i ? "," : "", groups[i]);
	probe_say("groups", "%s", text);
}

static void probe_identity(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	probe_say("uids", "%u,%u,%u,%u", r, e, s, setfsuid((uid_t)-1));
	probe_say("gids", "%u,%u,%u,%u", rg, eg, sg, setfsgid((gid_t)-1));
	probe_groups();
	probe_say("securebits", "%d", prctl(PR_GET_SECUREBITS));
	probe_say("nnp", "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	probe_say("dumpable", "%d", prctl(PR_GET_DUMPABLE));
}

/* Capabilities and signals as the kernel writes them. */
static void probe_status(void)
{
	static const char *const keys[] = {
		"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb",
		"SigBlk", "SigIgn", "Seccomp", "Threads",
	};
	char line[512];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f)) {
		char *value = strchr(line, ':');

		if (!value)
			continue;
		*value++ = '\0';
		value += strspn(value, " \t");
		value[strcspn(value, "\n")] = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			if (strcmp(keys[i], line) == 0)
				probe_say(keys[i], "%s", value);
		}
	}
	if (f)
		fclose(f);
}

static void probe_limits(void)
{
	char key[16];

	for (int i = 0; i < RLIMIT_NLIMITS; i++) {
		struct rlimit r = { 0 };

		if (getrlimit((__rlimit_resource_t)i, &r))
			continue;
		snprintf(key, sizeof(key), "limit%d", i);
		probe_say(key, "%lld:%lld", (long long)r.rlim_cur,
			  (long long)r.rlim_max);
	}
	for (int i = ITIMER_REAL; i <= ITIMER_PROF; i++) {
		struct itimerval t = { 0 };

		getitimer((__itimer_which_t)i, &t);
		snprintf(key, sizeof(key), "itimer%d", i);
		probe_say(key, "%d", t.it_value.tv_sec || t.it_value.tv_usec);
	}
	probe_say("nice", "%d", getpriority(PRIO_PROCESS, 0));
	probe_say("policy", "%d", sched_getscheduler(0));
}

static void probe_file(const char *key, const char *path)
{
	char text[4096];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	while (n && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	for (char *p = text; *p; p++) {
		if (*p == '\n')
			*p = ' ';
	}
	probe_say(key, "%s", text);
}

static void probe_descriptors(void)
{
	char text[8192] = "";
	size_t len = 0;

	for (int fd = 0; fd < 1024 && len < sizeof(text) - 64; fd++) {
		struct stat st;

		if (fstat(fd, &st))
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%d:%o:%llx:%llu", len ? " " : "",
					fd, (unsigned int)st.st_mode & S_IFMT,
					(unsigned long long)st.st_dev,
					(unsigned long long)st.st_ino);
	}
	probe_say("fds", "%s", text);
}

/* Devices that /sys shows, in the order of their names. */
static void probe_devices(void)
{
	struct dirent **entries = NULL;
	char text[8192] = "";
	size_t len = 0;
	int n = scandir("/sys/class/net", &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.' && len < sizeof(text) - 300)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%s", len ? " " : "",
						entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	probe_say("devices", "%s", text);
}

static void probe_environment(void)
{
	uint64_t hash = 14695981039346656037U;
	unsigned int n = 0;

	for (char **e = environ; *e; e++, n++) {
		for (const char *p = *e;; p++) {
			hash = (hash ^ (unsigned char)*p) * 1099511628211U;
			if (!*p)
				break;
		}
	}
	probe_say("env", "%u:%llx", n, (unsigned long long)hash);
}

int main(int argc, char **argv)
{
	probe_wanted = argv + (argc ? 1 : 0);
	probe_descriptors();
	probe_namespaces();
	probe_place();
	probe_identity();
	probe_status();
	probe_limits();
	probe_devices();
	probe_environment();
	probe_file("oom", "/proc/self/oom_score_adj");
	probe_file("loginuid", "/proc/self/loginuid");
	probe_file("cgroup_path", "/proc/self/cgroup");
	probe_file("resolv", "/etc/resolv.conf");
	return 0;
}
