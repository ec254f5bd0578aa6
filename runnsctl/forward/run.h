/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - carry forwards out
 */
#ifndef FORWARD_RUN_H
#define FORWARD_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/policy/forward.h"
#include "runnsctl/forward/side.h"

/**
 * struct forward_request - what to forward
 * @far:	where the other end is
 * @end:	NULL, or a descriptor whose end is the end of it
 * @report:	NULL, or is told once whether all sockets listen: 0 or -errno
 * @reverse:	listen there and connect from here, else the other way round
 * @verbose:	say when it is ready, and what fails later
 * @specs:	@n of them
 */
struct forward_request {
	struct far_place far;
	const int *end;
	void (*report)(const void *ctx, int err);
	bool reverse;
	bool verbose;
	const struct forward_spec *specs;
	size_t n;
};

/**
 * forward_run() - until a signal comes, or one of the two ends is lost
 *
 * Takes the process over: signals, limit of descriptors, a child.  Reports
 * what fails.
 *
 * Return: exit status.
 */
int forward_run(const struct forward_request *request) _must_check_;

#endif
