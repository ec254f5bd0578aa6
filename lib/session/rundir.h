/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rundir.h - directories below /run/runns, made when they are first needed
 */
#ifndef RUNNS_RUNDIR_H
#define RUNNS_RUNDIR_H

#include <sys/types.h>

#include "lib/base/base.h"

/**
 * rundir_open() - open a directory of /run/runns, and make it if it is absent
 * @host:	file_host_root()
 * @name:	one component
 *
 * Nothing may ever have been built, or somebody may have cleaned /run.
 *
 * Return: O_PATH descriptor that the caller closes; -EPERM if others than
 * root could have made it; another -errno.
 */
int rundir_open(int host, const char *name, mode_t mode) _must_check_;

#endif
