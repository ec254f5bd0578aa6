/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawn.h - the program of a client of the socket service
 */
#ifndef RUNNS_SPAWN_H
#define RUNNS_SPAWN_H

#include <sys/types.h>

#include "lib/base/base.h"
#include "lib/policy/proto.h"
#include "lib/sys/peer.h"

/**
 * struct spawn - what to start
 * @fds:	by enum proto_fd
 * @report:	a pipe; what is to be told to the client is written to it, and
 *		nothing is if the program starts, which closes it
 */
struct spawn {
	const struct peer *peer;
	const struct proto_run *run;
	struct proto_words words;
	const int *fds;
	int report;
};

/**
 * spawn_program() - start it
 *
 * The child leads a session of its own.
 *
 * Return: its pid, a child of the calling process, or -errno.
 */
pid_t spawn_program(const struct spawn *spawn) _must_check_;

#endif
