/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_profile_inet6.c - Address6= and Pool6= of runns.conf(5)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/section.h"

static void test_defaults(void **state)
{
	char pool[ADDR_TEXT_SIZE];

	(void)state;
	assert_int_equal(read_section("Address6 = AUTO\n"), 0);
	assert_true(memory[0].address6_auto);
	assert_int_equal(memory[0].address6.addr.family, 0);
	addr_format(&conf.pool6.addr, pool);
	assert_string_equal(pool, "fd72:756e:6e73::");
	assert_int_equal(conf.pool6.prefix, 48);
	assert_int_equal(conf.pool6_prefix, 64);
}

static void test_pool(void **state)
{
	(void)state;
	assert_int_equal(read_section("Address6 = fd72:756e:6e73::1/64\n"
				      "[runns]\nPool6 = 2001:db8:7::/64\n"
				      "Pool6Prefix = 96\n"), 0);
	assert_false(memory[0].address6_auto);
	assert_int_equal(conf.pool6.prefix, 64);
	assert_int_equal(conf.pool6.addr.bytes[5], 7);
	assert_int_equal(conf.pool6_prefix, 96);
}

static void test_beside(void **state)
{
	static const char *const good[] = {
		"Address6 = auto\nInterfaceOut = eth1\n",
		"Address6 = auto\nParent = b\n",
		"Address6 = auto\nMTU = 1280\n",
		"Address6 = auto\nvpn = /etc/x.conf\nKillSwitch = no\n",
		"Address6 = fd00::1/64\nGateway6 = fd00::2\nLink = move:x0\n",
		"Address6 = fd00::1/64\nGateway6 = fe80::1\nLink = move:x0\n",
		/* Others may be in that network. */
		"Address6 = fd00::1/64\nLink = move:x0\n"
		"[b]\nAddress6 = fd00::2/64\nLink = move:x1\n"
		"[c]\nAddress6 = fd00::3/48\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		if (read_section(good[i]) < 0)
			fail_msg("\"%s\": %u: %s", good[i], diag.line,
				 diag.text);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *lines;
		unsigned int line;
		const char *text;
	} bad[] = {
		{ "Address6 = 10.0.0.1/24\n", 2, "IPv6 ADDRESS/LENGTH" },
		{ "Address6 = automatic\n", 2, "IPv6 ADDRESS/LENGTH" },
		{ "Address6 = fd72:756e:6e73:9::1/64\n", 1,
		  "overlaps the Pool6 fd72:756e:6e73::/48" },
		{ "Address6 = fd72::1/16\n", 1, "overlaps the Pool6" },
		{ "Address6 = fd00::1/64\nLink = none\n", 1,
		  "Address6 and also Link=none" },
		{ "Address6 = auto\nLink = bridge:br0\n"
		  "Address = 10.0.0.5/24\n", 1, "needs an address of that" },
		{ "Address6 = auto\nvpn = /etc/x.conf\n", 1,
		  "behind the kill switch" },
		{ "Address6 = auto\nMTU = 1279\n", 1, "an MTU below 1280" },
		{ "Gateway6 = 10.0.0.1\n", 2, "IPv6 address of a router" },
		{ "Gateway6 = ff02::1\n", 2, "IPv6 address of a router" },
		{ "Gateway6 = ::1\n", 2, "IPv6 address of a router" },
		{ "Gateway6 = fd00::2\n", 1, "Gateway6 of [a]" },
		{ "Address6 = fd00::1/64\nGateway6 = fd00::2\n", 1,
		  "not with Link=veth" },
		{ "Address6 = fd00::1/64\nGateway6 = fd00::1\n"
		  "Link = move:x0\n", 1, "Gateway6 of [a]" },
		{ "Address6 = fd00::1/64\nGateway6 = fd00:1::1\n"
		  "Link = move:x0\n", 1, "Gateway6 of [a]" },
		{ "[runns]\nPool6 = 10.0.0.0/8\n", 3, "IPv6 ADDRESS/LENGTH" },
		{ "[runns]\nPool6 = fd00::1/48\n", 3, "bits set behind" },
		{ "[runns]\nPool6 = fe80::/64\n", 3, "nor unique local" },
		{ "[runns]\nPool6 = ::/16\n", 3, "nor unique local" },
		{ "[runns]\nPool6 = fd00::/15\n", 3, "must be 16 to 127" },
		{ "[runns]\nPool6 = fd00::/72\n", 3,
		  "Pool6Prefix 64 does not fit into Pool6 fd00::/72" },
		{ "[runns]\nPool6Prefix = 47\n", 3,
		  "Pool6Prefix 47 does not fit into Pool6" },
		{ "[runns]\nPool6Prefix = 128\n", 3, "number from 16 to 127" },
		{ "[runns]\nPool6Prefix = x\n", 3, "number from 16 to 127" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(read_section(bad[i].lines), -EINVAL);
		if (diag.line != bad[i].line || !strstr(diag.text, bad[i].text))
			fail_msg("\"%s\": %u: %s", bad[i].lines, diag.line,
				 diag.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_beside),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
