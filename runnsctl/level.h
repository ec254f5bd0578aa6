/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * level.h - the level that will hold for a session in a network
 */
#ifndef RUNNSCTL_LEVEL_H
#define RUNNSCTL_LEVEL_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"
#include "lib/policy/allow.h"

enum {
	LEVEL_WHY_SIZE = 256,
	LEVEL_ALLOW_SIZE = ALLOW_MAX * ALLOW_TEXT_SIZE,
};

/**
 * struct level_found - what holds
 * @level:	"routed" or "sealed"; NULL if it cannot be told from here
 * @why:	the first reason why it is not sealed, or ""
 * @allow:	where Allow lets it go, divided by blanks; or ""
 */
struct level_found {
	const char *level;
	char why[LEVEL_WHY_SIZE];
	char allow[LEVEL_ALLOW_SIZE];
};

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
 */
void level_find(int host, const struct level_session *session,
		struct level_found *out);

#endif
