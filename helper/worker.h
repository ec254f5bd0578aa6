/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - one client of the socket service, in a process of its own
 */
#ifndef RUNNS_WORKER_H
#define RUNNS_WORKER_H

#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/base.h"

/**
 * struct slot - a client, in memory that the service shares with its workers
 * @worker:	0 if the slot is free
 * @program:	0 until there is one
 */
struct slot {
	pid_t worker;
	uid_t uid;
	_Atomic pid_t program;
};

/**
 * struct worker - what it works with
 * @slots:	all of them
 * @slot:	its own
 * @service:	process that SIGTERM stops
 */
struct worker {
	int socket;
	int host;
	const struct slot *slots;
	size_t n_slots;
	struct slot *slot;
	pid_t service;
};

/**
 * worker_run() - serve the client until it, or its program, is gone
 *
 * Signals are blocked.
 *
 * Return: exit status.
 */
int worker_run(const struct worker *w) _must_check_;

#endif
