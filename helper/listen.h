/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.h - the socket of the service
 */
#ifndef RUNNS_LISTEN_H
#define RUNNS_LISTEN_H

#include "lib/base/base.h"

/** LISTEN_GROUP - whose members may connect */
#define LISTEN_GROUP "runns"

/**
 * listen_given() - the socket that a service manager has made
 * @envp:	environment with LISTEN_PID and LISTEN_FDS (sd_listen_fds(3))
 *
 * Return: descriptor that the caller closes; -ENOENT if there is none;
 * -EINVAL (logged) if it is not one listening socket of the right type.
 */
int listen_given(char *const envp[]) _must_check_;

/**
 * listen_make() - make it, for root and the group only
 * @path:	absolute; a socket that nobody listens on is replaced
 * @host:	file_host_root()
 *
 * Return: descriptor that the caller closes; -EADDRINUSE if another service
 * listens there; another -errno (all logged).
 */
int listen_make(const char *path, int host) _must_check_;

#endif
