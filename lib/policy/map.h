/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.h - runns.map(5) as rows
 *
 * Text goes in, rows of slices into that text come out.  The rows of all
 * files of a map stand in one array in the order in which they are asked.
 */
#ifndef RUNNS_MAP_H
#define RUNNS_MAP_H

#include <stdint.h>

#include "lib/policy/diag.h"
#include "lib/policy/slice.h"

enum {
	MAP_TEXT_MAX = 1024 * 1024,	/* bytes of all files together */
	MAP_RULES_MAX = 10000,		/* rules of all files together */
	MAP_LINE_MAX = 8192,		/* bytes of a rule, continuations included */
	MAP_LIST_MAX = 256,		/* words of one list */
	MAP_TEMPLATES_MAX = 64,		/* different templates of a map */
	MAP_VETH_MAX = 1024,		/* veth=N */
};

/* What the SESSION column says. */
enum map_session {
	MAP_STAY,	/* "-": where the session is */
	MAP_HOST,	/* "host" */
	MAP_PRIVATE,	/* "+": a fresh namespace for this session */
	MAP_DENY,	/* "deny" */
	MAP_NAME,	/* a name or a template */
};

/**
 * struct map_rule - one rule
 * @file:	label of the file that it stands in
 * @line:	its first line, from 1
 * @session:	kind of the SESSION column
 * @who:	the WHO column, a valid list
 * @name:	the SESSION column as written
 * @also:	the ALSO column, a valid list; empty for "-"
 * @section:	section to build from; empty: the one of the same name
 * @service:	list after service=, empty if there is none
 * @tty:	list after tty=, empty if there is none
 * @rhost:	list after rhost=, empty if there is none
 * @uplink:	uplink after veth=N@, empty if there is none
 * @veth:	number of rootless veth networks
 * @create:	build the namespace on demand
 * @optional:	stay outside if the namespace is absent
 */
struct map_rule {
	const char *file;
	unsigned int line;
	enum map_session session;
	struct slice who;
	struct slice name;
	struct slice also;
	struct slice section;
	struct slice service;
	struct slice tty;
	struct slice rhost;
	struct slice uplink;
	uint32_t veth;
	bool create;
	bool optional;
};

/**
 * struct map - rows in memory of the caller's
 */
struct map {
	struct map_rule *rules;
	size_t n;
	size_t cap;
};

/**
 * map_count() - an upper bound of the rules that @text can hold
 */
size_t map_count(const char *text, size_t len);

/**
 * map_parse() - append the rules of one file
 * @map:	has room for map_count() rules more
 * @file:	label for messages, must outlive the rules
 * @text:	must outlive the rules; need not be terminated
 * @d:		filled on failure
 *
 * An empty text, a NUL byte, a carriage return, a byte order mark or a last
 * line without newline is an error, as is everything that runns.map(5) does
 * not name.
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int map_parse(struct map *map, const char *file, const char *text, size_t len,
	      struct diag *d) _must_check_;

/**
 * map_check() - what only the rules together can tell
 *
 * The results of a template belong to the users that it was made for: a
 * name, glob or other template anywhere in the map that could match one of
 * them is an error.  "*" is none: match_also() keeps it away from them.
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int map_check(const struct map *map, struct diag *d) _must_check_;

/**
 * map_list_next() - take the next word of a comma list
 * @list:	the list; moved behind the word
 * @word:	set to the word
 *
 * In a list a comma may be followed by a backslash, newline and blanks.
 *
 * Return: false when the list is at its end.
 */
bool map_list_next(struct slice *list, struct slice *word);

#endif
