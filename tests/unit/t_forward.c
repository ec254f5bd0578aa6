/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_forward.c - what can be said to `runnsctl forward`
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/policy/forward.h"

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static const struct {
	const char *text;
	const char *listen;
	const char *host;
	uint16_t port;
	bool udp;
} good[] = {
	{ "80:web:81", "127.0.0.1:80", "web", 81, false },
	{ "80:web:81/tcp", "127.0.0.1:80", "web", 81, false },
	{ "53:9.9.9.9:53/udp", "127.0.0.1:53", "9.9.9.9", 53, true },
	{ "localhost:1:h:65535", "127.0.0.1:1", "h", 65535, false },
	{ "10.0.0.1:80:web.example:80", "10.0.0.1:80", "web.example", 80,
	  false },
	{ "*:80:web.example.:80", "*:80", "web.example.", 80, false },
	{ "[::1]:80:[2001:db8::1]:8080", "[::1]:80", "2001:db8::1", 8080,
	  false },
	{ "[::]:80:a_b-c.1x:8080/udp", "[::]:80", "a_b-c.1x", 8080, true },
	{ "80:[::ffff:1.2.3.4]:80", "127.0.0.1:80", "::ffff:1.2.3.4", 80,
	  false },
	{ "80:1.a:80", "127.0.0.1:80", "1.a", 80, false },
	{ "80:localhost:80", "127.0.0.1:80", "localhost", 80, false },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct forward_spec spec;
		char listen[FORWARD_LISTEN_SIZE];

		assert_null(forward_parse(slice_of(good[i].text), &spec));
		forward_listen_format(&spec, listen);
		assert_string_equal(listen, good[i].listen);
		assert_string_equal(spec.host, good[i].host);
		assert_int_equal(spec.host_port, good[i].port);
		assert_int_equal(spec.udp, good[i].udp);
	}
}

static const struct {
	const char *text;
	const char *why;
} bad[] = {
	{ "", "expected" },
	{ ":", "expected" },
	{ "80", "expected" },
	{ "80:web", "expected" },
	{ "::", "from 1 to 65535" },
	{ "0:web:80", "from 1 to 65535" },
	{ "80:web:0", "from 1 to 65535" },
	{ "80:web:65536", "from 1 to 65535" },
	{ "080:web:80", "from 1 to 65535" },
	{ "80:web:", "from 1 to 65535" },
	{ "http:web:80", "from 1 to 65535" },
	{ "+80:web:80", "from 1 to 65535" },
	{ "[80]:web:80", "from 1 to 65535" },
	{ "80::80", "HOST is" },
	{ "80:*:80", "HOST is" },
	{ "80:-web:80", "HOST is" },
	{ "80:.web:80", "HOST is" },
	{ "80:web..example:80", "HOST is" },
	{ "80:we b:80", "HOST is" },
	{ "80:1.2.3:80", "HOST is" },
	{ "80:1.2.3.4.:80", "HOST is" },
	{ "80:127.1:80", "HOST is" },
	{ "80:1:80", "HOST is" },
	{ "80:a.256:80", "HOST is" },
	{ "80:\xc3\xa4:80", "HOST is" },
	{ ":80:web:80", "address to listen at" },
	{ "eth0:80:web:80", "address to listen at" },
	{ "host.example:80:web:80", "address to listen at" },
	{ "[*]:80:web:80", "brackets" },
	{ "[127.0.0.1]:80:web:80", "brackets" },
	{ "80:[127.0.0.1]:80", "brackets" },
	{ "80:[web]:80", "brackets" },
	{ "80:[::1:80", "brackets" },
	{ "80:[::1]80", "brackets" },
	{ "[::1%lo]:80:web:80", "brackets" },
	{ "[]:80:web:80", "brackets" },
	{ "80:::1:80", "colons" },
	{ "::1:80:web:80", "colons" },
	{ "1.2.3.4:80:web:80:", "colons" },
	{ "80:web:80/sctp", "/tcp and /udp" },
	{ "80:web:80/UDP", "/tcp and /udp" },
	{ "80:web:80/", "/tcp and /udp" },
	{ "80/udp:web:80", "/tcp and /udp" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct forward_spec spec = { .port = 7 };
		const char *why = forward_parse(slice_of(bad[i].text), &spec);

		if (!why || !strstr(why, bad[i].why))
			print_error("%s: %s\n", bad[i].text, why ? why : "-");
		assert_non_null(why);
		assert_non_null(strstr(why, bad[i].why));
		assert_int_equal(spec.port, 7);
	}
}

/* A name of the DNS has 253 bytes at most, a label of it 63. */
static void test_long(void **state)
{
	struct forward_spec spec;
	char text[300];

	(void)state;
	for (size_t len = 1; len < 270; len++) {
		bool fits = len < FORWARD_HOST_SIZE;
		char name[280];

		for (size_t i = 0; i < len; i++)
			name[i] = i % 64 == 63 ? '.' : 'a';
		name[len] = '\0';
		snprintf(text, sizeof(text), "80:%s:80", name);
		assert_int_equal(!forward_parse(slice_of(text), &spec), fits);
	}
	snprintf(text, sizeof(text), "80:%064d:80", 0);
	text[3] = 'a';
	assert_non_null(forward_parse(slice_of(text), &spec));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
