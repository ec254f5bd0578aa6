/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.h - programs that connect a namespace from outside
 */
#ifndef UNSHARE_ENGINE_H
#define UNSHARE_ENGINE_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/base.h"

enum { ENGINE_FDS_MAX = 8, ENGINE_READY_MS = 15000 };

/**
 * struct engine - a program that stays as long as the namespace does
 * @path:	absolute, or a name that is looked for in PATH
 * @argv:	its words
 * @fds:	descriptors that it inherits under their numbers
 * @out:	descriptor for its standard output, -1: /dev/null
 */
struct engine {
	const char *path;
	char *const *argv;
	int fds[ENGINE_FDS_MAX];
	size_t n_fds;
	int out;
};

/**
 * engine_start() - start it as a child, which dies with the calling process
 *
 * Its standard error is ours.
 *
 * Return: its pid; -ENOENT if there is no such program; another -errno.
 */
pid_t engine_start(const struct engine *engine) _must_check_;

/**
 * engine_wait_ready() - until it has written a byte
 * @fd:		end of a pipe whose other end only the engine has
 *
 * Return: 0; -EPIPE if it ended before; -ETIMEDOUT; another -errno.
 */
int engine_wait_ready(int fd) _must_check_;

#endif
