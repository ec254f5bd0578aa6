/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lane.h - one direction of a connection: bytes from a socket to a socket
 *
 * They go through a pipe and are never copied.  A direction has a pipe only
 * while it holds bytes that the receiver does not take yet.
 */
#ifndef FORWARD_LANE_H
#define FORWARD_LANE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"

enum { PIPES_SPARE_MAX = 64 };

/**
 * struct pipes - empty pipes for the next that needs one
 * @fds:	@n of them, @max at most
 * @open:	how many there are, those in use included
 */
struct pipes {
	int fds[PIPES_SPARE_MAX][2];
	size_t n;
	size_t max;
	size_t open;
};

/**
 * struct lane - a direction
 * @pipe:	-1 while it has none
 * @held:	bytes in @pipe
 * @shut:	the sender has ended, and the receiver knows
 */
struct lane {
	int pipe[2];
	size_t held;
	bool shut;
};

void lane_init(struct lane *lane);

/** lane_close() - drop what is held */
void lane_close(struct lane *lane, struct pipes *pipes);

/**
 * lane_pump() - move what can be moved without waiting
 * @from:	sender, does not block
 * @to:		receiver, does not block; it is told of the sender's end
 *
 * Return: 0 when one of the two must be waited for, or nothing more comes; 1
 * if there is more, and it is others' turn; -errno if the connection is lost.
 */
int lane_pump(struct lane *lane, struct pipes *pipes, int from, int to)
	_must_check_;

#endif
