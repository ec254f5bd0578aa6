/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - directories of instances
 *
 * Nobody but the caller may reach what is in them: who can talk to the socket
 * of an instance can enter it.
 */
#ifndef UNSHARE_PLACE_H
#define UNSHARE_PLACE_H

#include "lib/base/base.h"

/** place_home() - the home directory of who calls; NULL: he has none */
const char *place_home(void);

/**
 * place_open() - the directory of an instance, made if it is absent
 * @id:		its name; NULL with @state only
 * @state:	the directory itself; NULL: ID below $XDG_RUNTIME_DIR/runns, or
 *		~/.local/state/runns if there is no such directory of the
 *		caller's own
 *
 * Return: descriptor that the caller closes, of a directory with mode 0700
 * that is the caller's; -errno (logged).
 */
int place_open(const char *id, const char *state) _must_check_;

#endif
