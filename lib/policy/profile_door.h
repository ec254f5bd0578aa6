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

enum { PROFILE_FORWARD_TEXT_SIZE = ADDR_TEXT_SIZE + 24 };

/** profile_forward_format() - as a section has it */
void profile_forward_format(const struct profile_forward *f,
			    char out[PROFILE_FORWARD_TEXT_SIZE]);

/** profile_forward_read() - read that again; 0 or -EINVAL */
int profile_forward_read(struct slice text, struct profile_forward *out)
	_must_check_;

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
