/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * level.h - the level that will hold for a session in a network
 */
#ifndef RUNNSCTL_LEVEL_H
#define RUNNSCTL_LEVEL_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"

enum { LEVEL_WHY_SIZE = 256 };

/**
 * struct level_session - what is asked about
 * @name:	the network; "" for one without a name, which has no way out
 * @section:	that it would be built from; "" for the one of its name
 * @exists:	it stands now
 * @uid:	whose session it is
 */
struct level_session {
	const char *name;
	const char *section;
	bool exists;
	uid_t uid;
};

/**
 * level_find() - find out from what stands, else from runns.conf(5)
 * @host:	the host's root
 * @why:	set to the first reason why it is not sealed, or ""
 *
 * Return: "routed" or "sealed"; NULL if it cannot be told from here.
 */
const char *level_find(int host, const struct level_session *session,
		       char why[LEVEL_WHY_SIZE]);

#endif
