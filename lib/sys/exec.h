/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exec.h - the last step: the user's program
 */
#ifndef RUNNS_EXEC_H
#define RUNNS_EXEC_H

#include "lib/base/base.h"

/* As env(1), nice(1) and timeout(1) have them. */
enum {
	EXEC_FAILED = 125,	/* RUNNS itself */
	EXEC_CANNOT = 126,	/* found, but not executable */
	EXEC_NOT_FOUND = 127,
};

/**
 * exec_program() - become a program
 * @argv:	argv[0] is looked for in PATH unless it has a slash
 * @envp:	its environment, in which PATH is found
 *
 * To be called as the user: neither PATH nor what it leads to is trusted.
 *
 * Return: only on failure (logged): EXEC_NOT_FOUND or EXEC_CANNOT.
 */
int exec_program(char *const argv[], char *const envp[]) _must_check_;

#endif
