/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_view.h - Etc and Propagation of runns.conf(5): what members see of the file system
 */
#ifndef RUNNS_PROFILE_VIEW_H
#define RUNNS_PROFILE_VIEW_H

#include "lib/policy/profile_keys.h"

/**
 * profile_etc_set() - take over the value of Etc
 * profile_propagation_set() - take over the value of Propagation
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_etc_set(const struct profile_input *in) _must_check_;
int profile_propagation_set(const struct profile_input *in) _must_check_;

#endif
