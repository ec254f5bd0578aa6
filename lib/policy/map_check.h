/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_check.h - what is not wrong in a map, but hardly meant
 */
#ifndef RUNNS_MAP_CHECK_H
#define RUNNS_MAP_CHECK_H

#include "lib/policy/map.h"

/**
 * map_warn() - report rules, and words of rules, that can never decide
 * @map:	parsed and checked
 * @fn:		gets each finding; the diagnosis is valid during the call
 * @ctx:	handed to @fn
 *
 * A word is lost if a rule above that has no '!' words, service=, tty= or
 * rhost= has the same word, or "*" (which does not stand for root).  Rules
 * that list the service "runns" are left out: a launch asks them first.
 *
 * Return: how many findings there were.
 */
unsigned int map_warn(const struct map *map,
		      void (*fn)(void *ctx, const struct diag *d), void *ctx);

#endif
