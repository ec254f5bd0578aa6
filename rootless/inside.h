/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inside.h - do something in the namespaces of a program that was unshared
 */
#ifndef ROOTLESS_INSIDE_H
#define ROOTLESS_INSIDE_H

#include "lib/base/base.h"

/**
 * struct inside - where
 * @userns:	user namespace of the caller's making, or -1 for ours
 * @netns:	network namespace that it owns
 */
struct inside {
	int userns;
	int netns;
};

/**
 * inside_run() - call @fn in a child that stands there
 * @fn:		returns a descriptor that is to be had here, or -errno (logged);
 *		it has every capability over the network namespace
 *
 * Return: the descriptor, which the caller closes; -errno, logged.
 */
int inside_run(const struct inside *where, int (*fn)(void *ctx), void *ctx)
	_must_check_;

#endif
