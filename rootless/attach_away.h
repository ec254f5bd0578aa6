/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_away.h - networks that a VPN wants left out
 *
 * Inside there is no other way to them, so they are unreachable there.
 */
#ifndef ROOTLESS_ATTACH_AWAY_H
#define ROOTLESS_ATTACH_AWAY_H

#include "lib/policy/tunnel.h"
#include "net/nl.h"

/**
 * away_add() - make the routes of @away unreachable
 *
 * All but a default route, with which there would be nothing left.
 *
 * Return: 0 or -errno, logged.
 */
int away_add(struct nl_sock *sk, const struct tunnel *away) _must_check_;

/** away_clear() - take what an earlier VPN has left; 0 or -errno, logged */
int away_clear(struct nl_sock *sk) _must_check_;

#endif
