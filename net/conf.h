/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf.h - runns.conf(5) as read from disk, and what it says of one network
 */
#ifndef RUNNS_NET_CONF_H
#define RUNNS_NET_CONF_H

#include "lib/policy/profile.h"
#include "net/host.h"

/**
 * struct conf - all sections, and the texts that they point into
 */
struct conf {
	struct profile_conf profiles;
	char **texts;
	char **labels;
	size_t n_texts;
};

/**
 * conf_load() - read runns.conf.d/\*.conf and runns.conf, in this order
 * @path:	absolute path in place of runns.conf, without drop-ins; or NULL
 *
 * Files that are absent are no sections; files that others than root can
 * change are refused.
 *
 * Return: 0 and @out must be freed; -errno, logged.
 */
int conf_load(const struct host *h, const char *path, struct conf *out)
	_must_check_;

/** conf_free() - harmless on a zeroed struct */
void conf_free(struct conf *conf);

/**
 * struct request - what a command was asked to build
 * @section:	to be used as a pattern; "" for the section of that name
 * @login:	a login asked
 */
struct request {
	char section[NAME_SIZE];
	bool login;
};

/**
 * struct plan - one network, as it is to be
 * @profile:	the section; NULL for one built by hand from defaults
 * @interface_in: "" for rn-INDEX
 * @link:	how it is connected
 * @device:	the device of the host's that @link needs; "" for none
 * @parent:	the namespace that it hangs on; "" for the host
 * @address6:	family 0: none given
 * @address6_auto: it comes from the pool
 * @gateway, @gateway6: of the inside, where the host's end has no address; or
 *		family 0
 * @uplink:	"" for whatever the routing table picks
 * @vpn:	its section names VPNs
 * @vpn_uplink:	"" or the device that their own packets leave by
 * @kill_switch: nothing but them leads outside
 * @byway:	but a device that leads only where @allows and forwards say
 * @vpn_scripts: their programs may run hooks, as root
 * @resolve:	resolv.conf to use inside; empty: made
 * @allows:	where it may go in spite of its walls
 */
struct plan {
	char name[NAME_SIZE];
	const struct profile *profile;
	char interface[PROFILE_IFNAME_MAX + 1];
	char interface_in[PROFILE_IFNAME_MAX + 1];
	enum profile_link link;
	char device[PROFILE_IFNAME_MAX + 1];
	char parent[NAME_SIZE];
	struct addr gateway;
	struct addr gateway6;
	char uplink[PROFILE_IFNAME_MAX + 1];
	struct slice resolve;
	bool has_address;
	struct addr_net address;
	struct addr_net address6;
	bool address6_auto;
	uint32_t mtu;
	struct allow_list allows;
	bool nat;
	bool isolate;
	bool strict_dns;
	bool etc_overlay;
	bool vpn;
	char vpn_uplink[PROFILE_IFNAME_MAX + 1];
	bool kill_switch;
	bool byway;
	bool vpn_scripts;
	bool linger;
	bool login;
};

/**
 * conf_plan() - find the section for @name and fill in the defaults
 *
 * Return: 0; -ENOENT if a login asks for what has no section; -EINVAL if a
 * pattern fixes what only one network can have; logged.
 */
int conf_plan(const struct conf *conf, const struct request *request,
	      const char *name, struct plan *out) _must_check_;

/**
 * conf_request() - take what a login has left for `up NAME'
 * @path:	set to the path of the configuration that it names, freed by
 *		the caller; or NULL
 *
 * The file is removed.  None is no error and changes nothing.
 *
 * Return: 0 or -errno, logged.
 */
int conf_request(const struct host *h, const char *name,
		 struct request *request, char **path) _must_check_;

#endif
