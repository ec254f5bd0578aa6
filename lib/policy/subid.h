/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subid.h - subordinate ids, and the map of a user namespace
 *
 * subuid(5), subgid(5), user_namespaces(7), newuidmap(1).
 */
#ifndef RUNNS_SUBID_H
#define RUNNS_SUBID_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/slice.h"

enum {
	SUBID_RANGES_MAX = 128,
	IDMAP_LINES_MAX = 340,	  /* what the kernel takes */
	SUBID_FILE_MAX = 4 << 20, /* bytes of a file that is read */
};

/** struct subid_range - @count ids from @start on, none of them 4294967295 */
struct subid_range {
	uint32_t start;
	uint32_t count;
};

/**
 * struct subid_ranges - those of one user, ascending, none twice
 * @bad_line:	number of the first line that names him and cannot be used, 0
 *		if there is none
 */
struct subid_ranges {
	struct subid_range list[SUBID_RANGES_MAX];
	size_t n;
	unsigned int bad_line;
};

/**
 * subid_parse() - find a user's ranges in the text of /etc/subuid
 * @user:	his name; empty: he has none
 * @uid:	lines may have this in place of a name
 *
 * Lines that name others are not looked at, whatever they hold.  Of ranges
 * that overlap each id counts once.  Those beyond SUBID_RANGES_MAX are left
 * out, and their line is the bad one.
 */
void subid_parse(struct slice text, struct slice user, uint32_t uid,
		 struct subid_ranges *out);

/** struct idmap_line - a line of uid_map */
struct idmap_line {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

/** struct idmap - a uid_map or gid_map */
struct idmap {
	struct idmap_line list[IDMAP_LINES_MAX];
	size_t n;
};

/**
 * idmap_layout() - the map of one id and of subordinate ones
 * @own:	id outside, which is left out of @ranges
 * @inside:	what it is inside
 * @ranges:	laid out from 0 upwards, around @inside
 *
 * Return: 0; -E2BIG if it would take too many lines.
 */
int idmap_layout(struct idmap *map, uint32_t own, uint32_t inside,
		 const struct subid_ranges *ranges) _must_check_;

#endif
