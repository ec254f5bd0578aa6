/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew.h - the same work for many networks, by several processes
 *
 * A process for each processor, since a network waits for the kernel and for
 * locks.  Whoever is free takes the next name.  On a terminal the caller sees
 * how far it is.
 */
#ifndef RUNNS_NET_CREW_H
#define RUNNS_NET_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/policy/name.h"
#include "net/host.h"

/**
 * struct crew - what is to be done
 * @what:	for people: "up", "down"
 * @names:	of the networks, @n of them; crew_free()
 * @work:	does one; 0 or -errno, logged
 * @ctx:	for @work; what it changes in it is lost with the process
 * @quiet:	no progress
 * @in_order:	one after the other
 */
struct crew {
	const struct host *h;
	const char *what;
	char (*names)[NAME_SIZE];
	size_t n;
	size_t size;
	int (*work)(void *ctx, const char *name);
	void *ctx;
	bool quiet;
	bool in_order;
};

/** crew_add() - one name more; 0 or -ENOMEM */
int crew_add(struct crew *c, const char *name) _must_check_;

/** crew_free() - the names */
void crew_free(struct crew *c);

/**
 * crew_run() - do it
 *
 * SIGINT and SIGTERM let those finish that are in work, and no other begin.
 * If the caller is killed the same happens.  At the end those that failed are
 * named.
 *
 * Return: 0; -EIO if one failed, or -EINTR; logged.
 */
int crew_run(struct crew *c) _must_check_;

/**
 * crew_ends() - what a process that took networks down or up does last
 *
 * Leaves to a child what need not be waited for.
 */
void crew_ends(const struct host *h);

#endif
