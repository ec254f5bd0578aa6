/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_inet6.h - Address6= of runns.conf(5)
 */
#ifndef RUNNS_PROFILE_INET6_H
#define RUNNS_PROFILE_INET6_H

#include "lib/policy/profile_keys.h"

/** profile_is_unicast6() - is it global or unique local, to be routed? */
bool profile_is_unicast6(const struct addr *a);

/** profile_has_inet6() - is Address6 given, or auto? */
bool profile_has_inet6(const struct profile *p);

/**
 * profile_address6_set() - take over the value of Address6
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_address6_set(const struct profile_input *in) _must_check_;

/** profile_gateway6_set() - likewise of Gateway6 */
int profile_gateway6_set(const struct profile_input *in) _must_check_;

/**
 * profile_pool6_set(), profile_pool6_prefix_set() - likewise of Pool6 and
 * Pool6Prefix
 */
int profile_pool6_set(const struct profile_input *in) _must_check_;
int profile_pool6_prefix_set(const struct profile_input *in) _must_check_;

/**
 * profile_address6_check() - does each stand where it can hold, and do none
 * overlap?
 *
 * The scratch of profile_check() is used.
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_address6_check(struct profile_conf *conf, struct diag *d)
	_must_check_;

#endif
