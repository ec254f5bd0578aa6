/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.h - names of namespaces, and the patterns that stand for them
 */
#ifndef RUNNS_NAME_H
#define RUNNS_NAME_H

#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/slice.h"

enum {
	NAME_LEN_MAX = 63,		/* bytes of a namespace's name */
	NAME_SIZE = NAME_LEN_MAX + 1,	/* memory for one */
};

/**
 * name_is_valid() - may a namespace have this name?
 *
 * 1 to 63 bytes of [A-Za-z0-9_.-], the first a letter or digit, and not one
 * of the words that the map uses for something else (host, deny).
 */
bool name_is_valid(struct slice name);

/**
 * struct name_values - what %u, %U and %g stand for
 * @user:	name that getpwuid(3) gives for the uid
 * @group:	name of the primary group, or NULL when it has none
 */
struct name_values {
	const char *user;
	uint32_t uid;
	const char *group;
};

/**
 * name_template_check() - is this a template that can be accepted?
 * @text:	a name in which %u, %U and %g stand for user, uid and group
 *
 * A template must have literal bytes of its own, else one user's name could
 * be another's network.
 *
 * Return: NULL if it can, else what is wrong with it (a constant text).
 */
const char *name_template_check(struct slice text);

/** name_is_template() - does @text hold a '%'? */
bool name_is_template(struct slice text);

/**
 * name_expand() - make a name out of a template
 * @out:	set on success only, terminated
 *
 * Return: 0; -ENODATA if %g is needed and the group has no name; -EINVAL if
 * the result is not a valid name (a keyword counts only when written, so a
 * template that gives one is refused too).
 */
int name_expand(char out[NAME_SIZE], struct slice template,
		const struct name_values *values) _must_check_;

/**
 * name_glob_match() - does @name match @glob?
 * @glob:	'*' stands for any bytes, '?' for one
 */
bool name_glob_match(struct slice glob, struct slice name);

/**
 * name_patterns_overlap() - could a result of @template also match @other?
 * @template:	a template
 * @other:	a name, a glob or another template
 */
bool name_patterns_overlap(struct slice template, struct slice other);

#endif
