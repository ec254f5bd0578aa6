/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.h - a program as a child, and when it has started
 *
 * The helper becomes the program, and no descriptor that only one of the two
 * has could tell the parent when.  So the helper is given runnsctl itself to
 * run, as `runnsctl __start REPORT TERMINAL PROGRAM...`: inside, and as the
 * user, it takes leave of the caller's session and terminal, and then becomes
 * the program.  Until then messages go where the caller sees them, and Ctrl-C
 * ends it all.
 *
 * REPORT is a pipe that the program never sees.  The parent reads from it: at
 * once its end, if the helper failed; a byte, then its end, once the program
 * runs; two bytes, if the program could not be executed.
 */
#ifndef RUNNSCTL_START_H
#define RUNNSCTL_START_H

#include <sys/types.h>

#include "lib/base/base.h"

/**
 * struct start - how a child starts
 * @report:	end of the pipe that the child writes to
 * @terminal:	the terminal that it shall have, or -1: none, and /dev/null in
 *		place of standard descriptors that are one
 * @answer:	the other end of the pipe
 * @child:	set by start_child()
 */
struct start {
	int report;
	int terminal;
	int answer;
	pid_t child;
};

/**
 * start_fill_stdio() - open /dev/null for standard descriptors that are closed
 *
 * Before anything else is opened.
 *
 * Return: 0 or -errno.
 */
int start_fill_stdio(void) _must_check_;

/**
 * start_prepare() - make the pipe
 *
 * Return: 0 or -errno; start_release() in either case.
 */
int start_prepare(struct start *start) _must_check_;

/** start_release() - close the ends of the pipe that are still open */
void start_release(struct start *start);

/**
 * start_child() - start @words, and wait until the program runs
 * @path:	of the helper
 * @words:	have it run __start with @start's descriptors
 *
 * From now on SIGCHLD has its default action.
 *
 * Return: 0 and the program is @start->child, not waited for; the exit status
 * of what failed in its place, which has told why; -errno.
 */
int start_child(struct start *start, const char *path, char **words)
	_must_check_;

/** start_status() - exit status for what waitpid(2) told: 128+N for signal N */
int start_status(int status);

/**
 * start_end_as() - die of the signal that waitpid(2) told of, without a core
 *
 * Return: start_status(), if it was no signal or one that does not kill.
 */
int start_end_as(int status);

#endif
