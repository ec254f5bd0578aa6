/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_pam.c - doors that open sessions without our module
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/policy/pamtext.h"
#include "lib/sys/file.h"
#include "runnsctl/audit.h"

enum { TEXT_MAX = 256 * 1024, DEPTH_MAX = 16, PATH_SIZE = 512 };

/**
 * struct stack - the session phase of one service
 * @session:	it has one
 * @ours:	a line of it is ours
 */
struct stack {
	struct audit *audit;
	const char *service;
	bool session;
	bool ours;
	int depth;
};

static const char *const dirs[] = { "etc/pam.d", "usr/lib/pam.d" };

/* Return: 0 with memory that the caller frees, or -errno. */
static int read_service(const struct audit *a, struct slice name, char **text,
			size_t *len)
{
	char path[PATH_SIZE];
	int fd = -1, r = -ENOENT;
	struct stat st;
	size_t i;

	for (i = 0; fd < 0 && i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%.*s", dirs[i],
			 SLICE_ARG(name));
		fd = openat(a->places.root, path,
			    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 && errno != ENOENT)
			return -errno;
	}
	if (fd < 0)
		return r;
	r = fstat(fd, &st) < 0	   ? -errno
	    : !S_ISREG(st.st_mode) ? -EINVAL
				   : file_read_all(fd, TEXT_MAX, text, len);
	close(fd);
	return r;
}

static void report_control(const struct stack *s, struct slice control)
{
	const struct finding finding = {
		.check = "pam",
		.why = "a session that it refuses may be opened all the same, "
		       "outside",
		.mend = "write \"session required pam_runns.so\"",
	};

	audit_report(s->audit, &finding,
		     "service %s: pam_runns.so has the control \"%.*s\"",
		     s->service, SLICE_ARG(control));
}

static void report_rescue(const struct stack *s, struct slice word)
{
	const struct finding finding = {
		.check = "pam",
		.why = "these users stay on the host while the map is unusable",
		.mend = "name only those who repair the map",
	};

	audit_report(s->audit, &finding, "service %s: %.*s", s->service,
		     SLICE_ARG(word));
}

static void look_at_ours(struct stack *s, const struct pamtext_line *line)
{
	struct slice args = line->args, word;

	s->ours = true;
	if (!pamtext_refuses(line->control))
		report_control(s, line->control);
	while (pamtext_word(&args, &word)) {
		if (word.len > 7 && memcmp(word.p, "rescue=", 7) == 0)
			report_rescue(s, word);
		else if (word.len > 4 && memcmp(word.p, "map=", 4) == 0)
			audit_unseen(s->audit, "service %s: %.*s, another map",
				     s->service, SLICE_ARG(word));
	}
}

static void walk(struct stack *s, struct slice name);

static void walk_line(struct stack *s, const struct pamtext_line *line)
{
	if (!line->session)
		return;
	if (line->kind != PAMTEXT_RULE) {
		walk(s, line->target);
		return;
	}
	s->session = true;
	if (pamtext_is_ours(line->target))
		look_at_ours(s, line);
}

static void walk(struct stack *s, struct slice name)
{
	_cleanup_free_ char *text = NULL;
	struct pamtext_line line;
	struct slice rest = { 0 };
	int r = s->depth == DEPTH_MAX
			? -ELOOP
			: read_service(s->audit, name, &text, &rest.len);

	if (r < 0) {
		audit_unseen(s->audit, "PAM service %s: %.*s: %s", s->service,
			     SLICE_ARG(name), strerror(-r));
		return;
	}
	rest.p = text;
	s->depth++;
	while (pamtext_next(&rest, &line))
		walk_line(s, &line);
	s->depth--;
}

static void audit_service(struct audit *a, const char *name)
{
	static const struct finding finding = {
		.check = "pam",
		.why = "sessions that it opens stay where they are opened",
		.mend = "add \"session required pam_runns.so\" to it",
	};
	struct stack s = { .audit = a, .service = name };

	walk(&s, (struct slice){ name, strlen(name) });
	if (s.session && !s.ours)
		audit_report(a, &finding,
			     "service %s opens sessions without pam_runns.so",
			     name);
}

/* Debian's parts of stacks, others' too, are no services of their own. */
static bool is_part(const char *name)
{
	return strncmp(name, "common-", 7) == 0 ||
	       strncmp(name, "system-", 7) == 0 ||
	       strcmp(name, "password-auth") == 0 ||
	       strcmp(name, "fingerprint-auth") == 0 ||
	       strcmp(name, "smartcard-auth") == 0 ||
	       strcmp(name, "postlogin") == 0;
}

static int each_service(void *ctx, const char *name)
{
	size_t len = strlen(name);

	/* What package managers and editors leave is nobody's service. */
	if (name[0] != '.' && name[len - 1] != '~' && !strstr(name, ".dpkg-") &&
	    !strstr(name, ".rpm") && !is_part(name))
		audit_service(ctx, name);
	return 0;
}

static void audit_user_manager(struct audit *a)
{
	static const struct finding finding = {
		.check = "pam",
		.why = "user managers, and all that they start, stay outside",
		.mend = "install a service systemd-user with pam_runns.so",
	};
	size_t i;

	if (faccessat(a->places.root, "usr/lib/systemd/system/user@.service",
		      F_OK, 0) < 0)
		return;
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		char path[PATH_SIZE];

		snprintf(path, sizeof(path), "%s/systemd-user", dirs[i]);
		if (faccessat(a->places.root, path, F_OK, 0) == 0)
			return;
	}
	audit_report(a, &finding, "there is no PAM service systemd-user");
}

void audit_pam(struct audit *a)
{
	_cleanup_close_ int dir = -1;
	int r;

	/* Whom nobody's map names, no door concerns. */
	if (a->n_names || a->places.root < 0 ||
	    (a->map_usable && a->map.absent))
		return;
	dir = openat(a->places.root, dirs[0],
		     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -errno : file_each(dir, each_service, a);
	if (r < 0)
		audit_unseen(a, "PAM services in /%s: %s", dirs[0],
			     strerror(-r));
	else
		audit_user_manager(a);
}
