/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * init.h - the first process of a pid namespace
 */
#ifndef UNSHARE_INIT_H
#define UNSHARE_INIT_H

#include <sys/types.h>

#include "runnsctl/unshare/attend.h"
#include "runnsctl/unshare/request.h"

/**
 * struct init - how we talk to it
 * @pid:	as we see it
 * @socket:	it waits at the other end
 * @before:	signals as the program gets them
 */
struct init {
	pid_t pid;
	int socket;
	struct attend before;
};

/**
 * struct init_work - what it does, once it may
 * @outer:	for an instance: polls when nobody is inside any more; init
 *		then ends, and before only with everything in the namespace.
 *		-1: it ends when the program does
 * @program:	becomes the program, or returns an exit status
 */
struct init_work {
	int outer;
	int (*program)(struct unshare_request *request);
	struct unshare_request *request;
};

/**
 * init_start() - make it, after unshare(2) has made the pid namespace
 *
 * When this returns it has mounted a /proc of the namespace's.
 *
 * Return: 0 and @init, whose socket the caller closes; -errno (logged).
 */
int init_start(struct init *init, const struct init_work *work) _must_check_;

/**
 * init_run() - have it start the program, and wait for its end
 *
 * Return: status of the program as waitpid(2) gives it; -errno (logged).
 */
int init_run(struct init *init) _must_check_;

#endif
