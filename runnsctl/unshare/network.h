/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network.h - the kinds of networks that runnsctl unshare knows
 *
 * A kind is a row of the table in network.c and, for those that need more
 * than an empty namespace, a file network_KIND.c.
 */
#ifndef UNSHARE_NETWORK_H
#define UNSHARE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"

enum { NETWORK_RESOLV_MAX = 1024 };

/**
 * struct network_options - words of the command line, NULL or 0 if absent
 * @mtu:	in bytes
 * @ifname:	of the device inside
 * @cidr:	network of the addresses inside
 * @outbound:	address that connections are made from
 * @no_ipv6:	IPv4 only
 * @no_dns:	no name server
 * @host_loopback: the host's 127.0.0.1 is reachable
 */
struct network_options {
	unsigned int mtu;
	const char *ifname;
	const char *cidr;
	const char *outbound;
	bool no_ipv6;
	bool no_dns;
	bool host_loopback;
};

/**
 * struct network - a network that is asked for, and then made
 * @kind:	row of the table
 * @arg:	what stood behind the kind and a colon, or NULL
 * @userns:	for start(): descriptor of the new user namespace
 * @netns:	for start(): descriptor of the new network namespace
 * @end:	for start(): polls readable when the namespaces are gone, or
 *		who looks after them is; for engines to end by
 * @resolv:	set by start(): resolv.conf inside; empty: no name server
 */
struct network {
	const struct net_kind *kind;
	const char *arg;
	struct network_options options;
	int userns;
	int netns;
	int end;
	char resolv[NETWORK_RESOLV_MAX];
};

/**
 * struct net_kind - a kind of network
 * @name:	the word
 * @arg:	what its argument is called in messages; NULL if it takes none
 * @is_host:	no network namespace is made
 * @check:	NULL, or tells what is wrong with @n's argument and options:
 *		a constant text, or NULL; nothing has been made yet
 * @start:	NULL, or connects the namespace.  Called in a process that is
 *		and stays outside, as the caller of runnsctl; what it starts
 *		there must end when @n->end polls.  Return: 0 when the network
 *		is usable; -errno after a message, and then nothing of the
 *		user's runs.
 */
struct net_kind {
	const char *name;
	const char *arg;
	bool is_host;
	const char *(*check)(const struct network *n);
	int (*start)(struct network *n);
};

extern const struct net_kind net_slirp;
extern const struct net_kind net_pasta;
extern const struct net_kind net_slirp4netns;
extern const struct net_kind net_vde;
extern const struct net_kind net_veth;

/**
 * network_parse() - read KIND or KIND:ARGUMENT
 * @word:	stays the caller's and must outlive @n
 *
 * Return: NULL, or what is wrong with it.
 */
const char *network_parse(char *word, struct network *n);

/** network_kinds() - "none, host, ..." for messages */
void network_kinds(char *out, size_t size);

#endif
