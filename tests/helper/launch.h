/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch.h - shared by launch.c, which starts, and launch_*.c, which prepare
 */
#ifndef TESTS_HELPER_LAUNCH_H
#define TESTS_HELPER_LAUNCH_H

#include <stddef.h>

#include "lib/base/base.h"

/**
 * struct start - what execve(2) will be given
 */
struct start {
	char **argv;
	size_t argc;
	char **envp;
	size_t envc;
};

/** struct step - "NAME" or "NAME=VALUE": called with VALUE, or "" */
struct step {
	const char *name;
	void (*fn)(const char *value);
};

/* Each list ends with a name that is NULL. */
extern const struct step process_steps[];
extern const struct step place_steps[];

/** must() - what a step does: if @r is negative, the test is over */
void must(long r, const char *what);

/**
 * numbers() - "A:B:C"; what is missing is what the last one was
 *
 * "max" is -1.
 */
void numbers(const char *value, long long *out, size_t n);

#endif
