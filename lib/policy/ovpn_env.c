/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ovpn_env.c - the tunnel that openvpn's variables describe
 */
#include <errno.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/policy/ovpn_event.h"

enum { RANK_MAX = 9999 };

static int set_addr(struct slice value, uint8_t family, struct addr *out,
		    bool *has)
{
	struct addr a;

	if (addr_parse(value, &a) < 0 || a.family != family)
		return -EINVAL;
	*out = a;
	*has = true;
	return 0;
}

static int env_local(struct ovpn_env *e, struct slice v)
{
	return set_addr(v, 4, &e->local, &e->has_local);
}

static int env_mask(struct ovpn_env *e, struct slice v)
{
	return set_addr(v, 4, &e->mask, &e->has_mask);
}

static int env_remote(struct ovpn_env *e, struct slice v)
{
	return set_addr(v, 4, &e->remote, &e->has_remote);
}

static int env_local6(struct ovpn_env *e, struct slice v)
{
	return set_addr(v, 6, &e->local6, &e->has_local6);
}

static int env_remote6(struct ovpn_env *e, struct slice v)
{
	return set_addr(v, 6, &e->remote6, &e->has_remote6);
}

static int env_bits6(struct ovpn_env *e, struct slice v)
{
	uint64_t n;

	if (num_parse(v.p, v.len, 128, &n) < 0)
		return -EINVAL;
	e->bits6 = (uint8_t)n;
	return 0;
}

static int env_mtu(struct ovpn_env *e, struct slice v)
{
	uint64_t n;

	if (num_parse(v.p, v.len, TUNNEL_MTU_MAX, &n) < 0)
		return -EINVAL;
	e->mtu = (uint32_t)n;
	return 0;
}

static int env_route_net(struct ovpn_env *e, uint32_t n, struct slice v)
{
	if (n > OVPN_ROUTES_MAX)
		return -ENOSPC;
	return set_addr(v, 4, &e->routes[n - 1].net, &e->routes[n - 1].has_net);
}

static int env_route_mask(struct ovpn_env *e, uint32_t n, struct slice v)
{
	if (n > OVPN_ROUTES_MAX)
		return -ENOSPC;
	return set_addr(v, 4, &e->routes[n - 1].mask,
			&e->routes[n - 1].has_mask);
}

static int env_route6(struct ovpn_env *e, uint32_t n, struct slice v)
{
	struct addr_net net;

	(void)n;
	if (e->n_routes6 == OVPN_ROUTES_MAX)
		return -ENOSPC;
	if (addr_parse_net(v, &net) < 0 || net.addr.family != 6)
		return -EINVAL;
	e->routes6[e->n_routes6++] = net;
	return 0;
}

static int add_dns(struct ovpn_env *e, uint32_t rank, struct slice v)
{
	struct addr a;
	uint32_t i;

	if (addr_parse(v, &a) < 0)
		return -EINVAL;
	if (e->n_dns == OVPN_RANKED_MAX)
		return -ENOSPC;
	for (i = e->n_dns; i > 0 && e->dns[i - 1].rank > rank; i--)
		e->dns[i] = e->dns[i - 1];
	e->dns[i] = (struct ovpn_dns){ .rank = rank, .addr = a };
	e->n_dns++;
	return 0;
}

static int add_search(struct ovpn_env *e, uint32_t rank, struct slice v)
{
	uint32_t i;

	if (!v.len || v.len >= TUNNEL_DOMAIN_SIZE)
		return -EINVAL;
	if (e->n_search == OVPN_RANKED_MAX)
		return -ENOSPC;
	for (i = e->n_search; i > 0 && e->search[i - 1].rank > rank; i--)
		e->search[i] = e->search[i - 1];
	e->search[i] = (struct ovpn_search){ .rank = rank };
	memcpy(e->search[i].name, v.p, v.len);
	e->n_search++;
	return 0;
}

/* dhcp-option DNS 10.8.0.1: a word, a blank, the rest */
static int env_foreign(struct ovpn_env *e, uint32_t n, struct slice v)
{
	static const struct {
		const char *word;
		int (*add)(struct ovpn_env *e, uint32_t rank, struct slice v);
	} options[] = {
		{ "dhcp-option DNS ", add_dns },
		{ "dhcp-option DNS6 ", add_dns },
		{ "dhcp-option DOMAIN ", add_search },
		{ "dhcp-option DOMAIN-SEARCH ", add_search },
		{ "dhcp-option ADAPTER_DOMAIN_SUFFIX ", add_search },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		size_t len = strlen(options[i].word);

		if (v.len > len && memcmp(v.p, options[i].word, len) == 0)
			return options[i].add(e, n, (struct slice){
						v.p + len, v.len - len });
	}
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct ovpn_env *e, struct slice v);
} plain[] = {
	{ "ifconfig_local", env_local },
	{ "ifconfig_netmask", env_mask },
	{ "ifconfig_remote", env_remote },
	{ "ifconfig_ipv6_local", env_local6 },
	{ "ifconfig_ipv6_remote", env_remote6 },
	{ "ifconfig_ipv6_netbits", env_bits6 },
	{ "tun_mtu", env_mtu },
};

/* The name is followed by a number from 1. */
static const struct {
	const char *name;
	int (*set)(struct ovpn_env *e, uint32_t n, struct slice v);
} numbered[] = {
	{ "foreign_option_", env_foreign },
	{ "route_network_", env_route_net },
	{ "route_netmask_", env_route_mask },
	{ "route_ipv6_network_", env_route6 },
	{ "dns_search_domain_", add_search },
};

/* dns_server_N_address_M, and in openvpn 2.6 dns_server_N_addr4 and _addr6 */
static int env_dns_server(struct ovpn_env *e, struct slice name,
			  struct slice v)
{
	static const char prefix[] = "dns_server_";
	size_t len = sizeof(prefix) - 1, digits = 0;
	uint64_t n;

	if (name.len <= len || memcmp(name.p, prefix, len) != 0)
		return 0;
	name.p += len;
	name.len -= len;
	while (digits < name.len && name.p[digits] != '_')
		digits++;
	if (num_parse(name.p, digits, RANK_MAX, &n) < 0 ||
	    name.len < digits + 5 || memcmp(name.p + digits, "_addr", 5) != 0)
		return 0;
	return add_dns(e, (uint32_t)n, v);
}

int ovpn_env_add(struct ovpn_env *env, struct slice name, struct slice value)
{
	uint64_t n;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (slice_is(name, plain[i].name))
			return plain[i].set(env, value);
	for (i = 0; i < ARRAY_SIZE(numbered); i++) {
		size_t len = strlen(numbered[i].name);

		if (name.len <= len ||
		    memcmp(name.p, numbered[i].name, len) != 0)
			continue;
		if (num_parse(name.p + len, name.len - len, RANK_MAX, &n) < 0 ||
		    n == 0)
			return -ENOSPC;
		return numbered[i].set(env, (uint32_t)n, value);
	}
	return env_dns_server(env, name, value);
}

/* The length of a netmask's prefix, or -EINVAL. */
static int mask_length(const struct addr *mask)
{
	uint32_t bits = (uint32_t)mask->bytes[0] << 24 |
			(uint32_t)mask->bytes[1] << 16 |
			(uint32_t)mask->bytes[2] << 8 | mask->bytes[3];
	uint32_t host = ~bits;

	if (host & (host + 1))
		return -EINVAL;
	return host ? __builtin_clz(host) : 32;
}

static int tunnel_addr4(const struct ovpn_env *e, struct tunnel *out)
{
	struct addr_net net = { .addr = e->local, .prefix = 32 };
	struct addr_net other = { .addr = e->remote, .prefix = 32 };
	int len = e->has_mask ? mask_length(&e->mask) : 32;
	int err;

	if (!e->has_local)
		return 0;
	if (len < 0)
		return len;
	net.prefix = (uint8_t)len;
	err = tunnel_add_addr(out, &net);
	return err == 0 && e->has_remote ? tunnel_add_route(out, &other) : err;
}

static int tunnel_addr6(const struct ovpn_env *e, struct tunnel *out)
{
	struct addr_net net = { .addr = e->local6, .prefix = e->bits6 };
	struct addr_net other = { .addr = e->remote6, .prefix = 128 };
	int err;

	if (!e->has_local6)
		return 0;
	if (!net.prefix)
		net.prefix = 128;
	err = tunnel_add_addr(out, &net);
	if (err || !e->has_remote6 || net.prefix < 128)
		return err;
	return tunnel_add_route(out, &other);
}

/* How many of the routes were left out. */
static unsigned int tunnel_routes(const struct ovpn_env *e, struct tunnel *out)
{
	unsigned int left_out = 0;
	uint32_t i;

	for (i = 0; i < OVPN_ROUTES_MAX; i++) {
		const struct ovpn_route *route = &e->routes[i];
		struct addr_net net = { .addr = route->net };
		int len = mask_length(&route->mask);

		if (!route->has_net || !route->has_mask)
			continue;
		net.prefix = (uint8_t)(len < 0 ? 0 : len);
		if (len < 0 || tunnel_add_route(out, &net))
			left_out++;
	}
	for (i = 0; i < e->n_routes6; i++)
		if (tunnel_add_route(out, &e->routes6[i]))
			left_out++;
	return left_out;
}

static unsigned int tunnel_names(const struct ovpn_env *e, struct tunnel *out)
{
	unsigned int left_out = 0;
	uint32_t i;

	for (i = 0; i < e->n_dns; i++)
		if (tunnel_add_dns(out, &e->dns[i].addr))
			left_out++;
	for (i = 0; i < e->n_search; i++)
		if (tunnel_add_search(out, (struct slice){
				e->search[i].name, strlen(e->search[i].name) }))
			left_out++;
	return left_out;
}

int ovpn_env_tunnel(const struct ovpn_env *env, struct tunnel *out,
		    unsigned int *left_out)
{
	unsigned int n = 0;

	memset(out, 0, sizeof(*out));
	if (tunnel_addr4(env, out))
		n++;
	if (tunnel_addr6(env, out))
		n++;
	if (!out->n_addrs || tunnel_add_defaults(out))
		return -EINVAL;
	n += tunnel_routes(env, out);
	n += tunnel_names(env, out);
	if (env->mtu && tunnel_set_mtu(out, env->mtu))
		n++;
	*left_out = n;
	return 0;
}
