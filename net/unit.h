/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit.h - the systemd unit that a network may have been built by
 */
#ifndef RUNNS_NET_UNIT_H
#define RUNNS_NET_UNIT_H

/**
 * unit_forget() - let systemd know that the network @name is gone
 *
 * runns@NAME.service stays "active" after its builder has ended; starting it
 * again would then do nothing.  Does nothing where systemd is not pid 1 or
 * the unit was not started, and does not wait for the unit to stop.
 */
void unit_forget(const char *name);

#endif
