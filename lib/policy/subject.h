/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subject.h - of whom the map is asked
 */
#ifndef RUNNS_SUBJECT_H
#define RUNNS_SUBJECT_H

#include <stdint.h>

#include "lib/policy/slice.h"

/**
 * struct group_source - answers about the subject's groups, on demand
 * @by_name:	is he in the group of that name?
 * @by_gid:	is one of his groups, the primary included, in @lo..@hi?
 * @primary:	name of the primary group, or NULL if it has none
 *
 * Asked only when a rule that names a group is reached, so that logins that
 * no such rule concerns never wait for a directory.  @by_name and @by_gid
 * return 1, 0, -ENOENT (there is no such group), or another negative errno
 * when the answer is not to be had.
 */
struct group_source {
	int (*by_name)(void *ctx, struct slice name);
	int (*by_gid)(void *ctx, uint32_t lo, uint32_t hi);
	const char *(*primary)(void *ctx);
	void *ctx;
};

/**
 * struct subject - plain facts about a session that wants to start
 * @user:	what getpwuid(3) gives for @uid
 * @uid:	the identity; nothing else is
 * @groups:	answers about groups
 * @service:	PAM service, or "runns" for a launch
 * @tty:	terminal without "/dev/", "" if none
 * @rhost:	remote host as PAM knows it, "" if none
 */
struct subject {
	const char *user;
	uint32_t uid;
	const struct group_source *groups;
	const char *service;
	const char *tty;
	const char *rhost;
};

#endif
