/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_oc_env.c - openconnect's variables, and its options
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/oc_env.h"

static struct oc_env env;

/* Reads "NAME=VALUE" lines. */
static void read_env(const char *lines)
{
	memset(&env, 0, sizeof(env));
	while (*lines) {
		size_t len = strcspn(lines, "\n");
		size_t name = strcspn(lines, "=");

		oc_env_add(&env, (struct slice){ lines, name },
			   (struct slice){ lines + name + 1, len - name - 1 });
		lines += len + (lines[len] == '\n');
	}
}

static void test_whole(void **state)
{
	(void)state;
	read_env("reason=connect\nTUNDEV=rv-1\nINTERNAL_IP4_ADDRESS=10.0.0.2\n"
		 "INTERNAL_IP4_NETMASKLEN=24\nINTERNAL_IP4_MTU=1400\n"
		 "INTERNAL_IP4_DNS=10.0.0.1 10.0.0.3\n"
		 "INTERNAL_IP6_ADDRESS=fd00::2\nINTERNAL_IP6_NETMASK=fd00::2/64\n"
		 "CISCO_DEF_DOMAIN=a.test b.test\n");
	assert_int_equal(env.reason, OC_CONNECT);
	assert_int_equal(oc_env_tunnel(&env), 0);
	assert_int_equal(env.left_out, 0);
	assert_int_equal(env.tunnel.n_addrs, 2);
	assert_int_equal(env.tunnel.addrs[0].prefix, 24);
	assert_int_equal(env.tunnel.addrs[1].prefix, 64);
	assert_int_equal(env.tunnel.n_routes, 2);
	assert_int_equal(env.tunnel.n_dns, 2);
	assert_int_equal(env.tunnel.n_search, 2);
	assert_int_equal(env.tunnel.mtu, 1400);
}

/* Routes that are told take the place of the default one. */
static void test_split(void **state)
{
	(void)state;
	read_env("reason=connect\nINTERNAL_IP4_ADDRESS=10.0.0.2\n"
		 "CISCO_SPLIT_INC=1000000000\nCISCO_SPLIT_INC_0_ADDR=10.1.0.0\n"
		 "CISCO_SPLIT_INC_0_MASKLEN=16\nCISCO_SPLIT_INC_1_ADDR=10.2.0.0\n"
		 "CISCO_IPV6_SPLIT_INC_0_ADDR=2001:db8::\n");
	assert_int_equal(oc_env_tunnel(&env), 0);
	assert_int_equal(env.tunnel.n_routes, 1);
	assert_int_equal(env.tunnel.routes[0].prefix, 16);
	assert_int_equal(env.tunnel.addrs[0].prefix, 32);
}

static void test_excluded(void **state)
{
	(void)state;
	read_env("INTERNAL_IP4_ADDRESS=10.0.0.2\nCISCO_SPLIT_EXC=1\n"
		 "CISCO_SPLIT_EXC_0_ADDR=192.168.7.9\n"
		 "CISCO_SPLIT_EXC_0_MASKLEN=24\n"
		 "CISCO_IPV6_SPLIT_EXC_3_ADDR=2001:db8::\n"
		 "CISCO_IPV6_SPLIT_EXC_3_MASKLEN=32\n"
		 "CISCO_SPLIT_EXC_1_ADDR=127.0.0.0\n"
		 "CISCO_SPLIT_EXC_1_MASKLEN=8\n");
	assert_int_equal(oc_env_tunnel(&env), 0);
	assert_int_equal(env.tunnel.n_routes, 1);
	assert_int_equal(env.tunnel.routes[0].prefix, 0);
	assert_int_equal(env.away.n_routes, 2);
	assert_int_equal(env.away.routes[0].prefix, 24);
	assert_int_equal(env.away.routes[0].addr.bytes[3], 0);
	assert_int_equal(env.away.routes[1].addr.family, 6);
	assert_int_equal(env.left_out, 1);
	assert_false(env.too_many);
}

/* A list that cannot be read is no reason to send everything. */
static void test_counts(void **state)
{
	(void)state;
	read_env("INTERNAL_IP4_ADDRESS=10.0.0.2\nCISCO_SPLIT_INC=2\n");
	assert_int_equal(oc_env_tunnel(&env), 0);
	assert_int_equal(env.tunnel.n_routes, 0);
	read_env("INTERNAL_IP4_ADDRESS=10.0.0.2\nCISCO_SPLIT_INC=0\n");
	assert_int_equal(oc_env_tunnel(&env), 0);
	assert_int_equal(env.tunnel.n_routes, 1);
	read_env("CISCO_SPLIT_INC=1000000000\n");
	assert_true(env.too_many);
	read_env("CISCO_IPV6_SPLIT_EXC=257\n");
	assert_true(env.too_many);
}

/* A split tunnel leads to its name servers. */
static void test_servers(void **state)
{
	(void)state;
	read_env("INTERNAL_IP4_ADDRESS=10.0.0.2\nINTERNAL_IP4_DNS=10.9.9.9\n"
		 "CISCO_SPLIT_INC_0_ADDR=10.1.0.0\nCISCO_SPLIT_INC_0_MASKLEN=16\n");
	assert_int_equal(oc_env_tunnel(&env), 0);
	assert_int_equal(env.tunnel.n_routes, 2);
	assert_int_equal(env.tunnel.routes[1].prefix, 32);
	assert_int_equal(env.tunnel.routes[1].addr.bytes[3], 9);
}

static void test_nonsense(void **state)
{
	static const char *const lines[] = {
		"INTERNAL_IP4_ADDRESS=10.0.0.256\n",
		"INTERNAL_IP4_ADDRESS=fd00::1\n",
		"INTERNAL_IP4_NETMASKLEN=33\n",
		"INTERNAL_IP4_MTU=0\n",
		"INTERNAL_IP4_MTU=70000\n",
		"INTERNAL_IP4_DNS=10.0.0.1;id\n",
		"INTERNAL_IP6_ADDRESS=10.0.0.1\n",
		"CISCO_DEF_DOMAIN=a\"b\n",
		"CISCO_SPLIT_INC_256_ADDR=10.0.0.0\n",
		"CISCO_SPLIT_INC_0_ADDR=x\n",
		"CISCO_SPLIT_INC_0_MASKLEN=99\n",
		"CISCO_SPLIT_INC_-1_ADDR=10.0.0.0\n",
		"CISCO_SPLIT_INC=1e9\n",
		"CISCO_SPLIT_EXC_256_ADDR=10.0.0.0\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		read_env(lines[i]);
		assert_int_equal(env.left_out, 1);
	}
	read_env("reason=sideways\n");
	assert_int_equal(env.reason, OC_OTHER);
	assert_int_equal(oc_env_tunnel(&env), -EINVAL);
	read_env("INTERNAL_IP4_ADDRESS=127.0.0.1\n");
	assert_int_equal(oc_env_tunnel(&env), -EINVAL);
}

static void test_words(void **state)
{
	static const char *const bad[] = {
		"", "--user x", "a.test --user", "a.test --script /bin/id",
		"a.test --config /x", "a.test --user --script", "a.test b.test",
		"a.test -s x", "a.test --csd-wrapper /x", "a.test --user=x y",
	};
	struct oc_words w;
	const char *passwd;
	size_t i;

	(void)state;
	assert_null(oc_words("a.test --user bob --passwd-file /p", &w, &passwd));
	assert_int_equal(w.n, 5);
	assert_string_equal(w.words[0], "a.test");
	assert_string_equal(passwd, "/p");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_non_null(oc_words(bad[i], &w, &passwd));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_excluded),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
