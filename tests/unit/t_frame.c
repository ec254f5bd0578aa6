/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_frame.c - which frames from inside pass
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/base.h"
#include "rootless/frame.h"

enum { TCP = 6, UDP = 17, ICMP = 1, ICMP6 = 58, SCTP = 132 };

static const struct frame_rules normal = {
	.net = 0x0a000200,
	.mask = 0xffffff00,
	.gateway = 0x0a000202,
	.server = 0x0a000203,
	.prefix6 = 0xfd00000000000000,
	.gateway6 = 2,
	.server6 = 3,
	.ipv6 = true,
	.dns = true,
};

/* Addresses as text, and what lies behind the IP header: ports. */
static size_t build(uint8_t *f, const char *from, const char *to, int proto,
		    uint16_t port)
{
	bool v6 = strchr(from, ':') != NULL;
	uint8_t *ip = f + FRAME_ETHER;
	size_t size = v6 ? 40 : 20;

	memset(f, 0, 100);
	f[12] = v6 ? 0x86 : 0x08;
	f[13] = v6 ? 0xdd : 0x00;
	ip[0] = v6 ? 0x60 : 0x45;
	ip[v6 ? 5 : 3] = (uint8_t)(v6 ? 8 : size + 8);
	ip[v6 ? 6 : 9] = (uint8_t)proto;
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, from,
				   ip + (v6 ? 8 : 12)), 1);
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, to,
				   ip + (v6 ? 24 : 16)), 1);
	ip[size + 2] = (uint8_t)(port >> 8);
	ip[size + 3] = (uint8_t)port;
	return FRAME_ETHER + size + 8;
}

static enum frame_verdict judge(const struct frame_rules *rules,
				const char *to, int proto, uint16_t port)
{
	const char *from = strchr(to, ':') ? "fd00::100" : "10.0.2.100";
	uint8_t f[100];
	size_t len = build(f, from, to, proto, port);

	return frame_judge(rules, f, len);
}

static void passes(void **state)
{
	(void)state;
	assert_int_equal(judge(&normal, "198.51.100.1", TCP, 80), FRAME_PASS);
	assert_int_equal(judge(&normal, "192.168.1.1", UDP, 53), FRAME_PASS);
	assert_int_equal(judge(&normal, "2001:db8::1", TCP, 80), FRAME_PASS);
	assert_int_equal(judge(&normal, "10.0.2.2", ICMP, 0), FRAME_PASS);
	assert_int_equal(judge(&normal, "fd00::2", ICMP6, 0), FRAME_PASS);
	assert_int_equal(judge(&normal, "ff02::2", ICMP6, 0), FRAME_PASS);
	assert_int_equal(judge(&normal, "10.0.2.3", UDP, 53), FRAME_QUESTION);
	assert_int_equal(judge(&normal, "10.0.2.3", TCP, 53), FRAME_QUESTION);
	assert_int_equal(judge(&normal, "fd00::3", UDP, 53), FRAME_QUESTION);
}

static void host_is_closed(void **state)
{
	static const char *const names[] = {
		"127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3",
		"10.0.2.2", "10.0.2.3", "10.0.2.255", "10.0.2.7",
		"224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1",
		"::ffff:198.51.100.1", "fd00::2", "fd00::3", "fd00::7",
		"fe80::2", "febf::1", "ff02::1", "ff0e::1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(judge(&normal, names[i], TCP, 8080),
				 FRAME_DROP);
		assert_int_equal(judge(&normal, names[i], UDP, 8080),
				 FRAME_DROP);
	}
	assert_int_equal(judge(&normal, "127.0.0.1", ICMP, 0), FRAME_DROP);
	assert_int_equal(judge(&normal, "::1", ICMP6, 0), FRAME_DROP);
	assert_int_equal(judge(&normal, "198.51.100.1", SCTP, 0), FRAME_DROP);
	assert_int_equal(judge(&normal, "2001:db8::1", SCTP, 0), FRAME_DROP);
	assert_int_equal(judge(&normal, "2001:db8::1", 44, 0), FRAME_DROP);
}

static void options_open_and_close(void **state)
{
	struct frame_rules r = normal;

	(void)state;
	r.loopback = true;
	assert_int_equal(judge(&r, "10.0.2.2", TCP, 8080), FRAME_PASS);
	assert_int_equal(judge(&r, "fd00::2", UDP, 8080), FRAME_PASS);
	assert_int_equal(judge(&r, "127.0.0.1", TCP, 8080), FRAME_DROP);
	assert_int_equal(judge(&r, "10.0.2.3", TCP, 8080), FRAME_DROP);
	r.dns = false;
	assert_int_equal(judge(&r, "10.0.2.3", UDP, 53), FRAME_DROP);
	assert_int_equal(judge(&r, "fd00::3", UDP, 53), FRAME_DROP);
	r.ipv6 = false;
	assert_int_equal(judge(&r, "2001:db8::1", TCP, 80), FRAME_DROP);
}

static void sources(void **state)
{
	static const char *const bad4[] = { "10.0.2.2", "10.0.2.3",
					    "10.0.3.1", "127.0.0.1" };
	static const char *const bad6[] = { "fd00::2", "fd00::3", "fd01::1",
					    "::1", "fe80::1" };
	uint8_t f[100];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad4); i++) {
		len = build(f, bad4[i], "198.51.100.1", TCP, 80);
		assert_int_equal(frame_judge(&normal, f, len), FRAME_DROP);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad6); i++) {
		len = build(f, bad6[i], "2001:db8::1", TCP, 80);
		assert_int_equal(frame_judge(&normal, f, len), FRAME_DROP);
	}
}

static void shapes(void **state)
{
	uint8_t f[100];
	size_t len = build(f, "10.0.2.100", "198.51.100.1", TCP, 80);

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(frame_judge(&normal, f, n), FRAME_DROP);
	f[FRAME_ETHER + 6] = 0x20;	/* more fragments */
	assert_int_equal(frame_judge(&normal, f, len), FRAME_DROP);
	f[FRAME_ETHER + 6] = 0;
	f[FRAME_ETHER + 7] = 1;		/* a later one */
	assert_int_equal(frame_judge(&normal, f, len), FRAME_DROP);
	f[FRAME_ETHER + 7] = 0;
	f[FRAME_ETHER + 6] = 0x40;	/* not to be cut */
	assert_int_equal(frame_judge(&normal, f, len), FRAME_PASS);
	f[FRAME_ETHER] = 0x46;		/* with options */
	assert_int_equal(frame_judge(&normal, f, len), FRAME_DROP);
	len = build(f, "fd00::100", "2001:db8::1", UDP, 80);
	for (size_t n = 0; n < len; n++)
		assert_int_equal(frame_judge(&normal, f, n), FRAME_DROP);
	/* The server's port lies behind the end. */
	len = build(f, "10.0.2.100", "10.0.2.3", UDP, 53);
	f[FRAME_ETHER + 3] = 23;
	assert_int_equal(frame_judge(&normal, f, len), FRAME_DROP);
	f[13] = 0x06;			/* ARP */
	assert_int_equal(frame_judge(&normal, f, 42), FRAME_PASS);
	assert_int_equal(frame_judge(&normal, f, 41), FRAME_DROP);
	f[12] = 0x88;
	assert_int_equal(frame_judge(&normal, f, 42), FRAME_DROP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes),
		cmocka_unit_test(host_is_closed),
		cmocka_unit_test(options_open_and_close),
		cmocka_unit_test(sources),
		cmocka_unit_test(shapes),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
