/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * level.h - how far a network contains its members, in the words of all pages
 *
 * routed: who does nothing special is inside with all packets and look-ups.
 * sealed: and the known services of the host do not answer for him either.
 */
#ifndef RUNNS_LEVEL_H
#define RUNNS_LEVEL_H

#include <stdbool.h>

#include "lib/base/base.h"

/**
 * struct level - what is known of a network
 * @steers_dns:	look-ups reach its own name servers only
 * @isolated:	it reaches neither the host's services nor other networks
 * @bus:	bus_answers() of a member
 */
struct level {
	bool steers_dns;
	bool isolated;
	const char *bus;
};

/**
 * level_each() - call @fn for each reason why it is routed and not sealed
 * @fn:		gets a sentence; a value other than 0 ends it and is returned
 *
 * Return: 0 or what @fn returned.
 */
int level_each(const struct level *level,
	       int (*fn)(void *ctx, const char *why), void *ctx) _must_check_;

#endif
