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

/* A network of a list; its address and length come as two variables. */
struct oc_route {
	bool has_addr, has_bits;
	struct addr addr;
	uint8_t bits;
};

/**
 * struct oc_env - variables so far; begin with zeros
 * @tunnel:	complete after oc_env_tunnel()
 * @away:	its routes lead to what the server wants left out; the same
 * @split4:	routes are told, so there is no default one; as @split6
 * @routes:	of IPv4, of IPv6
 * @excluded:	the same for @away
 * @left_out:	variables that are nonsense
 * @too_many:	a list is longer than OC_ROUTES_MAX, or says so
 */
struct oc_env {
	enum oc_reason reason;
	struct tunnel tunnel, away;
	struct addr address, address6;
	bool has4, has6, split4, split6;
	uint8_t bits4, bits6;
	struct oc_route routes[2][OC_ROUTES_MAX];
	struct oc_route excluded[2][OC_ROUTES_MAX];
	unsigned int left_out;
	bool too_many;
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
