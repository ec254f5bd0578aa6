/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_pool6.c - IPv6 networks that follow from numbers
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/pool6.h"
#include "net/route6.h"

/* What the routes say: an address that is taken, and how often it was asked. */
static struct addr taken;
static int asked;

int route6_is_free(struct nl_sock *sk, const struct addr *a)
{
	(void)sk;
	asked++;
	return memcmp(a, &taken, sizeof(taken)) != 0;
}

static struct slice text(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

static void test_numbers(void **state)
{
	static const struct {
		const char *pool;
		uint8_t prefix;
		uint32_t index;
		const char *host, *inside;
	} good[] = {
		{ "fd00::/48", 64, 1, "fd00:0:0:1::1", "fd00:0:0:1::2" },
		{ "fd00::/48", 64, 0x1234, "fd00:0:0:1234::1",
		  "fd00:0:0:1234::2" },
		{ "fd00::/48", 64, 0x10000, "fd00::1", "fd00::2" },
		{ "fd00:1:2:3::/64", 80, 5, "fd00:1:2:3:5::1",
		  "fd00:1:2:3:5::2" },
		{ "fd00::/120", 127, 3, "fd00::6", "fd00::7" },
		{ "fd00::/120", 126, 1, "fd00::5", "fd00::6" },
		{ "fd00::/64", 64, 1, "fd00::1", "fd00::2" },
		{ "fd00::/36", 61, 1, "fd00:0:0:8::1", "fd00:0:0:8::2" },
		{ "fd00::/16", 64, 0xffffff, "fd00:0:ff:ffff::1",
		  "fd00:0:ff:ffff::2" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct addr_net pool, net;
		struct addr peer;
		char host[ADDR_TEXT_SIZE], inside[ADDR_TEXT_SIZE];

		assert_int_equal(addr_parse_net(text(good[i].pool), &pool), 0);
		pool6_net(&pool, good[i].prefix, good[i].index, &net);
		pool6_peer(&net, &peer);
		addr_format(&net.addr, host);
		addr_format(&peer, inside);
		assert_string_equal(host, good[i].host);
		assert_string_equal(inside, good[i].inside);
		assert_int_equal(net.prefix, good[i].prefix);
		assert_true(addr_in_net(&peer, &net));
	}
}

static void test_size(void **state)
{
	struct addr_net pool = { .addr = { .family = 6 }, .prefix = 48 };

	(void)state;
	assert_int_equal(pool6_size(&pool, 64), 1 << 16);
	assert_int_equal(pool6_size(&pool, 48), 1);
	assert_int_equal(pool6_size(&pool, 127), 1 << 24);
}

static void test_routes(void **state)
{
	static const char *const inside[] = { "fd00:0:0:1::", "fd00:0:0:1::9",
					      "fd00::1:ffff:ffff:ffff:ffff" };
	struct addr_net net;
	size_t i;

	(void)state;
	assert_int_equal(addr_parse_net(text("fd00:0:0:1::9/64"), &net), 0);
	for (i = 0; i < ARRAY_SIZE(inside); i++) {
		assert_int_equal(addr_parse(text(inside[i]), &taken), 0);
		assert_int_equal(pool6_net_is_free(NULL, &net), 0);
	}
	assert_int_equal(addr_parse(text("fd00:0:0:2::"), &taken), 0);
	asked = 0;
	assert_int_equal(pool6_net_is_free(NULL, &net), 1);
	assert_int_equal(asked, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
