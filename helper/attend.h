/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attend.h - between a program of the socket service and its client
 */
#ifndef RUNNS_ATTEND_H
#define RUNNS_ATTEND_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"

/**
 * struct attend - what is watched
 * @socket:	the client
 * @report:	the read end of struct spawn's; closed at its end
 * @program:	a child that leads a session
 * @detached:	it outlives the connection
 */
struct attend {
	int socket;
	int report;
	pid_t program;
	bool detached;
};

/**
 * attend_run() - hand on signals and what becomes of the program
 *
 * When the client is gone the program is hung up on, then killed.  To be
 * called as the client: signals are sent with his rights.  All signals are
 * blocked.
 *
 * Return: exit status, when the program has ended.
 */
int attend_run(struct attend *a) _must_check_;

#endif
