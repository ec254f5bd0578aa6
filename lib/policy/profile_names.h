/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_names.h - Resolve, DNS and Search of runns.conf(5)
 */
#ifndef RUNNS_PROFILE_NAMES_H
#define RUNNS_PROFILE_NAMES_H

#include "lib/policy/profile_keys.h"

/**
 * profile_resolve_set() - take over the value of Resolve
 * profile_dns_set() - take over the value of DNS
 * profile_search_set() - take over the value of Search
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_resolve_set(const struct profile_input *in) _must_check_;
int profile_dns_set(const struct profile_input *in) _must_check_;
int profile_search_set(const struct profile_input *in) _must_check_;

/** profile_is_server() - may a name server have this address? */
bool profile_is_server(const struct addr *a);

/** profile_is_domain() - may it stand in a search list? */
bool profile_is_domain(struct slice name);

#endif
