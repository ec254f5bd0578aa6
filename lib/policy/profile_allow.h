/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_allow.h - Allow of runns.conf(5): ways through the walls of a network
 */
#ifndef RUNNS_PROFILE_ALLOW_H
#define RUNNS_PROFILE_ALLOW_H

#include "lib/policy/profile_keys.h"

/**
 * profile_allow_set() - take over one Allow
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_allow_set(const struct profile_input *in) _must_check_;

/**
 * profile_allow_list() - all destinations that a section names
 *
 * Those of profiles that profile_parse() has read always fit.
 */
void profile_allow_list(const struct profile *p, struct allow_list *out);

/**
 * profile_allow_check() - has every Allow a wall that it could lead through?
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_allow_check(const struct profile_conf *conf, struct diag *d)
	_must_check_;

#endif
