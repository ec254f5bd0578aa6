/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_oc_env.c - openconnect's variables from any bytes, one after a NUL each
 *
 * Nothing is sent elsewhere without being counted: what leads away is a
 * network that was told whole.
 */
#include <stdint.h>

#include "lib/policy/oc_env.h"
#include "tests/fuzz/tunnel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct oc_env env;

static void add(struct slice variable)
{
	struct slice name = variable, value = variable;
	const char *equals = memchr(variable.p, '=', variable.len);

	if (!equals)
		return;
	name.len = (size_t)(equals - variable.p);
	value.p = equals + 1;
	value.len = variable.len - name.len - 1;
	oc_env_add(&env, name, value);
}

static void check_env(void)
{
	if (oc_env_tunnel(&env) < 0)
		return;
	must_be_tunnel(&env.tunnel);
	must(env.away.n_routes <= TUNNEL_ROUTES_MAX);
	for (uint32_t i = 0; i < env.away.n_routes; i++) {
		must_be_net(&env.away.routes[i]);
		must(!addr_has_host_bits(&env.away.routes[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { size ? (const char *)data : "", size };

	env = (struct oc_env){ 0 };
	while (rest.len) {
		const char *end = memchr(rest.p, '\0', rest.len);
		struct slice variable = rest;

		if (end)
			variable.len = (size_t)(end - rest.p);
		rest.p += variable.len + (end ? 1 : 0);
		rest.len -= variable.len + (end ? 1 : 0);
		add(variable);
	}
	check_env();
	return 0;
}
