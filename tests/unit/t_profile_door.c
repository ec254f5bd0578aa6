/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_profile_door.c - Forward of runns.conf(5)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/profile_door.h"
#include "tests/unit/section.h"

static void assert_port(size_t i, bool udp, unsigned int port,
			unsigned int inside)
{
	assert_int_equal(memory[0].forwards[i].udp, udp);
	assert_int_equal(memory[0].forwards[i].port, port);
	assert_int_equal(memory[0].forwards[i].inside_port, inside);
}

static void test_several(void **state)
{
	static const uint8_t addr[] = { 192, 0, 2, 7 };

	(void)state;
	assert_int_equal(read_section("Forward = tcp:8080:80\n"
				      "forward = UDP:192.0.2.7:53:5353\n"
				      "Forward = tcp:65535:1\n"), 0);
	assert_int_equal(memory[0].n_forwards, 3);
	assert_port(0, false, 8080, 80);
	assert_int_equal(memory[0].forwards[0].addr.family, 0);
	assert_port(1, true, 53, 5353);
	assert_int_equal(memory[0].forwards[1].addr.family, 4);
	assert_memory_equal(memory[0].forwards[1].addr.bytes, addr, 4);
	assert_port(2, false, 65535, 1);
}

static void test_inet6(void **state)
{
	static const uint8_t addr[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };

	(void)state;
	assert_int_equal(read_section("Address6 = auto\n"
				      "Forward = tcp:[2001:db8::1]:80:8080\n"
				      "Forward = udp:[fd00::9]:53:53\n"), 0);
	assert_port(0, false, 80, 8080);
	assert_int_equal(memory[0].forwards[0].addr.family, 6);
	assert_memory_equal(memory[0].forwards[0].addr.bytes, addr, 16);
	assert_port(1, true, 53, 53);
}

static void test_text(void **state)
{
	static const char *const texts[] = {
		"tcp:80:8080", "udp:192.0.2.1:53:53",
		"tcp:[2001:db8::1]:65535:1",
		"udp:[2001:db8:1111:2222:3333:4444:5555:6666]:65535:65535",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct slice text = { texts[i], strlen(texts[i]) };
		char out[PROFILE_FORWARD_TEXT_SIZE];
		struct profile_forward f;

		assert_int_equal(profile_forward_read(text, &f), 0);
		profile_forward_format(&f, out);
		assert_string_equal(out, texts[i]);
	}
}

/* One port, seen at different addresses or by different protocols. */
static void test_apart(void **state)
{
	(void)state;
	assert_int_equal(read_section("Forward = tcp:80:80\n"
				      "Forward = udp:80:80\n"
				      "[b]\n"
				      "Forward = tcp:192.0.2.1:80:80\n"
				      "[c]\n"
				      "Forward = tcp:192.0.2.2:80:80\n"
				      "[d]\nAddress6 = auto\n"
				      "Forward = tcp:[fd00::1]:80:80\n"), 0);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"tcp", "tcp:80", "80:80", "tcp:80:", "tcp::80:80", "tcp::80",
		"tcp:0:80", "tcp:80:0", "tcp:65536:80", "tcp:80:65536",
		"tcp:+80:80", "tcp:80:80:80:80", "sctp:80:80", ":80:80",
		"tcp:host.test:80:80", "tcp:127.0.0.1:80:80",
		"tcp:0.0.0.0:80:80", "tcp:224.0.0.1:80:80",
		"tcp:[::1]:80:80", "tcp:[::]:80:80", "tcp:[fe80::1]:80:80",
		"tcp:[ff02::1]:80:80", "tcp:2001:db8::1:80:80",
		"tcp:[2001:db8::1:80:80", "tcp:2001:db8::1]:80:80",
		"tcp:[192.0.2.1]:80:80", "tcp:[]:80:80", "tcp:[:80:80",
		"tcp:[::ffff:192.0.2.1]:80:80", "tcp:192.0.2:80:80", "tcp:80 80", "tcp:80:8 0",
		":", "::", "tcp:", "tcp::", "tcp:::",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char line[100];

		snprintf(line, sizeof(line), "Forward = %s\n", bad[i]);
		assert_int_equal(read_section(line), -EINVAL);
		assert_int_equal(diag.line, 2);
	}
}

static void assert_refused(const char *lines, unsigned int line,
			   const char *why)
{
	char text[600];

	assert_int_equal(read_section(lines), -EINVAL);
	diag_format(&diag, text, sizeof(text));
	assert_int_equal(diag.line, line);
	assert_non_null(strstr(text, why));
}

static void test_check(void **state)
{
	(void)state;
	assert_refused("Forward = tcp:80:80\nForward = tcp:80:81\n", 3,
		       "given twice");
	assert_refused("Forward = udp:80:80\n[b]\nMTU = 1400\n"
		       "Forward = udp:80:81\n", 5, "[a] at t.conf:2");
	assert_refused("Address6 = auto\nForward = tcp:[fd00::1]:80:80\n[b]\n"
		       "Address6 = auto\nForward = tcp:[fd00::1]:80:81\n", 6,
		       "[a] at t.conf:3");
	assert_refused("Forward = tcp:[fd00::1]:80:80\n", 2, "no Address6");
	assert_refused("Link = none\nForward = tcp:80:80\n", 3, "Link");
	assert_refused("vpn = /etc/a.conf\nForward = tcp:80:80\n"
		       "Isolate = no\n", 3, "kill switch and Isolate=no");
	assert_refused("[b]\nParent = a\nForward = tcp:80:80\n", 4, "Parent");
}

static void test_many(void **state)
{
	char lines[TEXT_SIZE - 10] = "";
	size_t len = 0;
	unsigned int i;

	(void)state;
	for (i = 1; i <= PROFILE_FORWARDS_MAX; i++)
		len += (size_t)snprintf(lines + len, sizeof(lines) - len,
					"Forward = tcp:%u:80\n", i);
	assert_int_equal(read_section(lines), 0);
	snprintf(lines + len, sizeof(lines) - len, "Forward = tcp:99:80\n");
	assert_refused(lines, PROFILE_FORWARDS_MAX + 2, "more than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_inet6),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
