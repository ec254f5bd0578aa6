/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_hold.h - a process inside, so that others can join
 */
#ifndef ROOTLESS_ATTACH_HOLD_H
#define ROOTLESS_ATTACH_HOLD_H

#include "rootless/inside.h"

/**
 * attach_hold() - start a child that stands in these namespaces
 * @mntns:	mount namespace there
 *
 * The VPN may come before the programs that use it, and an instance is joined
 * by way of a process in its mount namespace.  The child does nothing, has no
 * other descriptor, and ends when ours is closed.
 *
 * Return: descriptor that the caller keeps until the end; -errno, logged.
 */
int attach_hold(const struct inside *where, int mntns) _must_check_;

#endif
