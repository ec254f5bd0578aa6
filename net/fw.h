/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw.h - the host's packet rules for our networks, whichever way
 *
 * Both backends do the same: traffic of a network leaves masqueraded; nothing
 * from outside, from another network or to the host's own services passes,
 * unless it answers something, is ICMP to the host, or goes where the network
 * is allowed to; no packet with a source that does not belong there passes.
 * Rules of others are left alone.
 */
#ifndef RUNNS_NET_FW_H
#define RUNNS_NET_FW_H

#include <stdbool.h>

#include "lib/policy/profile.h"
#include "net/host.h"

/**
 * struct fw_member - one network
 * @name:	for messages
 * @link:	the host's end
 * @nat:	masquerade what leaves
 * @isolate:	keep it from the host's services and from other networks
 * @inside:	address that @forwards lead to
 * @inside6:	likewise for IPv6; family 0: it has none
 * @forwards:	ports of the host's that lead into it
 * @allows:	where it may go in spite of @isolate, without ALLOW_LAN; NULL:
 *		nowhere
 * @mac:	NULL, or: it is a stranger's; what has another source than @mac
 *		and @inside is dropped, and its connections are counted
 * @byway:	it may go nowhere else, and sees who connects as the host
 */
struct fw_member {
	const char *name;
	const char *link;
	bool nat;
	bool isolate;
	struct addr inside;
	struct addr inside6;
	const struct profile_forward *forwards;
	size_t n_forwards;
	const struct allow_list *allows;
	const uint8_t *mac;
	bool byway;
};

/**
 * struct fw_bar - rules inside that let a device lead only where it may
 * @device:	the end inside
 * @inside:	its address
 * @gateway:	where services of the host are
 * @allows:	destinations
 */
struct fw_bar {
	const char *device;
	struct addr inside;
	struct addr gateway;
	const struct allow_list *allows;
};

/* How many connections a stranger's network may have at a time. */
enum { FW_CONNECTIONS_MAX = 4096 };

struct steer_dns;

/**
 * struct fw_backend - one way to do it
 * @name:	for messages and records
 * @probe:	1 if the kernel can, 0 if not, 2 if rules are there that make it
 *		the one to be used; without @load nothing is loaded or made to
 *		find out
 * @add:	add a member; the first makes all that they share
 * @remove:	remove a member, also one that was half added; 0 if absent
 * @clear:	remove what is shared if there is no member but @leaving
 * @open:	drop what comes in by the device and is not for a member
 * @close:	the reverse of @open
 * @open6, @close6: likewise for IPv6
 * @each:	call @fn for each member's device; it must not call us
 * @blocks:	call @fn with the name of whatever would drop forwarded packets
 *		all the same; @used: members are this backend's; @six: it is in
 *		the way of IPv6 alone
 * @steer:	have look-ups go to the name servers of a network; NULL: let them
 *		go where they want; in the namespace of that network
 * @steers:	do they?  1, 0 or -errno, not logged; in that namespace too
 * @bar:	make such rules, or renew them, in the namespace of that network
 * @end:	the program ends
 *
 * All but @steer, @steers and @bar are called with the lock "fw" held, in the
 * host's network namespace, and return -errno, logged, on failure.
 */
struct fw_backend {
	const char *name;
	int (*probe)(bool load);
	int (*add)(const struct fw_member *m);
	int (*remove)(const char *link);
	int (*clear)(const char *leaving);
	int (*open)(const char *device);
	int (*close)(const char *device);
	int (*open6)(const char *device);
	int (*close6)(const char *device);
	int (*each)(int (*fn)(void *ctx, const char *link), void *ctx);
	int (*blocks)(bool used,
		      int (*fn)(void *ctx, const char *what, bool six),
		      void *ctx);
	int (*steer)(const struct steer_dns *dns);
	int (*steers)(const struct steer_dns *dns);
	int (*bar)(const struct fw_bar *bar);
	void (*end)(void);
};

extern const struct fw_backend fw_nft;
extern const struct fw_backend fw_iptc;

/**
 * fw_choose() - which backend is to be used?
 * @wanted:	the administrator's choice
 *
 * Automatically: where rules of ours are; else nft where the kernel has it and
 * nobody uses the legacy tables; else libiptc.
 *
 * Return: 0; -ENOTSUP, logged.
 */
int fw_choose(enum profile_firewall wanted, const struct fw_backend **out)
	_must_check_;

/** fw_find() - the backend of that name, or NULL */
const struct fw_backend *fw_find(const char *name);

/** fw_each_backend() - the Nth backend that was built in, or NULL */
const struct fw_backend *fw_each_backend(unsigned int n);

/**
 * fw_at_parent() - the thread has gone to the namespace of a Parent, or back
 *
 * A Parent is a network too, so with Isolate=yes who is inside it reaches the
 * members there no more than they reach him.
 */
void fw_at_parent(bool at);

/** fw_is_at_parent() - for backends: is it there? */
bool fw_is_at_parent(void);

/** fw_end() - to be called before the program ends */
void fw_end(void);

/** fw_add() - add a member, under the lock; 0 or -errno, logged */
int fw_add(const struct host *h, const struct fw_backend *fw,
	   const struct fw_member *m) _must_check_;

/**
 * fw_remove() - remove the member @name, under the lock
 * @link:	the host's end
 *
 * What members share goes too if no other network is recorded that hangs on
 * the same namespace.
 *
 * Return: 0 or -errno, logged.
 */
int fw_remove(const struct host *h, const struct fw_backend *fw,
	      const char *name, const char *link) _must_check_;

/**
 * fw_finish() - remove what is shared if no network is recorded any more
 * @fw:	the backend of one whose record was just removed
 *
 * Two that go at the same time see each other's records in fw_remove(), and
 * both leave what they share to the other.
 *
 * Return: 0 or -errno, logged.
 */
int fw_finish(const struct host *h, const struct fw_backend *fw) _must_check_;

/**
 * fw_blocks() - call @fn for every chain that would drop forwarded packets
 * @fw:		the backend of the network in question
 *
 * Its name is such as "chain inet filter forward (nft, policy drop)".
 *
 * Return: 0, what @fn returned, or -errno.
 */
int fw_blocks(const struct fw_backend *fw,
	      int (*fn)(void *ctx, const char *what, bool six), void *ctx)
	_must_check_;

#endif
