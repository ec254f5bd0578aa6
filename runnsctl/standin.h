/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standin.h - a process that stands for a program of the socket service
 */
#ifndef RUNNSCTL_STANDIN_H
#define RUNNSCTL_STANDIN_H

#include <signal.h>
#include <stdbool.h>

#include "lib/base/base.h"

/**
 * struct standin - what is watched
 * @socket:	the service, which has been asked
 * @signals:	set by standin_signals()
 * @mask:	signals that were blocked before
 * @detached:	the program goes on alone once it runs
 */
struct standin {
	int socket;
	int signals;
	sigset_t mask;
	bool detached;
};

/**
 * standin_signals() - from now on signals wait for standin_run()
 *
 * Return: 0 or -errno.
 */
int standin_signals(struct standin *s) _must_check_;

/**
 * standin_run() - hand on signals, stop when the program does
 *
 * If the program ends by a signal so does this process.
 *
 * Return: exit status.
 */
int standin_run(struct standin *s);

#endif
