/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wgconf.h - a WireGuard configuration, as wg-quick(8) reads it
 *
 * Nothing in it is run: what would be is only told.
 */
#ifndef RUNNS_WGCONF_H
#define RUNNS_WGCONF_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/policy/diag.h"
#include "lib/policy/tunnel.h"

enum {
	WGCONF_TEXT_MAX = 256 * 1024,
	WGCONF_PEERS_MAX = 64,
	WGCONF_KEEPALIVE = 25,	/* seconds: so that it is known to live */
	WGCONF_OUT_SIZE = 64 * 1024,
};

/**
 * struct wgconf - what it says
 * @tunnel:	addresses, routes (AllowedIPs), name servers, MTU
 * @out:	what `wg setconf' reads; holds secrets
 * @n_peers:	how many
 * @by_name:	the address of a peer has to be looked up
 * @ignored:	words that were left out, separated by blanks
 */
struct wgconf {
	struct tunnel tunnel;
	struct buf out;
	unsigned int n_peers;
	bool by_name;
	char ignored[200];
};

/**
 * wgconf_parse() - read a configuration
 * @file:	label for messages
 * @memory:	for @out->out, WGCONF_OUT_SIZE bytes, which the caller wipes
 * @d:		filled on failure, without secrets
 *
 * Peers without PersistentKeepalive are given one.
 *
 * Return: 0; -EINVAL with @d filled.
 */
int wgconf_parse(const char *file, struct slice text, char *memory,
		 struct wgconf *out, struct diag *d) _must_check_;

#endif
