/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_tunnel.h - the life of one tunnel, for the supervisor's loop
 */
#ifndef RUNNS_NET_VPN_TUNNEL_H
#define RUNNS_NET_VPN_TUNNEL_H

#include "net/vpn.h"

/** vpn_tunnel_init() - the fields that are not zero */
void vpn_tunnel_init(struct vpn_tunnel *t, struct vpn *v, unsigned int number);

/** vpn_tunnel_start() - start its program, now */
void vpn_tunnel_start(struct vpn_tunnel *t);

/** vpn_tunnel_end() - its program has ended, or shall; it starts again later */
void vpn_tunnel_end(struct vpn_tunnel *t);

/** vpn_tunnel_stop() - for good, and its memory is freed */
void vpn_tunnel_stop(struct vpn_tunnel *t);

/** vpn_tunnel_due() - when (file_now_ms()) it wants vpn_tunnel_clock() */
long long vpn_tunnel_due(const struct vpn_tunnel *t);
void vpn_tunnel_clock(struct vpn_tunnel *t, long long now);

/** vpn_tunnel_again() - somebody may have changed its inside: make good */
void vpn_tunnel_again(struct vpn_tunnel *t);

#endif
