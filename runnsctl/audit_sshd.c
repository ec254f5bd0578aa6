/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_sshd.c - sshd(8) opens sessions without PAM unless it is told to
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/sys/file.h"
#include "runnsctl/audit.h"

enum { TEXT_MAX = 256 * 1024, WORD_SIZE = 64, FILES_MAX = 64 };

#define SSH_DIR "etc/ssh/sshd_config.d"

/**
 * struct said - what the files say of UsePAM; the first word counts
 */
struct said {
	struct audit *audit;
	char use_pam[WORD_SIZE];
	bool matched;
	char names[FILES_MAX][NAME_MAX + 1];
	size_t n;
};

/* Behind the first "Match" nothing is about everybody. */
static void take_line(struct said *s, const char *line, size_t len)
{
	char text[256], key[WORD_SIZE], value[WORD_SIZE];

	if (len >= sizeof(text))
		return;
	memcpy(text, line, len);
	text[len] = '\0';
	if (sscanf(text, " %63[A-Za-z]%*[ \t=\"]%63[A-Za-z0-9]", key,
		   value) != 2)
		return;
	if (strcasecmp(key, "Match") == 0)
		s->matched = true;
	if (!s->matched && !s->use_pam[0] && strcasecmp(key, "UsePAM") == 0)
		snprintf(s->use_pam, sizeof(s->use_pam), "%s", value);
}

static void take_file(struct said *s, const char *path)
{
	_cleanup_close_ int fd = openat(s->audit->places.root, path,
					O_RDONLY | O_NONBLOCK | O_NOCTTY |
						O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t len, at, line;
	int r = fd < 0 ? -errno : file_read_all(fd, TEXT_MAX, &text, &len);

	if (r < 0) {
		if (r != -ENOENT)
			audit_unseen(s->audit, "/%s: %s", path, strerror(-r));
		return;
	}
	s->matched = false;
	for (at = 0; at < len; at += line + 1) {
		line = strcspn(text + at, "\n");
		take_line(s, text + at, line);
	}
}

static int each_name(void *ctx, const char *name)
{
	struct said *s = ctx;
	size_t len = strlen(name);

	if (s->n < FILES_MAX && len > 5 && len <= NAME_MAX &&
	    name[0] != '.' && strcmp(name + len - 5, ".conf") == 0)
		snprintf(s->names[s->n++], NAME_MAX + 1, "%s", name);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* As distributions have it: the drop-ins are included at the top. */
static void take_drop_ins(struct said *s)
{
	_cleanup_close_ int dir = openat(s->audit->places.root, SSH_DIR,
					 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[sizeof(SSH_DIR) + NAME_MAX + 2];
	size_t i;

	if (dir < 0 || file_each(dir, each_name, s) < 0)
		return;
	qsort(s->names, s->n, sizeof(s->names[0]), by_name);
	for (i = 0; i < s->n; i++) {
		snprintf(path, sizeof(path), SSH_DIR "/%s", s->names[i]);
		take_file(s, path);
	}
}

void audit_sshd(struct audit *a)
{
	static const struct finding finding = {
		.check = "sshd",
		.why = "sshd then opens sessions without PAM: they stay on the "
		       "host",
		.mend = "write \"UsePAM yes\" into /etc/ssh/sshd_config, and "
			"reload sshd",
	};
	_cleanup_free_ struct said *s = calloc(1, sizeof(*s));

	if (a->n_names || !a->places.all ||
	    (a->map_usable && a->map.absent) ||
	    faccessat(a->places.root, "usr/sbin/sshd", F_OK, 0) < 0 ||
	    faccessat(a->places.root, "etc/ssh/sshd_config", F_OK, 0) < 0)
		return;
	if (!s) {
		audit_unseen(a, "sshd_config: out of memory");
		return;
	}
	s->audit = a;
	take_drop_ins(s);
	take_file(s, "etc/ssh/sshd_config");
	if (strcasecmp(s->use_pam, "yes") != 0)
		audit_report(a, &finding, "sshd_config says UsePAM %s",
			     s->use_pam[0] ? s->use_pam : "nothing, which is no");
}
