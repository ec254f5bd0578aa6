/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - a thread goes where the map decided
 */
#ifndef RUNNS_PLACE_H
#define RUNNS_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"
#include "lib/policy/decide.h"
#include "lib/session/origin.h"

/**
 * struct place_request - where to, and for whom
 * @host:	file_host_root()
 * @decision:	its session is MAP_HOST, MAP_PRIVATE or MAP_NAME
 * @uid:	whose /run/user/UID must be seen
 * @conf:	another runns.conf(5) for what must be built, or NULL
 * @keep_cwd:	as in struct enter_request
 */
struct place_request {
	int host;
	const struct decision *decision;
	uid_t uid;
	const char *conf;
	bool keep_cwd;
};

/**
 * place_enter() - enter, and have the network built first where the rule says
 * so
 * @origin:	as for enter()
 *
 * Return: as enter(); -ENETDOWN if it was not built.
 */
int place_enter(const struct place_request *request, struct origin *origin)
	_must_check_;

/** place_name() - what tells one place from another: a name, "host" or "+" */
const char *place_name(const struct decision *decision);

#endif
