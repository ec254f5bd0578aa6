/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bus.h - services that look names up for whoever asks over the system bus
 *
 * The bus is a socket in the file system, and the service answers on the
 * networks of the host.  Only the bus itself can refuse: by its policy.
 */
#ifndef RUNNS_BUS_H
#define RUNNS_BUS_H

#include <sys/types.h>

#include "lib/base/base.h"

/** BUS_NOBODY - a user of no group, for whom no exception is made */
#define BUS_NOBODY ((uid_t)65534)

/**
 * bus_answers() - does one of them answer a user?
 * @host:	file_host_root()
 * @uid:	who asks; others than root ask for themselves, whoever it is
 *
 * Tried by a process of that user, not read from files.  It takes two
 * seconds at most; what cannot be tried is taken to answer.
 *
 * Return: a sentence, or NULL if none does.
 */
const char *bus_answers(int host, uid_t uid);

#endif
