/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_servers.c - what an engine hears of the host's resolv.conf
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rootless/names.h"

static void filters(const char *text, const char *expected)
{
	BUF(out, NAMES_TEXT_SIZE);

	names_filter(text, strlen(text), &out);
	assert_string_equal(out.text, expected);
	assert_int_equal(buf_status(&out), 0);
}

static void servers(void **state)
{
	(void)state;
	filters("", "");
	filters("\n\n", "");
	filters("nameserver 192.0.2.1", "nameserver 192.0.2.1\n");
	filters("# x\nsearch a b\nnameserver \t192.0.2.1 # y\noptions edns0\n",
		"nameserver 192.0.2.1\n");
	filters("nameserver ::1\nnameserver 127.0.0.53\n",
		"nameserver ::1\nnameserver 127.0.0.53\n");
}

static void others(void **state)
{
	(void)state;
	filters("nameserver\n", "");
	filters("nameserver \n", "");
	filters("nameservers 192.0.2.1\n", "");
	filters(" nameserver 192.0.2.1\n", "");
	filters("nameserver fe80::1%eth0\nnameserver 1.2.3\nnameserver x\n",
		"");
}

static void three_at_most(void **state)
{
	(void)state;
	filters("nameserver 10.0.0.1\nnameserver 10.0.0.2\n"
		"nameserver 10.0.0.3\nnameserver 10.0.0.4\n",
		"nameserver 10.0.0.1\nnameserver 10.0.0.2\n"
		"nameserver 10.0.0.3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers),
		cmocka_unit_test(others),
		cmocka_unit_test(three_at_most),
	};

	return cmocka_run_group_tests_name("servers", tests, NULL, NULL);
}
