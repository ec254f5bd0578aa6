/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit_helper.c - set-user-ID copies of the helper
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sys/file.h"
#include "runnsctl/audit.h"

static const char helper_name[] = "runns-helper";
static const char helper_path[] = RUNNS_BINDIR "/runns-helper";

/* Relative to the host's root, as all that is looked at. */
static const char *const programs[] = {
	RUNNS_BINDIR,	   "/usr/bin",	   "/usr/sbin",	     "/usr/local/bin",
	"/usr/local/sbin", "/usr/libexec", "/usr/lib/runns",
};

/**
 * struct copies - one directory
 * @helper:	the installed one, all zero if there is none
 */
struct copies {
	struct audit *audit;
	const char *dir_name;
	int dir;
	struct stat helper;
};

static int each_program(void *ctx, const char *name)
{
	static const struct finding finding = {
		.check = "helper",
		.why = "an old copy still has the errors that were mended since",
		.mend = "remove it",
	};
	struct copies *c = ctx;
	struct stat st;

	if (strncmp(name, helper_name, strlen(helper_name)) != 0 ||
	    fstatat(c->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode) || !(st.st_mode & S_ISUID))
		return 0;
	if (strcmp(name, helper_name) == 0 && st.st_dev == c->helper.st_dev &&
	    st.st_ino == c->helper.st_ino)
		return 0;
	audit_report(c->audit, &finding, "%s/%s is set-user-ID", c->dir_name,
		     name);
	return 0;
}

static void look_into(struct copies *c, const char *dir_name)
{
	_cleanup_close_ int dir = openat(c->audit->places.root, dir_name + 1,
					 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = dir < 0 ? -errno : 0;

	c->dir = dir;
	c->dir_name = dir_name;
	if (r == 0)
		r = file_each(dir, each_program, c);
	if (r < 0 && r != -ENOENT)
		audit_unseen(c->audit, "programs in %s: %s", dir_name,
			     strerror(-r));
}

void audit_helper(struct audit *a)
{
	struct copies c = { .audit = a };
	size_t i;

	if (a->n_names || a->places.root < 0)
		return;
	if (fstatat(a->places.root, helper_path + 1, &c.helper,
		    AT_SYMLINK_NOFOLLOW) < 0)
		c.helper = (struct stat){ 0 };
	for (i = 0; i < ARRAY_SIZE(programs); i++)
		if (i == 0 || strcmp(programs[i], programs[0]) != 0)
			look_into(&c, programs[i]);
}
