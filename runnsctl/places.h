/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places.h - networks by name, to tell where processes are
 */
#ifndef RUNNSCTL_PLACES_H
#define RUNNSCTL_PLACES_H

#include "lib/policy/name.h"
#include "runnsctl/procs.h"

/**
 * struct place - a namespace that has a name
 * @fd:		keeps it, so that its number is not used again meanwhile
 */
struct place {
	uint64_t net;
	char name[NAME_SIZE];
	int fd;
};

/**
 * struct places - all of them, by number and then name
 * @all:	seen with the host's eyes: root's.  Else what the caller sees from
 *		where he stands, which inside a session is no name at all
 * @root:	what installed files are looked for in, -1 if there is none
 * @host:	the host's network; 0 if the caller may not see it ...
 * @host_mark:	... and the mark of its processes; 0 if @host is enough
 * @self:	the caller's own
 */
struct places {
	bool all;
	int root;
	uint64_t host;
	uint64_t host_mark;
	uint64_t self;
	struct place *list;
	size_t n;
};

/* What can be said about where a process is. */
enum place_kind {
	PLACE_HOST,    /* in the host's network */
	PLACE_NAMED,   /* in one that has a name */
	PLACE_PRIVATE, /* in one that has none */
	PLACE_CURRENT, /* names are hidden here: in the caller's own ... */
	PLACE_OTHER,   /* ... or in another one */
	PLACE_UNKNOWN, /* not on the host, else nothing */
};

/**
 * places_read() - look for names, as root on the host, else where we stand
 *
 * Raises the soft limit of descriptors: each namespace is held open.
 *
 * Return: 0 and @out must be freed, or -errno after a message.
 */
int places_read(struct places *out) _must_check_;

/** places_free() - give memory and descriptors back */
void places_free(struct places *p);

/** places_find() - the first of the names of a namespace, or NULL */
const struct place *places_find(const struct places *p, uint64_t net);

/** places_named() - the namespace of that name, or NULL */
const struct place *places_named(const struct places *p, const char *name);

/** places_kind() - where is that process? */
enum place_kind places_kind(const struct places *p, const struct proc_row *row);

/**
 * places_text() - the same for people
 *
 * Return: a name, or a word in parentheses; lives as long as @p.
 */
const char *places_text(const struct places *p, const struct proc_row *row);

#endif
