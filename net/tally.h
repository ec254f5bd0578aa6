/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - how many processes are in which network, by one walk over /proc
 *
 * For showing only: a namespace is told by its number, which may be another's
 * by the time it is looked up.
 */
#ifndef RUNNS_NET_TALLY_H
#define RUNNS_NET_TALLY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/base.h"

/* A process in one of the networks that its threads are in. */
struct tally_row {
	uint64_t net;
	pid_t pid;
	pid_t session;
};

/**
 * struct tally - all of them, by network and session
 */
struct tally {
	struct tally_row *rows;
	size_t n;
	size_t size;
};

/**
 * tally_read() - count; the calling process is left out
 *
 * Return: 0 and @t must be freed, or -errno.
 */
int tally_read(struct tally *t) _must_check_;

/** tally_free() - harmless on a zeroed struct */
void tally_free(struct tally *t);

/**
 * tally_of() - those in one network
 * @net:	inode of the namespace
 */
void tally_of(const struct tally *t, uint64_t net, unsigned int *processes,
	      unsigned int *sessions);

/** tally_each() - call @fn for each process in it */
void tally_each(const struct tally *t, uint64_t net,
		void (*fn)(void *ctx, pid_t pid), void *ctx);

#endif
