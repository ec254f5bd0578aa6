/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - clients of the socket service, each in a process of its own
 */
#ifndef RUNNS_SERVICE_H
#define RUNNS_SERVICE_H

#include "lib/base/base.h"

/**
 * service_run() - accept clients until a signal says stop
 * @listener:	stays the caller's
 * @host:	file_host_root()
 *
 * Programs that run then go on, with their workers.
 *
 * Return: 0 or -errno (logged).
 */
int service_run(int listener, int host) _must_check_;

#endif
