/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - between the caller's descriptors and a program's new terminal
 */
#ifndef RUNNSCTL_RELAY_H
#define RUNNSCTL_RELAY_H

#include <sys/types.h>

#include "runnsctl/pty.h"

/**
 * relay_run() - copy both ways until the program ends
 * @child:	the program, a child that nobody else waits for
 *
 * Signals that others send are handed on; a program that stops stops the
 * relay, and continuing the relay continues it.  The caller's terminal is as
 * before whenever the relay stops or ends.
 *
 * Return: the program's exit status, 128+N for signal N.
 */
int relay_run(const struct pty *pty, pid_t child);

#endif
