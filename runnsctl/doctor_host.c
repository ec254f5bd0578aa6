/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor_host.c - the helper as it is installed, and what other programs of
 * the host do to networks
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/policy/wall.h"
#include "lib/session/paths.h"
#include "lib/sys/bus.h"
#include "lib/sys/file.h"
#include "lib/sys/proc.h"
#include "runnsctl/audit.h"

enum {
	OUTPUT_SIZE = 8192,
	STATE_SIZE = 8192,
	HOSTS_MAX = 1024 * 1024,
	BLOCKS_MS = 20000,
};

void doctor_installed(struct audit *a)
{
	static const struct finding finding = {
		.check = "helper",
		.why = "runnsctl run and shell cannot enter a network by it",
		.mend = "install RUNNS again, on a file system without nosuid; "
			"or use the service: systemctl enable --now "
			"runns.socket",
	};
	static const char path[] = RUNNS_BINDIR "/runns-helper";
	_cleanup_close_ int fd = openat(a->places.root, path + 1,
					O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statvfs fs;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || fstatvfs(fd, &fs) < 0) {
		audit_report(a, &finding, "%s: %s", path, strerror(errno));
		return;
	}
	if (st.st_uid != 0 || !(st.st_mode & S_ISUID))
		audit_report(a, &finding, "%s is not set-user-ID root", path);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		audit_report(a, &finding, "%s may be written to by others",
			     path);
	if (fs.f_flag & ST_NOSUID)
		audit_report(a, &finding, "%s is on a file system that is "
			     "mounted nosuid", path);
}

static void report_block(struct audit *a, const char *chain)
{
	char commands[WALL_TEXT_SIZE], mend[WALL_TEXT_SIZE + 80];
	const struct finding finding = {
		.check = "firewall",
		.why = "a packet that one chain accepts is dropped by another "
		       "all the same: networks do not reach anything",
		.mend = mend,
	};

	wall_mend(chain, "DEVICE", commands);
	snprintf(mend, sizeof(mend), "%s, for each DEVICE that runnsctl status "
		 "names", commands);
	audit_report(a, &finding, "forwarded packets are dropped by %s", chain);
}

/* As much as a pipe holds is far more than chains can have names. */
static ssize_t ask_builder(char *out, size_t size)
{
	static const char *const words[] = { RUNNS_LIBEXECDIR "/runns-net",
					     "__blocks", NULL };
	struct proc_child child = { .argv = words, .host = true,
				    .timeout_ms = BLOCKS_MS };
	ssize_t n = 0;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	child.out_fd = ends[1];
	r = proc_run(&child);
	close(ends[1]);
	if (r == 0)
		n = read(ends[0], out, size);
	if (r > 0)
		r = -EIO;
	else if (n < 0)
		r = -errno;
	close(ends[0]);
	return r ? r : n;
}

/* By a program that has the libraries for it. */
static void look_at_firewalls(struct audit *a)
{
	char text[OUTPUT_SIZE], *rest = text, *line;
	ssize_t n = ask_builder(text, sizeof(text) - 1);

	if (n < 0) {
		audit_unseen(a, "chains of firewalls: %s", strerror((int)-n));
		return;
	}
	text[n] = '\0';
	while ((line = strsep(&rest, "\n")))
		if (*line)
			report_block(a, line);
}

/* A user's own namespace, which veth= connects, has no handle of that name. */
static bool is_users(const struct audit *a, const char *name)
{
	char path[sizeof(PATH_RUN_NET "//state") + NAME_SIZE];
	char state[STATE_SIZE];

	snprintf(path, sizeof(path), PATH_RUN_NET "/%s/state", name);
	return file_read_small(a->places.root, path, state,
			       sizeof(state)) > 0 &&
	       strstr(state, "\nowner=");
}

static int each_record(void *ctx, const char *name)
{
	static const struct finding finding = {
		.check = "remains",
		.why = "a builder was killed, or the handle was removed by "
		       "hand",
		.mend = "runnsctl gc",
	};
	struct audit *a = ctx;

	if (name_is_valid((struct slice){ name, strlen(name) }) &&
	    !places_named(&a->places, name) && !is_users(a, name))
		audit_report(a, &finding, "network %s is recorded and not "
			     "there", name);
	return 0;
}

static void look_at_remains(struct audit *a)
{
	_cleanup_close_ int dir = openat(a->places.root, PATH_RUN_NET,
					 O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
						 O_CLOEXEC);
	int r = dir < 0 ? -errno : file_each(dir, each_record, a);

	if (r < 0 && r != -ENOENT)
		audit_unseen(a, "records of networks: %s", strerror(-r));
}

/* Is it one of the words of the text? */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *p = text;

	while ((p = strstr(p, word))) {
		if ((p == text || strchr(" \t\n", p[-1])) &&
		    (!p[len] || strchr(" \t\n", p[len])))
			return true;
		p += len;
	}
	return false;
}

static void look_at_name(struct audit *a)
{
	static const struct finding finding = {
		.check = "hosts",
		.why = "sudo and others look it up, and inside a network wait "
		       "for a name server that does not know it",
		.mend = "add a line \"127.0.1.1 NAME\" to /etc/hosts",
	};
	_cleanup_close_ int fd = openat(a->places.root, "etc/hosts",
					O_RDONLY | O_NONBLOCK | O_NOCTTY |
						O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	char name[256] = "";
	size_t len;
	int r = fd < 0 ? -errno : file_read_all(fd, HOSTS_MAX, &text, &len);

	if (r < 0 || gethostname(name, sizeof(name) - 1) < 0)
		audit_unseen(a, "/etc/hosts: %s", strerror(r < 0 ? -r : errno));
	else if (!has_word(text, name))
		audit_report(a, &finding, "the host's name %s is not in "
			     "/etc/hosts", name);
}

static void look_at_bus(struct audit *a)
{
	static const struct finding finding = {
		.check = "bus",
		.why = "a session is only routed, not sealed: a look-up over "
		       "the bus leaves its network",
		.mend = "put runns-names.conf of the examples (dbus) into "
			"/etc/dbus-1/system.d",
	};
	const char *why = bus_answers(a->places.root, BUS_NOBODY);

	if (why)
		audit_report(a, &finding, "%s", why);
}

void doctor_host(struct audit *a)
{
	look_at_firewalls(a);
	look_at_remains(a);
	look_at_name(a);
	look_at_bus(a);
}
