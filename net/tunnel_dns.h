/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel_dns.h - the name servers of tunnels, in the network's files
 */
#ifndef RUNNS_NET_TUNNEL_DNS_H
#define RUNNS_NET_TUNNEL_DNS_H

#include "lib/policy/tunnel.h"
#include "net/conf.h"
#include "net/record.h"

/**
 * tunnel_dns() - have the network's files name the tunnels' servers
 * @tunnels:	those that are up, best first; @n may be 0
 *
 * DNS=, Search= and Resolve= of the section come before what is pushed.  What
 * is pushed is kept beside the record, so that dns_write() by `up' finds it.
 *
 * Return: 0 or -errno, logged.
 */
int tunnel_dns(const struct host *h, const struct plan *plan,
	       const struct record *r, const struct tunnel *const tunnels[],
	       size_t n) _must_check_;

#endif
