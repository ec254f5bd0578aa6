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

enum { LINK_MAC_LEN = 6, LINK_KIND_SIZE = 16 };

#define LINK_ALIAS_PREFIX "runns:"

/**
 * struct link - what the kernel says of a device
 * @alias:	text after LINK_ALIAS_PREFIX, "" if it has none of ours ...
 * @leaves_by:	... and what stands there behind an '@'; see veth_user.h
 * @kind:	such as "veth" or "bridge"; "" for hardware
 * @master:	index of the bridge, or the like, that it is a port of; or 0
 * @lower:	index of the device that it is on top of, in the same namespace;
 *		of a veth the other end; or 0
 * @peer:	of a veth: index of the other end, wherever that is
 * @ours:	born as the host's end of a pair of ours
 */
struct link {
	int index;
	char name[IFNAMSIZ];
	char alias[NAME_SIZE];
	char leaves_by[IFNAMSIZ];
	char kind[LINK_KIND_SIZE];
	int master;
	int lower;
	int peer;
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
 * @bridge:	index of the bridge that the host's end becomes a port of, or 0
 *
 * With a bridge others see the hardware address of the end inside, so the
 * kernel draws it; and that of the host's end is high, since a bridge takes
 * the lowest of its ports' for its own.
 */
struct link_pair {
	const char *outside;
	const char *inside;
	int ns;
	uint32_t index;
	uint32_t mtu;
	int bridge;
};

/** link_inside_mac() - the address that number @index has inside */
void link_inside_mac(uint32_t index, uint8_t mac[LINK_MAC_LEN]);

/**
 * struct link_below - a device of its own address on top of another
 * @kind:	"macvlan" or "ipvlan"
 * @name:	of the new device, in the namespace @ns
 * @lower:	index of the other one
 * @mtu:	0: that of the other one
 */
struct link_below {
	const char *kind;
	const char *name;
	int ns;
	int lower;
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
 * link_make_below() - make such a device, where it belongs
 *
 * Return: 0; -EEXIST if the name is taken; -EOPNOTSUPP if the kernel has no
 * such kind; -EBUSY if the other device is a bridge's port or the like; -errno.
 */
int link_make_below(struct nl_sock *sk, const struct link_below *below)
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

/**
 * link_is_inner() - may a device that is in a network go with it?
 *
 * An end of a pair of ours, or what is made for the inside of networks.
 */
bool link_is_inner(const struct link *l);

/** link_each() - call @fn for every device; as nl_talk() */
int link_each(struct nl_sock *sk, int (*fn)(void *ctx, const struct link *l),
	      void *ctx) _must_check_;

/**
 * link_start() - bring a device up
 * @alias:	name of the network, or "NAME@DEVICE", to be written on it; or
 *		NULL
 */
int link_start(struct nl_sock *sk, int index, const char *alias) _must_check_;

/**
 * struct link_move - a device that goes to another namespace
 * @ns:		descriptor of that
 * @name:	for it there; "%d" in it is a number that the kernel finds
 * @mtu:	or 0
 */
struct link_move {
	int index;
	int ns;
	const char *name;
	uint32_t mtu;
};

/**
 * link_move() - move a device; it is down then, and has no addresses
 *
 * Return: 0; -EEXIST if the name is taken there; -EINVAL if the kernel does
 * not move such devices; -errno.
 */
int link_move(struct nl_sock *sk, const struct link_move *move) _must_check_;

/** link_rename() - give a device another name, for which it is taken down */
int link_rename(struct nl_sock *sk, int index, const char *name) _must_check_;

/** link_set_mtu() - as it says */
int link_set_mtu(struct nl_sock *sk, int index, uint32_t mtu) _must_check_;

/** link_enslave() - make a device a port of the bridge @master */
int link_enslave(struct nl_sock *sk, int index, int master) _must_check_;

/** link_delete() - waits about 30 ms for the kernel */
int link_delete(struct nl_sock *sk, int index) _must_check_;

#endif
