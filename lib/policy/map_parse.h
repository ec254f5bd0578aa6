/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_parse.h - what the files of the map's parser share
 */
#ifndef RUNNS_MAP_PARSE_H
#define RUNNS_MAP_PARSE_H

#include "lib/policy/cursor.h"
#include "lib/policy/map.h"

enum { MAP_QUOTE_MAX = 40 };

/* For "%.*s": a word of the map in a message, cut if it is long. */
#define MAP_QUOTE(s) \
	(int)((s).len < MAP_QUOTE_MAX ? (s).len : MAP_QUOTE_MAX), (s).p

/**
 * struct map_parser - a text on its way into a map
 * @rule:	the rule that is being filled
 * @seen:	its options so far, a bit each
 * @start:	first byte of its line ...
 * @line:	... and the line
 */
struct map_parser {
	struct cursor cursor;
	struct map *map;
	struct map_rule *rule;
	unsigned int seen;
	const char *start;
	unsigned int line;
};

/* Reports what is wrong at @at; the value is -EINVAL. */
#define map_bad(ps, at, ...) cursor_error(&(ps)->cursor, at, __VA_ARGS__)

/**
 * map_check_list() - is this a comma list of good words?
 * @judge:	NULL for a good word, else what is wrong with it
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int map_check_list(struct map_parser *ps, struct slice list,
		   const char *(*judge)(struct slice)) _must_check_;

/**
 * map_set_option() - take over one word behind ALSO
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int map_set_option(struct map_parser *ps, struct slice word) _must_check_;

#endif
