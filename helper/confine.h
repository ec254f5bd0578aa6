/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confine.h - is a client of the socket service confined in a way that a
 * program started by the service would not be?
 */
#ifndef RUNNS_CONFINE_H
#define RUNNS_CONFINE_H

#include "lib/base/base.h"
#include "lib/sys/peer.h"

/**
 * confine_differs() - what confines the client but not the service
 * @host:	file_host_root()
 *
 * Its root directory is looked at later, by confine_join().
 *
 * Return: a text to tell him; NULL if there is nothing.
 */
const char *confine_differs(const struct peer *peer, int host) _must_check_;

/**
 * confine_join() - stand where the client stands
 *
 * In its network and mount namespace, which confine_differs() has accepted,
 * and in its working directory.
 *
 * Return: 0; -EXDEV if its root directory is not that of the namespace;
 * another -errno.
 */
int confine_join(const struct peer *peer) _must_check_;

#endif
