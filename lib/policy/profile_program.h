/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_program.h - OnUp, OnDown, Type, BIN and User of runns.conf(5)
 */
#ifndef RUNNS_PROFILE_PROGRAM_H
#define RUNNS_PROFILE_PROGRAM_H

#include "lib/policy/profile_keys.h"

/**
 * profile_on_up_set() - take over the value of OnUp
 * profile_on_down_set() - of OnDown
 * profile_type_set() - of Type
 * profile_bin_set() - of BIN
 * profile_user_set() - of User
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_on_up_set(const struct profile_input *in) _must_check_;
int profile_on_down_set(const struct profile_input *in) _must_check_;
int profile_type_set(const struct profile_input *in) _must_check_;
int profile_bin_set(const struct profile_input *in) _must_check_;
int profile_user_set(const struct profile_input *in) _must_check_;

/**
 * profile_program_check() - does each of these keys have what it is about?
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_program_check(const struct profile_conf *conf, struct diag *d)
	_must_check_;

#endif
