/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sources.h - texts of runns.map(5) and runns.conf(5), for whoever may read them
 *
 * Unlike the module, these commands also look at what the module would
 * refuse: a text and the judgement of its file are kept apart.
 */
#ifndef RUNNSCTL_SOURCES_H
#define RUNNSCTL_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"
#include "lib/policy/profile.h"

enum source_kind { SOURCE_MAP, SOURCE_CONF };

/**
 * struct source - one file
 * @kind:	which of the two languages
 * @label:	its path
 * @text:	terminated; NULL if it could not be read ...
 * @unread:	... and why, a negative errno
 * @len:	bytes in @text
 * @judged:	0, or why the module or the builder would refuse the file, a
 *		negative errno for file_explain()
 * @installed:	it is one of those that logins use
 */
struct source {
	enum source_kind kind;
	char *label;
	char *text;
	int unread;
	size_t len;
	int judged;
	bool installed;
};

struct sources {
	struct source *list;
	size_t n;
};

/**
 * sources_host_root() - the root directory to look for installed files in
 *
 * The host's; for callers who may not know that one their own.
 *
 * Return: O_PATH descriptor that the caller closes, or -errno.
 */
int sources_host_root(void) _must_check_;

/**
 * sources_add() - add a file that the caller has named
 *
 * Return: 0, also if the file cannot be read; or -ENOMEM.
 */
int sources_add(struct sources *s, enum source_kind kind, const char *path)
	_must_check_;

/**
 * sources_add_installed() - add the drop-ins, then the file itself
 * @host:	sources_host_root()
 *
 * Files that are absent are not added.
 *
 * Return: 0 or -errno.
 */
int sources_add_installed(struct sources *s, enum source_kind kind, int host)
	_must_check_;

/** sources_free() - give the memory back; harmless on a zeroed struct */
void sources_free(struct sources *s);

/**
 * sources_conf() - one conf out of all texts of that kind
 * @out:	its profiles are the caller's to free, after failure too
 *
 * Return: 0; -ENOENT if there is no such file; -EACCES if one cannot be read;
 * -EINVAL with @d filled; -ENOMEM.
 */
int sources_conf(const struct sources *s, struct profile_conf *out,
		 struct diag *d) _must_check_;

#endif
