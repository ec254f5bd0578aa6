/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_addr.c - addresses and prefixes, with inet_pton(3) and inet_ntop(3) as
 * the judges of what is one
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/policy/addr.h"

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

/* Reads @text twice; both must agree. */
static void compare(const char *text)
{
	int af = strchr(text, ':') ? AF_INET6 : AF_INET;
	struct addr a = { .family = 99 };
	uint8_t theirs[16] = { 0 };
	int ret = addr_parse(slice_of(text), &a);

	if ((ret == 0) != (inet_pton(af, text, theirs) == 1))
		print_error("%s\n", text);
	assert_int_equal(ret == 0, inet_pton(af, text, theirs) == 1);
	if (ret < 0) {
		assert_int_equal(ret, -EINVAL);
		assert_int_equal(a.family, 99);
		return;
	}
	assert_int_equal(a.family, af == AF_INET ? 4 : 6);
	assert_memory_equal(a.bytes, theirs, sizeof(theirs));
}

static void test_parse(void **state)
{
	static const char *const texts[] = {
		"1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1",
		"1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3",
		"01.2.3.4", "1.2.3.00", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4",
		"1.2.3.-4", "+1.2.3.4", "1e1.2.3.4", "1.2.3.1000", "a", "",
		"1", "1.2.3.4\n", "::", "::1", "1::", "1::2", "1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
		"1::2::3", ":::", "::::", ":", ":1", "1:", ":1:2::", "1::2:",
		"::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5::1.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "::1.2.3",
		"::ffff:10.0.0.1", "::FFFF:A.B.C.D", "fe80::1%eth0", "g::",
		"12345::", "::00001", "::0001", "fe80:0:0:0:0:0:0:1",
		"::1/128", "[::1]", "::1 ", "1:2:3:4:5:6:7:8:", "1.2.3.4:5",
		"1:2:3:4:5:6:7::8", "1:2:3:4::5:6:7:8", "::256.0.0.1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		compare(texts[i]);
}

static void test_parse_bracketed(void **state)
{
	static const struct {
		const char *text;
		uint8_t family;
	} texts[] = {
		{ "192.0.2.1", 4 }, { "[2001:db8::1]", 6 },
		{ "[192.0.2.1]", 0 }, { "2001:db8::1", 0 }, { "[", 0 },
		{ "]", 0 }, { "[]", 0 }, { "[::1", 0 }, { "::1]", 0 },
		{ "[[::1]]", 0 }, { "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct addr a = { .family = 0 };
		int ret = addr_parse_bracketed(slice_of(texts[i].text), &a);

		assert_int_equal(ret, texts[i].family ? 0 : -EINVAL);
		assert_int_equal(a.family, texts[i].family);
	}
}

/* Random texts of the bytes that addresses are made of. */
static void test_parse_random(void **state)
{
	static const char bytes[] = "0123af:.:.::1";

	(void)state;
	srandom(1);
	for (int n = 0; n < 300000; n++) {
		char text[24];
		size_t len = (size_t)random() % (sizeof(text) - 1);

		for (size_t i = 0; i < len; i++)
			text[i] = bytes[(size_t)random() % (sizeof(bytes) - 1)];
		text[len] = '\0';
		compare(text);
	}
}

/* Writes random addresses, many words of which are zero, and reads back. */
static void test_format(void **state)
{
	(void)state;
	srandom(2);
	for (int n = 0; n < 100000; n++) {
		struct addr a = { .family = n % 8 ? 6 : 4 }, b;
		char ours[ADDR_TEXT_SIZE], theirs[INET6_ADDRSTRLEN];
		int af = a.family == 4 ? AF_INET : AF_INET6;

		for (int i = 0; i < (a.family == 4 ? 4 : 16); i++)
			if (random() % 3 == 0)
				a.bytes[i] = (uint8_t)random();
		if (n % 5 == 0 && a.family == 6)
			a.bytes[10] = a.bytes[11] = 0xff;
		if (n % 10 < 4 && a.family == 6)
			memset(a.bytes, 0, 10 + (size_t)random() % 4);
		addr_format(&a, ours);
		assert_non_null(inet_ntop(af, a.bytes, theirs, sizeof(theirs)));
		assert_string_equal(ours, theirs);
		assert_int_equal(addr_parse(slice_of(ours), &b), 0);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static const struct {
	const char *text;
	int ret;
	uint8_t prefix;
	bool host_bits;
} nets[] = {
	{ "10.0.0.0/8", 0, 8, false },
	{ "10.0.0.1/8", 0, 8, true },
	{ "10.0.0.1/32", 0, 32, false },
	{ "0.0.0.0/0", 0, 0, false },
	{ "128.0.0.0/0", 0, 0, true },
	{ "10.128.0.0/9", 0, 9, false },
	{ "10.192.0.0/9", 0, 9, true },
	{ "fd00::/8", 0, 8, false },
	{ "fd01::/15", 0, 15, true },
	{ "::1/128", 0, 128, false },
	{ "::1/127", 0, 127, true },
	{ "10.0.0.0/33", -ERANGE, 0, false },
	{ "fd00::/129", -ERANGE, 0, false },
	{ "10.0.0.0/4294967304", -ERANGE, 0, false },
	{ "10.0.0.0", -EINVAL, 0, false },
	{ "10.0.0.0/", -EINVAL, 0, false },
	{ "/8", -EINVAL, 0, false },
	{ "10.0.0/8", -EINVAL, 0, false },
	{ "10.0.0.0/08", -EINVAL, 0, false },
	{ "10.0.0.0/-1", -EINVAL, 0, false },
	{ "10.0.0.0/+8", -EINVAL, 0, false },
	{ "10.0.0.0/8 ", -EINVAL, 0, false },
	{ "10.0.0.0/8/8", -EINVAL, 0, false },
	{ "10.0.0.0/255.0.0.0", -EINVAL, 0, false },
	{ "fe80::1%eth0/64", -EINVAL, 0, false },
	{ "fe80::/64%eth0", -EINVAL, 0, false },
};

static void test_nets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nets); i++) {
		struct addr_net net = { .prefix = 77 };
		int ret = addr_parse_net(slice_of(nets[i].text), &net);

		if (ret != nets[i].ret)
			print_error("%s\n", nets[i].text);
		assert_int_equal(ret, nets[i].ret);
		assert_int_equal(net.prefix, ret == 0 ? nets[i].prefix : 77);
		if (ret == 0)
			assert_int_equal(addr_has_host_bits(&net),
					 nets[i].host_bits);
	}
}

static const struct {
	const char *addr;
	const char *net;
	bool inside;
} members[] = {
	{ "10.1.2.3", "10.0.0.0/8", true },
	{ "11.1.2.3", "10.0.0.0/8", false },
	{ "10.1.2.3", "0.0.0.0/0", true },
	{ "10.127.0.1", "10.0.0.0/9", true },
	{ "10.128.0.1", "10.0.0.0/9", false },
	{ "10.0.0.1", "10.0.0.1/32", true },
	{ "10.0.0.2", "10.0.0.1/32", false },
	{ "10.0.0.1", "10.0.0.0/31", true },
	{ "10.0.0.2", "10.0.0.0/31", false },
	{ "fd00::1", "fd00::/8", true },
	{ "fe00::1", "fd00::/8", false },
	{ "::1", "::1/128", true },
	{ "::2", "::1/128", false },
	{ "::2", "::/0", true },
	{ "10.0.0.1", "::/0", false },
	{ "fd00::1", "0.0.0.0/0", false },
	/* IPv4-mapped addresses and networks are IPv4 */
	{ "::ffff:10.1.2.3", "10.0.0.0/8", true },
	{ "::ffff:11.1.2.3", "10.0.0.0/8", false },
	{ "::ffff:10.1.2.3", "::/0", false },
	{ "10.1.2.3", "::ffff:10.0.0.0/104", true },
	{ "11.1.2.3", "::ffff:10.0.0.0/104", false },
	{ "::ffff:11.1.2.3", "::ffff:0.0.0.0/96", true },
	{ "::fffe:10.1.2.3", "10.0.0.0/8", false },
	{ "1::ffff:10.1.2.3", "10.0.0.0/8", false },
};

static void test_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct addr_net net;
		struct addr a;

		assert_int_equal(addr_parse(slice_of(members[i].addr), &a), 0);
		assert_int_equal(addr_parse_net(slice_of(members[i].net), &net),
				 0);
		if (addr_in_net(&a, &net) != members[i].inside)
			print_error("%s %s\n", members[i].addr, members[i].net);
		assert_int_equal(addr_in_net(&a, &net), members[i].inside);
	}
}

static const struct {
	const char *a;
	const char *b;
	bool overlap;
} pairs[] = {
	{ "10.0.0.0/8", "10.1.0.0/16", true },
	{ "10.0.0.0/8", "11.0.0.0/8", false },
	{ "10.0.0.0/8", "0.0.0.0/0", true },
	{ "10.0.0.0/31", "10.0.0.2/31", false },
	{ "10.0.0.4/30", "10.0.0.7/32", true },
	{ "10.0.0.0/9", "10.128.0.0/9", false },
	{ "fd00::/8", "fd12::/64", true },
	{ "fd00::/64", "fd00:0:0:1::/64", false },
	{ "::/0", "0.0.0.0/0", false },
	{ "::ffff:10.0.0.0/104", "10.9.0.0/16", true },
};

static void test_overlap(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct addr_net a, b;

		assert_int_equal(addr_parse_net(slice_of(pairs[i].a), &a), 0);
		assert_int_equal(addr_parse_net(slice_of(pairs[i].b), &b), 0);
		if (addr_net_overlap(&a, &b) != pairs[i].overlap)
			print_error("%s %s\n", pairs[i].a, pairs[i].b);
		assert_int_equal(addr_net_overlap(&a, &b), pairs[i].overlap);
		assert_int_equal(addr_net_overlap(&b, &a), pairs[i].overlap);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_bracketed),
		cmocka_unit_test(test_parse_random),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_nets),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_overlap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
