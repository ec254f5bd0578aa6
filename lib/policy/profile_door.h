/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_door.h - Forward of runns.conf(5): ports that a network publishes
 */
#ifndef RUNNS_PROFILE_DOOR_H
#define RUNNS_PROFILE_DOOR_H

#include "lib/policy/profile_keys.h"

/**
 * profile_forward_set() - take over one Forward
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_forward_set(const struct profile_input *in) _must_check_;

/**
 * profile_forward_check() - does every Forward fit its network, and the others?
 *
 * Uses the scratch of the profiles; time grows with the number of ports only.
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_forward_check(struct profile_conf *conf, struct diag *d)
	_must_check_;

#endif
