/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * caller.h - what the program of a caller must find as he had it
 */
#ifndef RUNNS_CALLER_H
#define RUNNS_CALLER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "lib/base/base.h"

enum { CALLER_LIMITS = 8 };

/**
 * struct caller - who started us, and how
 * @uid:	the real user id: the identity that everything is decided by
 * @env:	his whole environment
 * @limits:	those that could be in our way ...
 * @is_raised:	... and are others now
 * @mask:	signals that he had blocked, set by caller_shut_out()
 */
struct caller {
	uid_t uid;
	gid_t gid;
	char **env;
	mode_t umask;
	struct rlimit limits[CALLER_LIMITS];
	bool is_raised[CALLER_LIMITS];
	sigset_t mask;
};

/**
 * caller_stdio() - keep descriptors 0 to 2 taken
 *
 * Where the caller has closed them, files of ours would get their numbers,
 * and messages would land in them.  They are closed again by execve(2).
 *
 * Return: 0 or -errno.
 */
int caller_stdio(void) _must_check_;

/**
 * caller_note() - take down what he has, and go on with what is ours
 *
 * Our own environment is empty afterwards.
 *
 * Return: 0 or -errno.
 */
int caller_note(struct caller *caller, int argc, char **argv) _must_check_;

/**
 * caller_shield() - let his limits and umask not be ours
 *
 * Return: 0 or -errno.
 */
int caller_shield(struct caller *caller) _must_check_;

/**
 * caller_shut_out() - let him no longer signal or schedule this process
 *
 * All user ids become root's, and all signals wait.  Not earlier than need
 * be: until then the process counts as his, and he can end it.  Nothing that
 * he could hold up may be done until caller_let_in(), not even a message.
 *
 * Return: 0 or -errno.
 */
int caller_shut_out(struct caller *caller) _must_check_;

/**
 * caller_let_in() - become him for good, and let signals through again
 *
 * Return: 0; -errno, and then no program of his may be started.
 */
int caller_let_in(const struct caller *caller) _must_check_;

/**
 * caller_restore() - take his limits and umask up again; needs no privilege
 *
 * Return: 0 or -errno.
 */
int caller_restore(const struct caller *caller) _must_check_;

#endif
