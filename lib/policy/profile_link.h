/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_link.h - Link= of runns.conf(5), and what each kind asks for
 */
#ifndef RUNNS_PROFILE_LINK_H
#define RUNNS_PROFILE_LINK_H

#include "lib/policy/profile_keys.h"

/**
 * profile_link_set() - take over the value of Link
 * profile_gateway_set() - take over the value of Gateway
 * profile_parent_set() - take over the value of Parent
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_link_set(const struct profile_input *in) _must_check_;
int profile_gateway_set(const struct profile_input *in) _must_check_;
int profile_parent_set(const struct profile_input *in) _must_check_;

/**
 * profile_link_check() - are there the keys that each kind needs, and no
 * others?
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_link_check(const struct profile_conf *conf, struct diag *d)
	_must_check_;

#endif
