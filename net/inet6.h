/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inet6.h - IPv6 of one network: addresses, neighbours, the route inside
 *
 * Neither end has a link-local address, and each knows the other's hardware
 * address for good: nobody has to be asked, and nobody's answer is believed.
 * The whole network is routed to the inside: were it on the link, answers to
 * made-up addresses would fill the host's table of neighbours, which is one for
 * all devices.  What comes from a link-local address has no route back, and is dropped with
 * all else that is forged.
 */
#ifndef RUNNS_NET_INET6_H
#define RUNNS_NET_INET6_H

#include "net/build.h"

/**
 * inet6_claim() - can the network have its Address6, and is that free?
 *
 * Return: 0, and net6 and peer6 of the record are set, unless the pool gives
 * them; -errno, logged.
 */
int inet6_claim(struct build *b) _must_check_;

/*
 * Steps of a network that has net6; they look, and do what is missing.  0 or
 * -errno, logged.
 */
int inet6_outside(struct build *b) _must_check_;
int inet6_inside(struct build *b) _must_check_;
int inet6_start(struct build *b) _must_check_;

#endif
