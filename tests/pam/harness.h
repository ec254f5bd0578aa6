/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harness.h - a program that uses PAM as told, step by step
 */
#ifndef RUNNS_HARNESS_H
#define RUNNS_HARNESS_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"

enum {
	HARNESS_SLOTS = 8,
	HARNESS_TEXT = 16384,
	HARNESS_FDS = 4096,
};

/**
 * struct harness - one run
 * @confdir:	where the stacks are, NULL: /etc/pam.d
 * @slots:	PAM handles, one of them the current one
 * @codes:	what each handle's last call answered
 * @steps:	words of the script, ended by NULL
 * @at:		the next word
 * @quiet:	PAM calls print nothing
 * @bad:	a judgement failed
 * @last_us:	how long the last PAM call took
 * @saved:	state at the step "save"
 * @saved_fd:	descriptors open then
 */
struct harness {
	const char *confdir;
	pam_handle_t *slots[HARNESS_SLOTS];
	int codes[HARNESS_SLOTS];
	int slot;
	int last;
	char **steps;
	size_t at;
	bool quiet;
	bool bad;
	long last_us;
	char saved[HARNESS_TEXT];
	bool saved_fd[HARNESS_FDS];
};

/**
 * struct step - a word of the script
 * @run:	gets what stands behind "=", or ""; 0, or the program ends
 */
struct step {
	const char *name;
	int (*run)(struct harness *h, const char *value);
};

/* Ended by an entry without name. */
extern const struct step steps_place[];
extern const struct step steps_state[];

/** harness_run() - run steps up to the matching ".", or the end */
int harness_run(struct harness *h);

/** say() - one line of output to @say_fd, written at once */
extern int say_fd;
void say(const char *fmt, ...) _printf_(1, 2);

/** die() - a step that cannot be done ends the program with status 3 */
_Noreturn void die(const char *what);

/** state_fds() - which descriptors are open */
void state_fds(bool open[HARNESS_FDS]);

/*
 * alloc.c, linked in or not: the @nth allocation from now on fails, and all
 * after it if @all; 0 switches it off.  The count so far is returned.
 */
long alloc_arm(long nth, bool all) __attribute__((weak));

#endif
