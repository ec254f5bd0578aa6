/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.h - how names are resolved in a network
 */
#ifndef RUNNS_NET_DNS_H
#define RUNNS_NET_DNS_H

#include "lib/base/buf.h"
#include "net/conf.h"
#include "net/record.h"

/**
 * dns_write() - generate, or renew, what covers files of /etc inside
 *
 * Return: 0 or -errno, logged.
 */
int dns_write(const struct host *h, const struct plan *plan,
	      const struct record *r) _must_check_;

/**
 * dns_of_host() - the host's name servers, search list and options
 * @b:		gets lines as resolv.conf(5) has them
 *
 * Those that cannot be reached from the network @r are left out.
 */
void dns_of_host(struct buf *b, const struct plan *plan,
		 const struct record *r);

/** dns_has_etc_netns() - is there a directory /etc/netns/NAME? */
bool dns_has_etc_netns(const char *name);

/**
 * dns_remove() - remove what dns_write() made, and nothing else
 *
 * Return: 0 or -errno, logged.
 */
int dns_remove(const struct host *h, const struct record *r) _must_check_;

/** dns_has_link() - is /etc/netns/NAME/resolv.conf ours?  1, 0 or -errno */
int dns_has_link(const char *name) _must_check_;

/**
 * dns_forget() - remove our link of a network of which nothing else is known
 *
 * Its directory in /etc/netns goes too, if nothing else is in it.
 *
 * Return: 0; -errno (logged).
 */
int dns_forget(const char *name) _must_check_;

/** dns_sweep() - remove /etc/netns if we made it and it is empty; 0, -errno */
int dns_sweep(const struct host *h) _must_check_;

/** dns_servers() - the name servers of a network, separated by blanks */
void dns_servers(const struct host *h, const char *name, char *out,
		 size_t size);

#endif
