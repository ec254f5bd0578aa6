/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step.h - work done step by step, and undone in reverse when one fails
 */
#ifndef RUNNS_NET_STEP_H
#define RUNNS_NET_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"

/**
 * struct step - one step
 * @name:	for progress and messages, such as "make the devices"
 * @do_it:	0 or -errno, logged; must leave nothing half done that @undo
 *		could not take back
 * @undo:	takes it back, also when it was done in part; may be NULL; 0 or
 *		-errno, logged
 * @needed:	is it to be done at all?  NULL: always
 */
struct step {
	const char *name;
	int (*do_it)(void *ctx);
	int (*undo)(void *ctx);
	bool (*needed)(const void *ctx);
};

/**
 * struct step_progress - who wants to know
 * @report:	called after each step: 0 or the step's error, and its time
 */
struct step_progress {
	void (*report)(void *ctx, const char *step, int err, long long us);
	void *ctx;
};

/** step_is_needed() - asks @step->needed, if there is one */
bool step_is_needed(const struct step *step, const void *ctx) _must_check_;

/**
 * step_run() - do all steps that are needed, in order
 * @progress:	may be NULL
 *
 * Return: 0; or the error of the step that failed, after it and all before it
 * were undone in reverse.  An undo that fails ends the undoing, so that what
 * was noted first stays noted.
 */
int step_run(const struct step *steps, size_t n, void *ctx,
	     const struct step_progress *progress) _must_check_;

#endif
