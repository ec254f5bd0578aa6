/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - a program in a namespace, by the socket service
 *
 * For callers whose helper gains no privilege.  The program is a child of the
 * service's; this process stands for it: signals that it gets are handed on,
 * and it stops and ends as the program does.
 */
#ifndef RUNNSCTL_SERVICE_H
#define RUNNSCTL_SERVICE_H

#include "runnsctl/launch.h"

/**
 * service_run() - start it
 * @hindrance:	why the helper cannot, or NULL
 *
 * On a terminal the program gets one of its own, between which and the
 * caller's this process copies.
 *
 * Return: exit status, as launch_run().
 */
int service_run(const struct launch *l, const char *hindrance);

/**
 * service_list() - print the processes that the service has started
 * service_stop() - stop the service
 * @path:	its socket; NULL: where it usually is
 *
 * Return: exit status.
 */
int service_list(const char *path);
int service_stop(const char *path);

#endif
