/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - connections that the host's kernel remembers
 */
#ifndef RUNNS_NET_TRACK_H
#define RUNNS_NET_TRACK_H

#include "lib/policy/addr.h"
#include "net/host.h"

/**
 * track_forget() - have all connections of some addresses forgotten
 * @net:	the inside of a network that goes; others must not overlap it
 *
 * Who gets the address next must not inherit the translations of its former
 * owner.  Connections of others are left alone.  A kernel that lists none has
 * none to forget, as far as can be told.
 *
 * Return: 0 or -ENOMEM.
 */
int track_forget(const struct addr_net *net) _must_check_;

/**
 * track_forget_here() - the same at once, where the thread stands
 *
 * For the namespace of a Parent, which nobody will stand in later.
 *
 * Return: 0 or -errno.
 */
int track_forget_here(const struct addr_net *net) _must_check_;

/**
 * track_end() - leave what is to be forgotten to the child that lingers
 *
 * To list connections takes milliseconds, however few there are, so it is done
 * once for all addresses.  The lock "pool" is held from here until then: nobody
 * gets a number meanwhile.  Numbers were given back before, though, and a fixed
 * address needs none: who is as quick as that may be too early.
 */
void track_end(const struct host *h);

#endif
