/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.h - runns.conf(5) as data
 *
 * Text goes in; profiles whose slices point into that text come out.  Keys
 * are a table: one row, one setter.  Nothing is allocated.
 */
#ifndef RUNNS_PROFILE_H
#define RUNNS_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/addr.h"
#include "lib/policy/allow.h"
#include "lib/policy/diag.h"
#include "lib/policy/name.h"
#include "lib/policy/slice.h"

enum {
	PROFILE_TEXT_MAX = 16 * 1024 * 1024, /* bytes of all files together */
	PROFILE_SECTIONS_MAX = 65536,
	PROFILE_LINE_MAX = 4096,
	PROFILE_SHARED_MAX = 8,		/* of Propagation */
	PROFILE_SHARED_LEN = 200,
	PROFILE_DNS_MAX = 3,		/* resolv.conf(5): MAXNS */
	PROFILE_SEARCH_MAX = 6,
	PROFILE_IFNAME_MAX = 15,
	PROFILE_PARENTS_MAX = 16,	/* of one network, by way of its Parent */
	PROFILE_VPN_MAX = 4,		/* of one network */
	PROFILE_FORWARDS_MAX = 16,	/* likewise */
	PROFILE_ALLOWS_MAX = 8,		/* lines of one network */
	PROFILE_USER_SIZE = 64,
};

enum profile_firewall { FIREWALL_AUTO, FIREWALL_NFT, FIREWALL_IPTABLES };

/* How a network is connected; profile_link_name() has their words. */
enum profile_link {
	LINK_VETH,
	LINK_NONE,
	LINK_MACVLAN,
	LINK_IPVLAN,
	LINK_BRIDGE,
	LINK_MOVE,
	LINK_KINDS
};

enum profile_switch { SWITCH_DEFAULT, SWITCH_NO, SWITCH_YES };

enum profile_vpn_kind { PROFILE_OPENVPN, PROFILE_WIREGUARD, PROFILE_OPENCONNECT };

/**
 * struct profile_vpn - one VPN
 * @value:	as written: the path of its configuration; for OpenConnect the
 *		server and options
 */
struct profile_vpn {
	enum profile_vpn_kind kind;
	struct slice value;
};

enum profile_propagation { PROPAGATION_SLAVE, PROPAGATION_PRIVATE };

enum profile_etc { ETC_BIND, ETC_OVERLAY };

/**
 * struct profile_forward - a port of the host's that leads into the network
 * @addr:	of the host's; family 0: any, of IPv4 and of IPv6
 * @port:	the host's
 * @inside_port: that of the program inside
 * @line:	where it is given
 * @chain:	scratch of profile_check()
 */
struct profile_forward {
	struct addr addr;
	uint16_t port;
	uint16_t inside_port;
	uint32_t line;
	uint32_t chain;
	bool udp;
};

/**
 * struct profile - one section
 * @file:	label of the file that it stands in
 * @line:	line of its heading
 * @section:	as written
 * @netns:	NetworkNamespace, as written; empty: the section's name
 * @interface:	name of the end inside; empty: eth0
 * @interface_in: name of the host's end; empty: rn-INDEX
 * @interface_out: uplink; empty: whatever the routing table picks
 * @parent:	namespace that it hangs on; empty: the host
 * @link:	kind of its device
 * @link_device: what stands behind "bridge:" or "move:"
 * @has_address: an Address was given (else it comes from the pool)
 * @address:	Address of the host's end and its prefix; of the inside for kinds
 *		other than veth
 * @address6:	Address6, likewise; family 0: none given
 * @address6_auto: Address6 comes from the pool
 * @gateway, @gateway6: family 0: none
 * @mtu:	0: 1500
 * @nat:	masquerade (the default) or not
 * @isolate:	SWITCH_DEFAULT is yes
 * @resolve:	resolv.conf to use inside; empty: made
 * @dns:	name servers
 * @search:	search domains
 * @strict_dns:	SWITCH_DEFAULT: yes with any name server of its own
 * @linger:	SWITCH_DEFAULT is yes
 * @etc:	how files of /etc are covered inside
 * @propagation: whether mounts of the host's go on arriving inside
 * @shared:	list of directories below which they go both ways
 * @vpns:	in the order of the section
 * @forwards:	ports of the host's that lead into it
 * @allows:	lists of where it may go, as written; profile_allow_list()
 * @allow_line:	where the first of them is given
 * @kill_switch: SWITCH_DEFAULT: yes with any VPN
 * @vpn_scripts: SWITCH_DEFAULT is no
 * @on_up:	program and arguments (command_line.h); empty: none
 * @on_down:	likewise
 * @type_bin:	Type=bin; @bin: the program that lives inside
 * @user:	whom they run as; empty: nobody for @bin, root for the others
 * @bucket:	scratch of profile_check()
 * @chain:	scratch of profile_check()
 */
struct profile {
	const char *file;
	unsigned int line;
	struct slice section;
	struct slice netns;
	struct slice interface;
	struct slice interface_in;
	struct slice interface_out;
	struct slice parent;
	enum profile_link link;
	struct slice link_device;
	bool has_address;
	struct addr_net address;
	struct addr_net address6;
	bool address6_auto;
	struct addr gateway;
	struct addr gateway6;
	uint32_t mtu;
	enum profile_switch nat;
	enum profile_switch isolate;
	struct slice resolve;
	struct addr dns[PROFILE_DNS_MAX];
	uint32_t n_dns;
	struct slice search[PROFILE_SEARCH_MAX];
	uint32_t n_search;
	enum profile_switch strict_dns;
	enum profile_switch linger;
	enum profile_etc etc;
	enum profile_propagation propagation;
	struct slice shared;
	struct profile_vpn vpns[PROFILE_VPN_MAX];
	uint32_t n_vpns;
	struct profile_forward forwards[PROFILE_FORWARDS_MAX];
	uint32_t n_forwards;
	struct slice allows[PROFILE_ALLOWS_MAX];
	uint32_t n_allows;
	uint32_t allow_line;
	enum profile_switch kill_switch;
	enum profile_switch vpn_scripts;
	struct slice on_up;
	struct slice on_down;
	bool type_bin;
	struct slice bin;
	struct slice user;
	uint32_t bucket;
	uint32_t chain;
};

/**
 * struct profile_conf - all sections, and the general keys of [runns]
 * @pool:	where auto addresses come from (172.24.0.0/16)
 * @pool_prefix: length of one network's prefix (24)
 * @pool_file:	where Pool or PoolPrefix was given last, NULL: nowhere
 * @pool_line:	its line
 * @pool6, @pool6_prefix, @pool6_file, @pool6_line: likewise for IPv6
 *		(fd72:756e:6e73::/48, 64)
 * @seen_general: which general keys were given, a bit each
 */
struct profile_conf {
	struct profile *profiles;
	size_t n;
	size_t cap;
	enum profile_firewall firewall;
	struct addr_net pool;
	uint8_t pool_prefix;
	const char *pool_file;
	unsigned int pool_line;
	struct addr_net pool6;
	uint8_t pool6_prefix;
	const char *pool6_file;
	unsigned int pool6_line;
	uint64_t seen_general;
};

/** profile_conf_init() - defaults, over memory of the caller's */
void profile_conf_init(struct profile_conf *conf, struct profile *memory,
		       size_t cap);

/** profile_count() - an upper bound of the sections in @text */
size_t profile_count(const char *text, size_t len);

/**
 * profile_parse() - append the sections of one file
 * @file:	label for messages, must outlive the profiles
 * @text:	must outlive the profiles; need not be terminated
 * @d:		filled on failure
 *
 * Unknown keys, bad values and a key given twice are errors.  [runns] may stand
 * in several files, each of its keys once in all.
 *
 * Return: 0, or -EINVAL with @d filled; then @conf is not to be used.
 */
int profile_parse(struct profile_conf *conf, const char *file,
		  const char *text, size_t len, struct diag *d) _must_check_;

/**
 * profile_check() - what only the sections together can tell
 *
 * A section given twice (also in another case, also in another file), two
 * sections for one namespace, host interfaces used twice, addresses that
 * overlap each other or the pool, a pool prefix that does not fit the pool,
 * Resolve together with DNS or Search.  Time grows with the number of sections
 * only, not with its square.
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_check(struct profile_conf *conf, struct diag *d)
	_must_check_;

/**
 * profile_find() - the section of that name, in any case
 *
 * Return: a profile of @conf's, or NULL.
 */
const struct profile *profile_find(const struct profile_conf *conf,
				   struct slice section);

/** profile_link_name() - the word for a kind of device, such as "macvlan" */
const char *profile_link_name(enum profile_link link);

/** profile_link_find() - the reverse; 0 or -EINVAL */
int profile_link_find(struct slice name, enum profile_link *out) _must_check_;

/** profile_is_sealed() - has it VPNs, and no way but through them? */
bool profile_is_sealed(const struct profile *p);

/**
 * profile_has_byway() - has it a device beside its tunnels, which leads only
 * where Allow and Forward say?
 */
bool profile_has_byway(const struct profile *p);

/** profile_strict_dns() - do its look-ups go to its own name servers only? */
bool profile_strict_dns(const struct profile *p);

/** profile_is_isolated() - do rules keep it from the host and other networks? */
bool profile_is_isolated(const struct profile *p);

/** profile_find_netns() - the section that describes the namespace @name */
const struct profile *profile_find_netns(const struct profile_conf *conf,
					 struct slice name);

#endif
