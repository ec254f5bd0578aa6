/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * who.h - one word of the WHO column
 */
#ifndef RUNNS_WHO_H
#define RUNNS_WHO_H

#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/slice.h"

enum who_kind {
	WHO_ANY,	/* "*" */
	WHO_ROOT,	/* "root": uid 0, whatever its name */
	WHO_USER,	/* a user's name */
	WHO_UID,	/* "uid" or "min:max" */
	WHO_GROUP,	/* "@" and a group's name */
	WHO_GID,	/* "@gid" or "@min:max" */
};

/**
 * struct who_word - a word, taken apart
 * @exclude:	a "!" stands before it
 * @name:	for WHO_USER and WHO_GROUP
 * @lo:		first id for WHO_UID and WHO_GID ...
 * @hi:		... and last
 */
struct who_word {
	bool exclude;
	enum who_kind kind;
	struct slice name;
	uint32_t lo;
	uint32_t hi;
};

/**
 * who_read() - take a word apart
 * @text:	one word of a comma list
 * @out:	of no meaning on failure
 *
 * Return: NULL, or what is wrong with it (a constant text).
 */
const char *who_read(struct slice text, struct who_word *out) _must_check_;

/**
 * who_check() - is this a word that a map may have?
 *
 * As who_read(), and the bytes of names are looked at, too.
 */
const char *who_check(struct slice text) _must_check_;

/**
 * who_is_plain() - is a WHO column one name of a user, as most are?
 *
 * Of letters, digits and "_.-": there is no list to be judged then.
 */
bool who_is_plain(struct slice text);

#endif
