/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - connections that the host's kernel remembers
 */
#ifndef RUNNS_NET_TRACK_H
#define RUNNS_NET_TRACK_H

#include "lib/policy/addr.h"

/**
 * track_forget() - forget all connections of one address
 * @a:		IPv4; the inside of a network that goes
 *
 * Who gets the address next must not inherit the translations of its former
 * owner.  Connections of others are left alone.  A kernel that lists none has
 * none to forget, as far as can be told.
 *
 * Return: 0 or -errno.
 */
int track_forget(const struct addr *a) _must_check_;

/** track_end() - to be called before linger_end() */
void track_end(void);

#endif
