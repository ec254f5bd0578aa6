/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oc_env.h - what openconnect tells its script, and its options in runns.conf
 *
 * The variables are a server's, a stranger's: nothing is believed but what can
 * be read as an address, a number or a domain.
 */
#ifndef RUNNS_OC_ENV_H
#define RUNNS_OC_ENV_H

#include <stdbool.h>

#include "lib/policy/tunnel.h"

enum { OC_ROUTES_MAX = 256, OC_WORDS_MAX = 16 };

enum oc_reason { OC_OTHER, OC_CONNECT, OC_RECONNECT, OC_DISCONNECT, OC_TRYING };

/**
 * struct oc_env - variables so far; begin with zeros
 * @split:	routes are told, so there is no default one
 */
struct oc_env {
	enum oc_reason reason;
	struct tunnel tunnel;
	struct addr address, address6;
	bool has4, has6, split4, split6;
	uint8_t bits4, bits6;
	struct oc_route {
		bool has_addr, has_bits;
		struct addr addr;
		uint8_t bits;
	} routes[2][OC_ROUTES_MAX];	/* IPv4, IPv6 */
	unsigned int left_out;
};

/** oc_env_add() - take one variable over; nonsense is counted */
void oc_env_add(struct oc_env *env, struct slice name, struct slice value);

/**
 * oc_env_tunnel() - all of them together, in @env->tunnel
 *
 * Return: 0; -EINVAL if the tunnel has no address.
 */
int oc_env_tunnel(struct oc_env *env) _must_check_;

/**
 * struct oc_words - the value of OpenConnect
 * @text:	memory of @words
 * @words:	server first
 */
struct oc_words {
	char text[1024];
	const char *words[OC_WORDS_MAX];
	unsigned int n;
};

/**
 * oc_words() - read SERVER [--OPTION VALUE]...
 * @passwd:	set to the value of --passwd-file, which is ours; NULL
 *
 * Return: NULL; or what is wrong with it.
 */
const char *oc_words(const char *value, struct oc_words *out,
		     const char **passwd) _must_check_;

#endif
