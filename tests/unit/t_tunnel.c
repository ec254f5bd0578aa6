/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_tunnel.c - what a tunnel may have
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/tunnel.h"

static struct tunnel t;

static struct addr_net net(const char *text)
{
	struct addr_net out;

	assert_int_equal(addr_parse_net((struct slice){ text, strlen(text) },
					&out), 0);
	return out;
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text;
		int result;
	} cases[] = {
		{ "10.8.0.2/24", 0 },	     { "10.8.0.2/32", 0 },
		{ "fd00::2/64", 0 },	     { "2001:db8::1/128", 0 },
		{ "10.8.0.2/0", -EINVAL },   { "127.0.0.1/8", -EINVAL },
		{ "0.0.0.0/32", -EINVAL },   { "224.0.0.1/32", -EINVAL },
		{ "255.255.255.255/32", -EINVAL }, { "::1/128", -EINVAL },
		{ "::/64", -EINVAL },	     { "ff02::1/64", -EINVAL },
		{ "fe80::1/64", -EINVAL },   { "::ffff:10.0.0.1/96", -EINVAL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct addr_net a = net(cases[i].text);

		t = (struct tunnel){ 0 };
		assert_int_equal(tunnel_add_addr(&t, &a), cases[i].result);
		assert_int_equal(t.n_addrs, cases[i].result ? 0 : 1);
	}
}

static void test_routes(void **state)
{
	static const struct {
		const char *text;
		int result;
	} cases[] = {
		{ "0.0.0.0/0", 0 },	   { "0.0.0.0/1", 0 },
		{ "128.0.0.0/1", 0 },	   { "10.0.0.1/8", 0 },
		{ "::/0", 0 },		   { "2000::/3", 0 },
		{ "127.0.0.0/8", -EINVAL }, { "127.0.0.53/32", -EINVAL },
		{ "224.0.0.0/4", -EINVAL }, { "fe80::/10", -EINVAL },
		{ "ff00::/8", -EINVAL },   { "::1/128", -EINVAL },
	};
	struct addr_net a;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		a = net(cases[i].text);
		t = (struct tunnel){ 0 };
		assert_int_equal(tunnel_add_route(&t, &a), cases[i].result);
	}
	/* Trimmed, and once. */
	t = (struct tunnel){ 0 };
	a = net("10.1.2.3/8");
	assert_int_equal(tunnel_add_route(&t, &a), 0);
	a = net("10.4.5.6/8");
	assert_int_equal(tunnel_add_route(&t, &a), 0);
	assert_int_equal(t.n_routes, 1);
	assert_int_equal(t.routes[0].addr.bytes[1], 0);
}

static void test_bounds(void **state)
{
	struct addr_net a = net("10.0.0.0/32");
	unsigned int i;

	(void)state;
	t = (struct tunnel){ 0 };
	for (i = 0; i < TUNNEL_ROUTES_MAX; i++) {
		a.addr.bytes[2] = (uint8_t)(i / 256);
		a.addr.bytes[3] = (uint8_t)i;
		assert_int_equal(tunnel_add_route(&t, &a), 0);
	}
	a.addr.bytes[1] = 1;
	assert_int_equal(tunnel_add_route(&t, &a), -ENOSPC);
	for (i = 0; i < TUNNEL_DNS_MAX; i++) {
		a.addr.bytes[3] = (uint8_t)i;
		assert_int_equal(tunnel_add_dns(&t, &a.addr), 0);
	}
	a.addr.bytes[3] = 99;
	assert_int_equal(tunnel_add_dns(&t, &a.addr), -ENOSPC);
	assert_int_equal(tunnel_set_mtu(&t, 0), -ERANGE);
	assert_int_equal(tunnel_set_mtu(&t, 68), -ERANGE);
	assert_int_equal(tunnel_set_mtu(&t, 65536), -ERANGE);
	assert_int_equal(tunnel_set_mtu(&t, 1400), 0);
}

static void test_search(void **state)
{
	static const char *const bad[] = {
		"", ".", "a b", "a\nnameserver 6.6.6.6", "a\"b", "-a", "a..b",
		"a;b", "\xc3\xa4.test",
	};
	char longest[TUNNEL_DOMAIN_SIZE + 1];
	size_t i;

	(void)state;
	t = (struct tunnel){ 0 };
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(tunnel_add_search(&t, (struct slice){
					bad[i], strlen(bad[i]) }), -EINVAL);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(tunnel_add_search(&t, (struct slice){
				longest, sizeof(longest) }), -EINVAL);
	assert_int_equal(tunnel_add_search(&t, SLICE("a_b.Test")), 0);
	assert_int_equal(tunnel_add_search(&t, SLICE("a_b.Test")), 0);
	assert_int_equal(t.n_search, 1);
}

static void test_defaults(void **state)
{
	struct addr_net a = net("fd00::2/64");

	(void)state;
	t = (struct tunnel){ 0 };
	assert_int_equal(tunnel_add_defaults(&t), 0);
	assert_int_equal(t.n_routes, 0);
	assert_int_equal(tunnel_add_addr(&t, &a), 0);
	assert_int_equal(tunnel_add_defaults(&t), 0);
	assert_int_equal(t.n_routes, 1);
	assert_int_equal(t.routes[0].addr.family, 6);
	assert_false(tunnel_has_family(&t, 4));
}

static void test_resolv(void **state)
{
	struct addr_net net4 = net("10.0.0.1/32"), net6 = net("fd00::1/128");
	const struct tunnel *list[] = { &t };
	BUF(b, 256);

	(void)state;
	t = (struct tunnel){ 0 };
	tunnel_resolv(&b, list, 1);
	assert_string_equal(b.text, "");
	assert_int_equal(tunnel_add_dns(&t, &net4.addr), 0);
	assert_int_equal(tunnel_add_dns(&t, &net6.addr), 0);
	assert_int_equal(tunnel_add_search(&t, SLICE("a.test")), 0);
	assert_int_equal(tunnel_add_search(&t, SLICE("b.test")), 0);
	tunnel_resolv(&b, list, 1);
	assert_string_equal(b.text, "nameserver 10.0.0.1\nnameserver fd00::1\n"
			    "search a.test b.test\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_resolv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
