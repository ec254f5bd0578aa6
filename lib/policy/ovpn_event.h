/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ovpn_event.h - what openvpn says on its management interface
 *
 * Most of it was said by a server before, a stranger: nothing is believed but
 * what can be read as an address, a number or a domain.
 */
#ifndef RUNNS_OVPN_EVENT_H
#define RUNNS_OVPN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/slice.h"
#include "lib/policy/tunnel.h"

enum {
	OVPN_EVENT_LINE_MAX = 4096,
	OVPN_ROUTES_MAX = 256,	/* of each family */
	OVPN_RANKED_MAX = 16,
};

enum ovpn_event_kind {
	OVPN_NOTHING,
	OVPN_HOLD,	/* waits for "hold release" */
	OVPN_CONNECTED,
	OVPN_BUSY,	/* on the way to be connected */
	OVPN_LOST,	/* reconnecting */
	OVPN_UP,	/* the environment follows */
	OVPN_DOWN,	/* likewise */
	OVPN_ENV,
	OVPN_ENV_END,
	OVPN_NEED_LOGIN,
	OVPN_NEED_SECRET,
	OVPN_NEED_OTHER,
	OVPN_REJECTED,
	OVPN_FATAL,
};

/**
 * struct ovpn_event - one line
 * @name:	OVPN_ENV: of the variable; OVPN_NEED_*: what is asked for
 *		("Auth"); OVPN_CONNECTED: the address of the other end;
 *		OVPN_LOST, OVPN_FATAL, OVPN_NEED_OTHER, OVPN_REJECTED: why
 * @value:	OVPN_ENV: of the variable
 */
struct ovpn_event {
	enum ovpn_event_kind kind;
	struct slice name;
	struct slice value;
};

/** ovpn_event() - read one line, without its end */
void ovpn_event(struct slice line, struct ovpn_event *out);

/**
 * struct ovpn_env - what is known of a tunnel so far; begin with zeros
 *
 * Variables come in any order, and their numbers say which go together.
 */
struct ovpn_env {
	bool has_local, has_mask, has_remote, has_local6, has_remote6;
	struct addr local, mask, remote, local6, remote6;
	uint8_t bits6;
	uint32_t mtu;
	struct ovpn_route {
		bool has_net, has_mask;
		struct addr net, mask;
	} routes[OVPN_ROUTES_MAX];
	struct addr_net routes6[OVPN_ROUTES_MAX];
	uint32_t n_routes6;
	struct ovpn_dns {
		uint32_t rank;
		struct addr addr;
	} dns[OVPN_RANKED_MAX];
	uint32_t n_dns;
	struct ovpn_search {
		uint32_t rank;
		char name[TUNNEL_DOMAIN_SIZE];
	} search[OVPN_RANKED_MAX];
	uint32_t n_search;
};

/**
 * ovpn_env_add() - take one variable over
 *
 * Return: 0, also for one that means nothing here; -EINVAL if it makes no
 * sense, -ENOSPC if there are too many: it is left out.
 */
int ovpn_env_add(struct ovpn_env *env, struct slice name, struct slice value)
	_must_check_;

/**
 * ovpn_env_tunnel() - what all of them together mean
 * @left_out:	set to how many addresses, routes, servers and domains were
 *		none that a tunnel can have, or too many
 *
 * Default routes are added for the families that it has addresses of.
 *
 * Return: 0; -EINVAL if the tunnel has no address.
 */
int ovpn_env_tunnel(const struct ovpn_env *env, struct tunnel *out,
		    unsigned int *left_out) _must_check_;

#endif
