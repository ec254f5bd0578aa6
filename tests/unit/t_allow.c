/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_allow.c - Allow of runns.conf(5): destinations, lists of them, sections
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/profile_allow.h"
#include "tests/unit/section.h"

static int parse(const char *text, struct allow *out,
		 struct allow_fault *fault)
{
	return allow_parse((struct slice){ text, strlen(text) }, out, fault);
}

static const struct {
	const char *text;
	const char *again;	/* NULL: the same */
	enum allow_kind kind;
} good[] = {
	{ "10.0.0.0/8", NULL, ALLOW_NET },
	{ "192.0.2.1", "192.0.2.1/32", ALLOW_NET },
	{ "192.0.2.0/31", NULL, ALLOW_NET },
	{ "2001:db8::/32", NULL, ALLOW_NET },
	{ "fd00::1", "fd00::1/128", ALLOW_NET },
	{ "192.0.2.1:22/tcp", NULL, ALLOW_PORT },
	{ "192.0.2.1:65535/udp", NULL, ALLOW_PORT },
	{ "[2001:db8:0::1]:53/udp", "[2001:db8::1]:53/udp", ALLOW_PORT },
	{ "host:631/tcp", NULL, ALLOW_HOST },
	{ "lan", NULL, ALLOW_LAN },
};

static void test_good(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		char text[ALLOW_TEXT_SIZE];
		struct allow_fault fault;
		struct allow a;

		assert_int_equal(parse(good[i].text, &a, &fault), 0);
		assert_int_equal(a.kind, good[i].kind);
		allow_format(&a, text);
		assert_string_equal(text, good[i].again ? good[i].again :
							  good[i].text);
	}
}

/* @at: the part that is wrong */
static const struct {
	const char *text;
	const char *at;
} bad[] = {
	{ "", "" },
	{ "any", "any" },
	{ "LAN", "LAN" },
	{ "host", "host" },
	{ "host:22", "host:22" },
	{ "host:/tcp", "" },
	{ "host:0/tcp", "0" },
	{ "host:65536/tcp", "65536" },
	{ "host:22/sctp", "sctp" },
	{ "host:22/TCP", "TCP" },
	{ "host.test:22/tcp", "host.test" },
	{ "example.org", "example.org" },
	{ "192.0.2.1:22", "192.0.2.1:22" },
	{ "192.0.2.1/24", "192.0.2.1/24" },
	{ "192.0.2.0/33", "192.0.2.0/33" },
	{ "192.0.2.0/", "192.0.2.0/" },
	{ "192.0.2.0/24:22/tcp", "192.0.2.0/24" },
	{ "0.0.0.0/0", "0.0.0.0/0" },
	{ "64.0.0.0/2", "64.0.0.0/2" },
	{ "127.0.0.0/8", "127.0.0.0/8" },
	{ "127.0.0.1:53/udp", "127.0.0.1" },
	{ "224.0.0.251:5353/udp", "224.0.0.251" },
	{ "::/0", "::/0" },
	{ "2000::/3", "2000::/3" },
	{ "::1", "::1" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "fe80::/10", "fe80::/10" },
	{ "ff02::fb", "ff02::fb" },
	{ "2001:db8::1:53/udp", "2001:db8::1" },
	{ "[192.0.2.1]:53/udp", "[192.0.2.1]" },
	{ "[]:53/udp", "[]" },
	{ "[:53/udp", "[" },
};

static void test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct allow_fault fault = { .why = NULL };
		struct allow a;

		assert_int_equal(parse(bad[i].text, &a, &fault), -EINVAL);
		assert_non_null(fault.why);
		assert_true(slice_is(fault.at, bad[i].at));
		assert_in_range(fault.at.p - bad[i].text, 0,
				strlen(bad[i].text));
	}
}

/* One that another covers is not listed; the kernel would refuse both. */
static void test_list(void **state)
{
	static const char *const words[] = {
		"10.1.0.0/16", "10.2.3.4:80/tcp", "host:22/tcp", "lan", "lan",
		"10.2.3.4:80/udp", "10.0.0.0/8", "10.9.0.0/16", "host:22/tcp",
		"2001:db8::1", "2001:db8::/32",
	};
	struct allow_list list = { .n = 0 };
	struct allow_fault fault;
	struct allow a = { .kind = ALLOW_NET };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		assert_int_equal(parse(words[i], &a, &fault), 0);
		assert_int_equal(allow_add(&list, &a), 0);
	}
	assert_int_equal(list.n, 4);
	assert_true(allow_has(&list, ALLOW_LAN));
	assert_true(allow_has(&list, ALLOW_HOST));
	assert_false(allow_has(&list, ALLOW_PORT));
	a = (struct allow){ .kind = ALLOW_HOST };
	while (list.n < ALLOW_MAX) {
		a.port++;
		assert_int_equal(allow_add(&list, &a), 0);
	}
	a.port = 9999;
	assert_int_equal(allow_add(&list, &a), -ENOSPC);
}

static void test_section(void **state)
{
	struct allow_list list;

	(void)state;
	assert_int_equal(read_section("Allow = 192.0.2.0/24, host:22/tcp\n"
				      "allow = lan 198.51.100.1:53/udp\n"), 0);
	profile_allow_list(&memory[0], &list);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.list[3].kind, ALLOW_PORT);
}

static void assert_refused(const char *lines, unsigned int line,
			   unsigned int column, const char *text)
{
	assert_int_equal(read_section(lines), -EINVAL);
	assert_int_equal(diag.line, line);
	assert_int_equal(diag.column, column);
	assert_non_null(strstr(diag.text, text));
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused("Allow = lan, 192.0.2.1:99999/tcp\n", 2, 24,
		       "1 to 65535 expected, not \"99999\"");
	assert_refused("MTU = 1400\nAllow = lan\nIsolate = no\n", 3, 0,
		       "Isolate=no");
	assert_refused("Allow = lan\nLink = none\n", 2, 0, "veth");
	assert_refused("Allow = 2001:db8::/32\n", 2, 0, "Address6");
	assert_int_equal(read_section("Address6 = fd24:1::1/64\n"
				      "Allow = 2001:db8::/32\n"), 0);
	assert_refused("Allow = 10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16,"
		       "10.3.0.0/16,10.4.0.0/16,10.5.0.0/16,10.6.0.0/16,"
		       "10.7.0.0/16,10.8.0.0/16,10.9.0.0/16,11.0.0.0/16,"
		       "11.1.0.0/16,11.2.0.0/16,11.3.0.0/16,11.4.0.0/16,"
		       "11.5.0.0/16,11.6.0.0/16,11.7.0.0/16,11.8.0.0/16,"
		       "11.9.0.0/16,12.0.0.0/16,12.1.0.0/16,12.2.0.0/16,"
		       "12.3.0.0/16,12.4.0.0/16,12.5.0.0/16,12.6.0.0/16,"
		       "12.7.0.0/16,12.8.0.0/16,12.9.0.0/16,13.0.0.0/16,"
		       "13.1.0.0/16,13.2.0.0/16\n", 2, 395, "more than 32");
	assert_refused("Allow=lan\nAllow=lan\nAllow=lan\nAllow=lan\n"
		       "Allow=lan\nAllow=lan\nAllow=lan\nAllow=lan\n"
		       "Allow=lan\n", 10, 1, "more than 8");
}

/* Beside a VPN keys of the device mean something again. */
static void test_byway(void **state)
{
	(void)state;
	assert_int_equal(read_section("vpn = /etc/a.conf\nAllow = lan\n"
				      "Address = 10.77.0.1/30\nMTU = 1400\n"),
			 0);
	assert_true(profile_has_byway(&memory[0]));
	assert_int_equal(read_section("vpn = /etc/a.conf\n"
				      "Forward = tcp:80:80\n"), 0);
	assert_true(profile_has_byway(&memory[0]));
	assert_int_equal(read_section("vpn = /etc/a.conf\nAllow = lan\n"
				      "KillSwitch = no\n"), 0);
	assert_false(profile_has_byway(&memory[0]));
	assert_int_equal(read_section("vpn = /etc/a.conf\n"), 0);
	assert_false(profile_has_byway(&memory[0]));
	assert_refused("vpn = /etc/a.conf\nAddress = 10.77.0.1/30\n", 1, 0,
		       "Address");
	assert_refused("vpn = /etc/a.conf\nAllow = lan\nParent = b\n", 3, 0,
		       "Parent");
	assert_refused("vpn = /etc/a.conf\nAllow = lan\nLink = none\n", 3, 0,
		       "veth");
	assert_refused("vpn = /etc/a.conf\nAllow = 2001:db8::/32\n", 3, 0,
		       "Address6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_byway),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
