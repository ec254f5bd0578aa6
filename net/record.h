/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - what was built, written before the first kernel object is made
 *
 * /run/runns/net/NAME/state.  It says where to look, never what is: the
 * kernel is asked before anything is believed.
 */
#ifndef RUNNS_NET_RECORD_H
#define RUNNS_NET_RECORD_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/policy/name.h"
#include "lib/policy/profile.h"
#include "net/host.h"

enum record_state {
	RECORD_BUILDING,	/* not published; perhaps half made */
	RECORD_UP,		/* complete; the name is published last */
};

/**
 * struct record - one network
 * @index:	in the pool; 0 if it uses neither its names nor its addresses
 * @cookie:	of its network namespace; 0 until it is known
 * @section:	that it was built from; "" for one built by hand
 * @firewall:	name of the backend that knows it; "" before
 * @link:	kind of its device
 * @device:	that of the host's that the kind needs: an uplink, a bridge, the
 *		one that was moved; "" for none
 * @parent:	namespace that it hangs on, @parent_cookie: of that; "" for the host
 * @outside:	host's end, "" if it has none; @inside: the other
 * @net:	address of the host's end and prefix; @peer: inside's; both are the
 *		inside's where the host's end has none; family 0: none
 * @net6, @peer6: likewise for IPv6
 * @allows:	where it may go in spite of its walls; what "lan" means was
 *		found out
 * @forwards:	ports of the host's that lead into it
 * @byway:	its device stands beside VPNs, and leads nowhere else
 * @since:	CLOCK_REALTIME, seconds: when it was built
 * @steered:	it leaves by one uplink only
 * @steers_dns:	rules inside send look-ups to its name servers
 * @etc_netns:	we made /etc/netns/NAME
 * @rootless:	it is a user's own (veth_user.h): there is no handle
 * @owner:	the user, @ns: number of the file that his namespace was then
 */
struct record {
	char name[NAME_SIZE];
	enum record_state state;
	uint32_t index;
	uint64_t cookie;
	char section[NAME_SIZE];
	char firewall[16];
	enum profile_link link;
	char device[IFNAMSIZ];
	char parent[NAME_SIZE];
	uint64_t parent_cookie;
	char outside[IFNAMSIZ];
	char inside[IFNAMSIZ];
	struct addr_net net;
	struct addr peer;
	struct addr_net net6;
	struct addr peer6;
	struct allow_list allows;
	struct profile_forward forwards[PROFILE_FORWARDS_MAX];
	uint32_t n_forwards;
	long long since;
	bool nat;
	bool isolate;
	bool byway;
	bool steered;
	bool steers_dns;
	bool login;
	bool etc_netns;
	bool rootless;
	uid_t owner;
	uint64_t ns;
};

/**
 * record_dir() - open the directory of the network @name
 * @make:	make it if it is absent
 *
 * Return: descriptor that the caller closes; -ENOENT; -errno.
 */
int record_dir(const struct host *h, const char *name, bool make) _must_check_;

/**
 * record_read() - read the record of @name
 *
 * Return: 0; -ENOENT if there is none; -EINVAL if it makes no sense; -errno.
 */
int record_read(const struct host *h, const char *name, struct record *out)
	_must_check_;

/** record_write() - replace the record of @r->name; 0 or -errno */
int record_write(const struct host *h, const struct record *r) _must_check_;

/**
 * record_clear() - remove every file of a directory but @keep
 *
 * What a writer that was killed has left goes too; directories stay.
 */
int record_clear(int dir, const char *keep) _must_check_;

/** record_clear_files() - remove generated files and markers of @name */
int record_clear_files(const struct host *h, const char *name) _must_check_;

/** record_remove() - remove the record of @name with all that lies beside it */
int record_remove(const struct host *h, const char *name) _must_check_;

/**
 * record_each() - call @fn for the name of every directory of a network
 *
 * Return: 0, what @fn returned, or -errno.
 */
int record_each(const struct host *h,
		int (*fn)(void *ctx, const char *name), void *ctx) _must_check_;

/**
 * record_drop_stale() - remove the files of @dir that are named after networks
 * which are not recorded any more
 *
 * Return: 0 or -errno.
 */
int record_drop_stale(const struct host *h, int dir) _must_check_;

/** record_any() - is any network recorded?  1, 0 or -errno */
int record_any(const struct host *h) _must_check_;

#endif
