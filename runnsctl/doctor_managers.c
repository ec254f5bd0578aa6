/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor_managers.c - programs that set up every device they see: are they
 * told to leave ours alone?
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sys/file.h"
#include "runnsctl/audit.h"

enum { FILE_MAX = 256 * 1024, DIRS_MAX = 4 };

/**
 * struct manager - one such program
 * @runs:	what it makes below / while it runs
 * @drop_in:	file of ours that tells it, and @dirs: where it looks for such;
 *		NULL: it has one file only ...
 * @file:	... this one
 * @key:	beginning of the line there
 * @words:	that have to stand behind it, all of them
 * @mend:	what to do
 */
static const struct manager {
	const char *name;
	const char *runs;
	const char *drop_in;
	const char *dirs[DIRS_MAX];
	const char *file;
	const char *key;
	const char *words[2];
	const char *mend;
} managers[] = {
	{ .name = "NetworkManager", .runs = "run/NetworkManager",
	  .drop_in = "10-runns.conf",
	  .dirs = { "etc/NetworkManager/conf.d", "run/NetworkManager/conf.d",
		    "usr/lib/NetworkManager/conf.d" },
	  .mend = "put 10-runns.conf of the examples into "
		  "/etc/NetworkManager/conf.d and say nmcli general reload" },
	{ .name = "systemd-networkd", .runs = "run/systemd/netif",
	  .drop_in = "10-runns.network",
	  .dirs = { "etc/systemd/network", "run/systemd/network",
		    "usr/lib/systemd/network",
		    "usr/local/lib/systemd/network" },
	  .mend = "put 10-runns.network of the examples into "
		  "/etc/systemd/network and say networkctl reload" },
	{ .name = "connman", .runs = "run/connman",
	  .file = "etc/connman/main.conf", .key = "NetworkInterfaceBlacklist",
	  .words = { "rn-", "rv-" },
	  .mend = "add rn- and rv- to NetworkInterfaceBlacklist in "
		  "/etc/connman/main.conf, and start it again" },
	{ .name = "dhcpcd", .runs = "run/dhcpcd",
	  .file = "etc/dhcpcd.conf", .key = "denyinterfaces",
	  .words = { "rn-*", "rv-*" },
	  .mend = "add a line \"denyinterfaces rn-* rv-*\" to "
		  "/etc/dhcpcd.conf, and start it again" },
};

static bool is_there(const struct audit *a, const char *path)
{
	return faccessat(a->places.root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Is the file of ours in one of the directories that it reads? */
static bool has_drop_in(const struct audit *a, const struct manager *m)
{
	char path[128];
	size_t i;

	for (i = 0; i < DIRS_MAX && m->dirs[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", m->dirs[i], m->drop_in);
		if (is_there(a, path))
			return true;
	}
	return false;
}

/* Is @word one of those that stand in the line, behind blanks or commas? */
static bool line_has(const char *line, const char *word)
{
	static const char between[] = " \t,=";
	size_t len = strlen(word);

	while (*line) {
		size_t n;

		line += strspn(line, between);
		n = strcspn(line, between);
		if (n == len && memcmp(line, word, n) == 0)
			return true;
		line += n;
	}
	return false;
}

static bool text_tells(char *text, const struct manager *m, const char *word)
{
	bool found = false;
	char *line = text;

	while (line && !found) {
		char *end = strchrnul(line, '\n');
		char kept = *end;
		const char *start = line + strspn(line, " \t");

		*end = '\0';
		found = strncmp(start, m->key, strlen(m->key)) == 0 &&
			line_has(start + strlen(m->key), word);
		*end = kept;
		line = kept ? end + 1 : NULL;
	}
	return found;
}

static bool file_tells(struct audit *a, const struct manager *m)
{
	_cleanup_close_ int fd = openat(a->places.root, m->file,
					O_RDONLY | O_NONBLOCK | O_NOCTTY |
						O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t i, len;
	int r = fd < 0 ? -errno : file_read_all(fd, FILE_MAX, &text, &len);

	if (r < 0 && r != -ENOENT)
		audit_unseen(a, "/%s: %s", m->file, file_explain(r));
	for (i = 0; r >= 0 && i < ARRAY_SIZE(m->words); i++)
		if (!text_tells(text, m, m->words[i]))
			return false;
	return r != -ENOENT;
}

void doctor_managers(struct audit *a)
{
	struct finding finding = {
		.check = "manager",
		.why = "it may give addresses to devices of networks, ask for "
		       "some in their networks, or take them down",
	};
	const struct manager *m;

	for (m = managers; m < managers + ARRAY_SIZE(managers); m++) {
		if (!is_there(a, m->runs) ||
		    (m->drop_in ? has_drop_in(a, m) : file_tells(a, m)))
			continue;
		finding.mend = m->mend;
		audit_report(a, &finding, "%s is not told to leave rn-* and "
			     "rv-* alone", m->name);
	}
}
