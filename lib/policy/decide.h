/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide.h - the only place that says yes
 */
#ifndef RUNNS_DECIDE_H
#define RUNNS_DECIDE_H

#include "lib/policy/map.h"
#include "lib/policy/name.h"
#include "lib/policy/subject.h"

/**
 * struct decision - what will happen to the session, and why
 * @session:	MAP_STAY also when no rule matched
 * @rule:	the rule that decided, NULL if none did
 * @name:	the namespace, expanded, for MAP_NAME; else ""
 * @create:	build it when it is absent ...
 * @section:	... from this section; "" for the one of its name
 * @optional:	stay outside when it is absent
 */
struct decision {
	enum map_session session;
	const struct map_rule *rule;
	char name[NAME_SIZE];
	bool create;
	char section[NAME_SIZE];
	bool optional;
};

/**
 * decide_session() - where does a session of @subject live?
 * @map:	parsed and checked
 * @out:	set on success only
 * @d:		filled on failure: the rule and what could not be told
 *
 * The first rule whose WHO and narrowing options match decides.
 *
 * Return: 0; or a negative errno, and then the session must be refused.
 */
int decide_session(const struct map *map, const struct subject *subject,
		   struct decision *out, struct diag *d) _must_check_;

/**
 * decide_launch() - may @subject start a program in @requested?
 * @requested:	a namespace, "host", or NULL for the rule's own SESSION
 *
 * The first rule that lists the service "runns" and whose WHO matches
 * decides; else the first whose WHO matches, its narrowing ignored.  @out has
 * @create only for the rule's own SESSION, and @optional never: a launch that
 * was meant for a namespace does not happen elsewhere.
 *
 * Return: 0; -EACCES if he may not; -EDESTADDRREQ if @requested must be
 * given; another negative errno if it could not be told.  @d is filled for
 * all but -EACCES, whose answer must not tell what exists.
 */
int decide_launch(const struct map *map, const struct subject *subject,
		  const char *requested, struct decision *out, struct diag *d)
	_must_check_;

/**
 * struct grant - networks of his own that a user may have (runns-helper(8))
 * @n:		how many at a time
 * @uplink:	the device that they leave by; empty for the host's default
 *		route; part of the map's text
 */
struct grant {
	uint32_t n;
	struct slice uplink;
};

/**
 * decide_veth() - how many networks of his own may @subject have?
 * @out:	set on success only
 *
 * The rule is found as for a launch.  One that says "deny" allows none.
 *
 * Return: 0; -EACCES if he may have none; another negative errno, with @d
 * filled, if it could not be told.
 */
int decide_veth(const struct map *map, const struct subject *subject,
		struct grant *out, struct diag *d) _must_check_;

#endif
