/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link.h - network devices, and whose they are
 *
 * Whose a device is stands in the device: the address that it is born with
 * begins with our letters, and its alias names the network.
 */
#ifndef RUNNS_NET_LINK_H
#define RUNNS_NET_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/name.h"
#include "net/nl.h"

enum { LINK_MAC_LEN = 6 };

#define LINK_ALIAS_PREFIX "runns:"

/**
 * struct link - what the kernel says of a device
 * @alias:	text after LINK_ALIAS_PREFIX, "" if it has none of ours
 * @ours:	born as the host's end of a pair of ours
 */
struct link {
	int index;
	char name[IFNAMSIZ];
	char alias[NAME_SIZE];
	uint8_t mac[LINK_MAC_LEN];
	bool ours;
	bool up;
	bool loopback;
	uint32_t mtu;
	uint64_t rx_bytes;
	uint64_t tx_bytes;
};

/**
 * struct link_pair - a veth pair to be made
 * @outside:	name of the host's end
 * @inside:	name of the end in the namespace @ns
 * @index:	number of the network, part of both hardware addresses
 * @mtu:	0 leaves it to the kernel
 */
struct link_pair {
	const char *outside;
	const char *inside;
	int ns;
	uint32_t index;
	uint32_t mtu;
};

/**
 * link_make_pair() - make both ends at once, each where it belongs
 *
 * A device that is moved later costs 30 ms.
 *
 * Return: 0; -EEXIST if a name is taken, and nothing was made; -errno.
 */
int link_make_pair(struct nl_sock *sk, const struct link_pair *pair)
	_must_check_;

/**
 * link_find() - ask for the device @name (or by @index if @name is NULL)
 *
 * An alternative name counts as a name.
 *
 * Return: 0; -ENODEV; -errno.
 */
int link_find(struct nl_sock *sk, const char *name, int index,
	      struct link *out) _must_check_;

/** link_each() - call @fn for every device; as nl_talk() */
int link_each(struct nl_sock *sk, int (*fn)(void *ctx, const struct link *l),
	      void *ctx) _must_check_;

/**
 * link_start() - bring a device up
 * @alias:	name of the network, to be written on it; or NULL
 */
int link_start(struct nl_sock *sk, int index, const char *alias) _must_check_;

/** link_delete() - waits about 30 ms for the kernel */
int link_delete(struct nl_sock *sk, int index) _must_check_;

#endif
