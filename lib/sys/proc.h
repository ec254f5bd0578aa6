/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.h - child processes of a program that may be somebody else's
 *
 * The child is invisible to its parent's own waiting: no SIGCHLD is sent and
 * wait(2) without __WALL does not see it, so a caller that ignores SIGCHLD,
 * or reaps every child in a handler, does no harm, and takes none.  The
 * program is that child's own child and is killed with it.
 */
#ifndef RUNNS_PROC_H
#define RUNNS_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"

/**
 * proc_self_id() - a number that the calling process alone has, for ever
 *
 * A forked child has another, also one that was given an old pid.
 *
 * Return: 0 or -errno.
 */
int proc_self_id(uint64_t *id) _must_check_;

/**
 * proc_open_thread() - a descriptor of the calling thread
 *
 * pidfd_open(2) with PIDFD_THREAD.
 *
 * Return: descriptor that the caller closes; -EINVAL before Linux 6.9;
 * another -errno.
 */
int proc_open_thread(void) _must_check_;

/**
 * proc_self_id_by() - proc_self_id(), at less cost
 * @thread:	proc_open_thread(), its error included
 */
int proc_self_id_by(int thread, uint64_t *id) _must_check_;

/**
 * struct proc_child - what to start
 * @argv:	argv[0] is an absolute path, the list ends with NULL
 * @envp:	environment; NULL: only a PATH of system directories
 * @host:	enter the host's network and mount namespaces first
 * @detach:	leave limits, scheduling, oom score and cgroup of the caller
 *		behind, so that the caller cannot starve or freeze it
 * @timeout_ms:	killed when it takes longer
 * @in_fd:	descriptor above 2 for its stdin, 0: /dev/null
 * @out_fd:	descriptor for its stdout and stderr, -1: /dev/null
 */
struct proc_child {
	const char *const *argv;
	const char *const *envp;
	bool host;
	bool detach;
	int timeout_ms;
	int in_fd;
	int out_fd;
};

/**
 * proc_run() - start a program and wait for it
 *
 * Signals are at their defaults in it, no descriptor above 2 survives, its
 * working directory is "/", its umask 022 and it leads a session of its own.
 *
 * Return: its exit status 0 to 255, 128+N for signal N; -ETIMEDOUT if it was
 * killed for being late; another -errno if it could not be started.
 */
int proc_run(const struct proc_child *child) _must_check_;

/**
 * proc_has_cap() - is a capability of the calling thread in effect?
 * @cap:	CAP_... of <linux/capability.h>, below 64
 */
bool proc_has_cap(int cap);

/** proc_systemd_is_init() - is pid 1 of our /proc systemd? */
bool proc_systemd_is_init(void);

/**
 * proc_is_executor() - are we the process that systemd turns into a service?
 *
 * Between fork and exec, and not the service itself.
 */
bool proc_is_executor(void);

#endif
