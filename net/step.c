/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step.c - work done step by step, and undone in reverse when one fails
 */
#include "net/step.h"

#include <time.h>

static long long step_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

bool step_is_needed(const struct step *step, const void *ctx)
{
	return !step->needed || step->needed(ctx);
}

int step_run(const struct step *steps, size_t n, void *ctx,
	     const struct step_progress *progress)
{
	int err = 0;
	size_t i;

	for (i = 0; i < n && err == 0; i++) {
		long long begun = step_now_us();

		if (!step_is_needed(&steps[i], ctx))
			continue;
		err = steps[i].do_it(ctx);
		if (progress && progress->report)
			progress->report(progress->ctx, steps[i].name, err,
					 step_now_us() - begun);
	}
	while (err && i-- > 0) {
		if (steps[i].undo && step_is_needed(&steps[i], ctx) &&
		    steps[i].undo(ctx) != 0)
			break;
	}
	return err;
}
