/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_ovpn_event.c - what openvpn says, and the tunnel that it describes
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/ovpn_event.h"

static struct ovpn_env env;
static struct tunnel tunnel;
static unsigned int left_out;

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static void test_events(void **state)
{
	static const struct {
		const char *line;
		enum ovpn_event_kind kind;
		const char *name;
		const char *value;
	} cases[] = {
		{ ">HOLD:Waiting for hold release:0", OVPN_HOLD, "", "" },
		{ ">STATE:1,CONNECTED,SUCCESS,10.8.0.2,192.0.2.1,1194,,",
		  OVPN_CONNECTED, "192.0.2.1", "" },
		{ ">STATE:1,CONNECTED", OVPN_CONNECTED, "", "" },
		{ ">STATE:1,WAIT,,,,,,", OVPN_BUSY, "", "" },
		{ ">STATE:1,RECONNECTING,ping-restart,,,,,", OVPN_LOST,
		  "ping-restart", "" },
		{ ">STATE:", OVPN_BUSY, "", "" },
		{ ">UPDOWN:UP", OVPN_UP, "", "" },
		{ ">UPDOWN:DOWN", OVPN_DOWN, "", "" },
		{ ">UPDOWN:ENV,a=b=c", OVPN_ENV, "a", "b=c" },
		{ ">UPDOWN:ENV,a", OVPN_ENV, "a", "" },
		{ ">UPDOWN:ENV,END", OVPN_ENV_END, "", "" },
		{ ">UPDOWN:SIDEWAYS", OVPN_NOTHING, "", "" },
		{ ">PASSWORD:Need 'Auth' username/password", OVPN_NEED_LOGIN,
		  "Auth", "" },
		{ ">PASSWORD:Need 'Private Key' password", OVPN_NEED_SECRET,
		  "Private Key", "" },
		{ ">PASSWORD:Need 'Auth' username/password SC:1,Code?",
		  OVPN_NEED_OTHER, "Need 'Auth' username/password SC:1,Code?",
		  "" },
		{ ">PASSWORD:Verification Failed: 'Auth'", OVPN_REJECTED,
		  "Auth", "" },
		{ ">FATAL:no", OVPN_FATAL, "no", "" },
		{ "SUCCESS: x", OVPN_NOTHING, "", "" },
		{ "", OVPN_NOTHING, "", "" },
		{ "x>UPDOWN:UP", OVPN_NOTHING, "", "" },
	};
	struct ovpn_event e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ovpn_event(slice_of(cases[i].line), &e);
		assert_int_equal(e.kind, cases[i].kind);
		assert_true(slice_is(e.name, cases[i].name));
		assert_true(slice_is(e.value, cases[i].value));
	}
}

/* Reads "NAME=VALUE" lines; how many were refused. */
static int read_env(const char *lines)
{
	int refused = 0;

	env = (struct ovpn_env){ 0 };
	while (*lines) {
		size_t len = strcspn(lines, "\n");
		size_t name = strcspn(lines, "=");

		if (ovpn_env_add(&env, (struct slice){ lines, name },
				 (struct slice){ lines + name + 1,
						 len - name - 1 }))
			refused++;
		lines += len + (lines[len] == '\n');
	}
	return refused;
}

static void assert_net(const struct addr_net *net, const char *text)
{
	char got[ADDR_TEXT_SIZE + 4];

	addr_format(&net->addr, got);
	snprintf(got + strlen(got), 5, "/%u", net->prefix);
	assert_string_equal(got, text);
}

static void test_subnet(void **state)
{
	char text[ADDR_TEXT_SIZE];

	(void)state;
	assert_int_equal(read_env("tun_mtu=1400\n"
				  "route_network_2=10.1.0.0\n"
				  "route_netmask_2=255.255.0.0\n"
				  "route_gateway_2=192.0.2.9\n"
				  "ifconfig_netmask=255.255.255.0\n"
				  "ifconfig_local=10.8.0.2\n"
				  "ifconfig_ipv6_local=fd00::2\n"
				  "ifconfig_ipv6_netbits=64\n"
				  "ifconfig_ipv6_remote=fd00::1\n"
				  "route_ipv6_network_1=2001:db8::/32\n"
				  "foreign_option_2=dhcp-option DNS 10.8.0.9\n"
				  "foreign_option_1=dhcp-option DNS 10.8.0.1\n"
				  "foreign_option_3=dhcp-option DOMAIN a.test\n"
				  "script_context=init\n"), 0);
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), 0);
	assert_int_equal(left_out, 0);
	assert_int_equal(tunnel.mtu, 1400);
	assert_int_equal(tunnel.n_addrs, 2);
	assert_net(&tunnel.addrs[0], "10.8.0.2/24");
	assert_net(&tunnel.addrs[1], "fd00::2/64");
	assert_int_equal(tunnel.n_routes, 4);
	assert_net(&tunnel.routes[0], "0.0.0.0/0");
	assert_net(&tunnel.routes[1], "::/0");
	assert_net(&tunnel.routes[2], "10.1.0.0/16");
	assert_net(&tunnel.routes[3], "2001:db8::/32");
	assert_int_equal(tunnel.n_dns, 2);
	addr_format(&tunnel.dns[0], text);
	assert_string_equal(text, "10.8.0.1");
	assert_int_equal(tunnel.n_search, 1);
	assert_string_equal(tunnel.search[0], "a.test");
}

static void test_point_to_point(void **state)
{
	(void)state;
	assert_int_equal(read_env("ifconfig_local=10.8.0.6\n"
				  "ifconfig_remote=10.8.0.5\n"
				  "dns_server_1_addr4=10.8.0.1\n"
				  "dns_server_2_address_1=10.8.0.2\n"
				  "dns_search_domain_1=b.test\n"), 0);
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), 0);
	assert_net(&tunnel.addrs[0], "10.8.0.6/32");
	assert_int_equal(tunnel.n_routes, 2);
	assert_net(&tunnel.routes[0], "10.8.0.5/32");
	assert_net(&tunnel.routes[1], "0.0.0.0/0");
	assert_int_equal(tunnel.n_dns, 2);
	assert_int_equal(tunnel.n_search, 1);
}

/* Whatever a server pushes: left out, and counted. */
static void test_nonsense(void **state)
{
	static const char *const lines[] = {
		"ifconfig_local=10.8.0.999\n",
		"ifconfig_local=fd00::1\n",
		"ifconfig_ipv6_local=10.8.0.1\n",
		"ifconfig_ipv6_netbits=129\n",
		"ifconfig_ipv6_netbits=-1\n",
		"tun_mtu=70000\n",
		"route_network_0=10.0.0.0\n",
		"route_network_257=10.0.0.0\n",
		"route_network_99999999999999999999=10.0.0.0\n",
		"route_network_1x=10.0.0.0\n",
		"route_ipv6_network_1=::/129\n",
		"route_ipv6_network_1=10.0.0.0/8\n",
		"foreign_option_1=dhcp-option DNS 10.8.0.1 x\n",
		"foreign_option_1=dhcp-option DNS 10.8.0.1;id\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(read_env(lines[i]), 1);
	assert_int_equal(read_env("mtu=1\n"), 0);
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), -EINVAL);
	assert_int_equal(read_env("ifconfig_local=10.8.0.2\n"
				  "ifconfig_netmask=255.0.255.0\n"), 0);
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), -EINVAL);
	assert_int_equal(read_env("ifconfig_local=127.0.0.1\n"), 0);
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), -EINVAL);
}

static void test_left_out(void **state)
{
	(void)state;
	assert_int_equal(read_env("ifconfig_local=10.8.0.2\n"
				  "route_network_1=127.0.0.0\n"
				  "route_netmask_1=255.0.0.0\n"
				  "route_network_2=10.0.0.0\n"
				  "route_netmask_2=255.0.255.0\n"
				  "foreign_option_1=dhcp-option DNS 127.0.0.53\n"
				  "foreign_option_2=dhcp-option DOMAIN a b\n"
				  "tun_mtu=68\n"), 0);
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), 0);
	assert_int_equal(left_out, 5);
	assert_int_equal(tunnel.n_routes, 1);
	assert_int_equal(tunnel.n_dns + tunnel.n_search, 0);
	assert_int_equal(tunnel.mtu, 0);
}

/* 64 name servers, 10,000 routes. */
static void test_many(void **state)
{
	char name[32], value[64];
	unsigned int i, refused = 0;

	(void)state;
	assert_int_equal(read_env("ifconfig_local=10.8.0.2\n"), 0);
	for (i = 1; i <= 10000; i++) {
		snprintf(name, sizeof(name), "route_network_%u", i);
		snprintf(value, sizeof(value), "10.%u.%u.0", i / 256, i % 256);
		refused += ovpn_env_add(&env, slice_of(name),
					slice_of(value)) != 0;
		snprintf(name, sizeof(name), "route_netmask_%u", i);
		refused += ovpn_env_add(&env, slice_of(name),
					SLICE("255.255.255.0")) != 0;
	}
	assert_int_equal(refused, 2 * (10000 - OVPN_ROUTES_MAX));
	for (i = 1; i <= 64; i++) {
		snprintf(name, sizeof(name), "foreign_option_%u", i);
		snprintf(value, sizeof(value), "dhcp-option DNS 10.9.0.%u", i);
		(void)!ovpn_env_add(&env, slice_of(name), slice_of(value));
	}
	assert_int_equal(ovpn_env_tunnel(&env, &tunnel, &left_out), 0);
	assert_int_equal(tunnel.n_routes, OVPN_ROUTES_MAX + 1);
	assert_int_equal(tunnel.n_dns, TUNNEL_DNS_MAX);
	assert_int_equal(left_out, OVPN_RANKED_MAX - TUNNEL_DNS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_subnet),
		cmocka_unit_test(test_point_to_point),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
