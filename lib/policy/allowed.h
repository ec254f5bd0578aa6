/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allowed.h - all places in which sessions of a user may live
 *
 * decide.h tells of one session; a rule for certain services, terminals or
 * remote hosts makes several places right.
 */
#ifndef RUNNS_ALLOWED_H
#define RUNNS_ALLOWED_H

#include "lib/policy/decide.h"

/**
 * allowed_each() - call @fn for the SESSION of every rule that could decide
 * @subject:	its service, tty and rhost are not looked at
 * @fn:		gets what decide_session() would give; MAP_STAY without a rule
 *		if a session may be opened that no rule is for
 *
 * Return: 0, or a negative errno with @d filled: it cannot be told.
 */
int allowed_each(const struct map *map, const struct subject *subject,
		 void (*fn)(void *ctx, const struct decision *decision),
		 void *ctx, struct diag *d) _must_check_;

#endif
