/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_ovpn_event.c - openvpn's management interface from any bytes
 *
 * Whatever a server pushes, a tunnel holds nothing but what makes sense.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/policy/ovpn_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ovpn_env env;
static struct tunnel tunnel;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_net(const struct addr_net *net)
{
	must(net->addr.family == 4 || net->addr.family == 6);
	must(net->prefix <= (net->addr.family == 4 ? 32 : 128));
}

static void check_domain(const char *name)
{
	must(memchr(name, '\0', TUNNEL_DOMAIN_SIZE) && *name);
	for (; *name; name++)
		must(strchr("abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", *name));
}

static void check_tunnel(void)
{
	unsigned int left_out = 0;
	uint32_t i;

	if (ovpn_env_tunnel(&env, &tunnel, &left_out) < 0)
		return;
	must(tunnel.n_addrs > 0 && tunnel.n_addrs <= TUNNEL_ADDRS_MAX);
	must(tunnel.n_routes <= TUNNEL_ROUTES_MAX);
	must(tunnel.n_dns <= TUNNEL_DNS_MAX);
	must(tunnel.n_search <= TUNNEL_SEARCH_MAX);
	must(tunnel.mtu == 0 || tunnel.mtu >= TUNNEL_MTU_MIN);
	for (i = 0; i < tunnel.n_addrs; i++) {
		check_net(&tunnel.addrs[i]);
		must(tunnel.addrs[i].addr.bytes[0] != 127);
	}
	for (i = 0; i < tunnel.n_routes; i++) {
		check_net(&tunnel.routes[i]);
		must(!addr_has_host_bits(&tunnel.routes[i]));
	}
	for (i = 0; i < tunnel.n_search; i++)
		check_domain(tunnel.search[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { size ? (const char *)data : "", size };

	env = (struct ovpn_env){ 0 };
	while (rest.len) {
		const char *end = memchr(rest.p, '\n', rest.len);
		struct slice line = rest;
		struct ovpn_event e;

		if (end)
			line.len = (size_t)(end - rest.p);
		rest.p += line.len + (end ? 1 : 0);
		rest.len -= line.len + (end ? 1 : 0);
		ovpn_event(line, &e);
		must(e.name.p >= line.p &&
		     e.name.p + e.name.len <= line.p + line.len);
		if (e.kind == OVPN_ENV)
			(void)!ovpn_env_add(&env, e.name, e.value);
	}
	check_tunnel();
	return 0;
}
