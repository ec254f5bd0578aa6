/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - asks the socket service for a program
 */
#ifndef RUNNSCTL_REQUEST_H
#define RUNNSCTL_REQUEST_H

#include <signal.h>

#include "lib/base/base.h"
#include "runnsctl/launch.h"
#include "runnsctl/pty.h"

/**
 * request_send() - say what is to be started
 * @resolv:	text of a resolv.conf(5), or NULL
 * @pty:	slave end -1: none
 * @mask:	signals that the program is to have blocked
 *
 * Return: 0; -E2BIG if it is more than any program can get; another -errno.
 */
int request_send(int socket, const struct launch *l, const char *resolv,
		 const struct pty *pty, const sigset_t *mask) _must_check_;

#endif
