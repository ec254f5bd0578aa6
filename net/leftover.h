/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leftover.h - devices of networks that are down, and stay
 *
 * The kernel removes a network's devices with its namespace, at once if nothing
 * is in it.  A connection that was open to the last keeps the namespace until
 * the other side has answered or the kernel has given up: minutes.
 */
#ifndef RUNNS_NET_LEFTOVER_H
#define RUNNS_NET_LEFTOVER_H

#include "lib/base/base.h"
#include "net/host.h"

/**
 * leftover_note() - see that a device goes
 * @link:	the host's end of a network that is being taken down; its lock
 *		must be held
 *
 * Return: 0, also if there is none; -ENOMEM.
 */
int leftover_note(const char *link) _must_check_;

/**
 * leftover_end() - leave it to the child that lingers
 *
 * It waits for the kernel first: to remove a device by name takes 30 ms, in
 * which nobody else can change any.
 */
void leftover_end(void);

/**
 * leftover_sweep() - remove devices of networks that are neither recorded nor
 * named
 *
 * Return: 0 or -errno, logged.
 */
int leftover_sweep(const struct host *h) _must_check_;

#endif
