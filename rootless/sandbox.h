/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.h - an engine's walls: it reads what strangers send
 *
 * In this order: sandbox_enter() while files can still be opened, then what
 * the engine needs is set up, then sandbox_close() for good.
 */
#ifndef ROOTLESS_SANDBOX_H
#define ROOTLESS_SANDBOX_H

#include <stddef.h>

#include "lib/base/base.h"

/**
 * sandbox_enter() - a root directory that has nothing but /etc/resolv.conf
 *
 * Takes a user namespace of its own.  Where users may not make one more, the
 * host's files stay in sight: then only sandbox_close() is between.
 *
 * Return: descriptor of the empty /etc/resolv.conf, to be written to, which
 * the caller closes; -EPERM, -ENOSPC or -EUSERS if there may be no user
 * namespace, and nothing has changed; another -errno, logged: it must end.
 */
int sandbox_enter(void) _must_check_;

/**
 * sandbox_close() - no privilege, few system calls, no other descriptor
 * @null:	/dev/null, for stdin, stdout and stderr
 * @keep:	the @n descriptors that stay
 *
 * No new privileges, no capability in any set, no core, no child, a bound on
 * memory; it cannot be traced, and a system call that is not on the list
 * kills it.
 *
 * Return: 0; -errno: it must end.
 */
int sandbox_close(int null, const int *keep, size_t n) _must_check_;

/** sandbox_filter() - the last part of it: allow the listed calls only */
int sandbox_filter(void) _must_check_;

#endif
