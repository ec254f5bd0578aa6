/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attend.h - wait for a program in whose place one stands
 */
#ifndef UNSHARE_ATTEND_H
#define UNSHARE_ATTEND_H

#include <signal.h>
#include <sys/types.h>

#include "lib/base/base.h"

/**
 * struct attend - what was before, and is again in a program
 */
struct attend {
	sigset_t mask;
	struct sigaction chld;
};

/**
 * attend_begin() - from now on signals wait for attend()
 *
 * Before the fork, so that none is lost.
 */
void attend_begin(struct attend *before);

/** attend_end() - what was before attend_begin(); for the child, and after */
void attend_end(const struct attend *before);

/**
 * attend_fork() - fork(2) of a child that is killed when the caller is
 *
 * Return: its pid; 0 in the child; -errno.
 */
pid_t attend_fork(void) _must_check_;

/**
 * attend() - wait for a child's end, and hand on signals
 * @report:	socket from which another status may come first, or -1
 *
 * What a terminal sends it sends to both: only what a process has sent to the
 * calling process is handed on.  Ctrl-Z stops both as well.
 *
 * Return: status as waitpid(2) gives it, or the one reported; -errno.
 */
int attend(pid_t child, int report) _must_check_;

/**
 * attend_run() - run a command of the shell's and wait for it
 * @before:	of the attend_begin() that must have been
 *
 * Return: status as waitpid(2) gives it, or -errno (logged).
 */
int attend_run(const char *command, const struct attend *before) _must_check_;

#endif
