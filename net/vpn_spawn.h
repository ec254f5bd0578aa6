/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_spawn.h - the programs of VPNs, for the supervisor's loop
 */
#ifndef RUNNS_NET_VPN_SPAWN_H
#define RUNNS_NET_VPN_SPAWN_H

#include "net/vpn.h"

enum { VPN_TERM_MS = 2500, VPN_KILL_MS = 2000, VPN_LAST_READS = 64 };

#define VPN_LOG_TAG "runns-net"

/** vpn_output() - something was printed, or never will be again */
void vpn_output(struct vpn_tunnel *t);

/**
 * vpn_reap() - end the program, if it runs, and take its last words
 * @ask:	let it say good-bye to its server first
 *
 * Return: its exit status, or 128 and the number of the signal.
 */
int vpn_reap(struct vpn_tunnel *t, bool ask);

#endif
