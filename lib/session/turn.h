/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn.h - not everything that a user starts is out of his reach at once
 *
 * A launch that has become root altogether counts against none of his limits,
 * and may stay so for long: while a network is built, or while his own file
 * system does not answer.
 */
#ifndef RUNNS_TURN_H
#define RUNNS_TURN_H

#include <sys/types.h>

#include "lib/base/base.h"

enum { TURNS = 64 };

/**
 * turn_take() - wait until fewer than TURNS launches of @uid are at that point
 * @host:	file_host_root()
 *
 * Waits without a limit: the process must still be @uid's, so that it is
 * counted as his and can be killed by him.
 *
 * Return: descriptor that holds the turn until it is closed; -errno.
 */
int turn_take(int host, uid_t uid) _must_check_;

#endif
