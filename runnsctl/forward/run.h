/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - carry forwards out
 */
#ifndef FORWARD_RUN_H
#define FORWARD_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/policy/forward.h"

/**
 * struct forward_request - what to forward
 * @netns:	name of the other namespace; NULL: the one that the map says
 * @reverse:	listen there and connect from here, else the other way round
 * @verbose:	say when it is ready, and what fails later
 * @specs:	@n of them
 */
struct forward_request {
	const char *netns;
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
