/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_resolv.c - the lines of a resolv.conf(5)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/base.h"
#include "net/resolv.h"

static void test_lines(void **state)
{
	const char *text = "one\n\nthree\r\nlast";
	static const char *const want[] = { "one", "", "three\r", "last" };
	struct slice line;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(resolv_next(&text, &line));
		assert_true(slice_is(line, want[i]));
	}
	assert_false(resolv_next(&text, &line));
	assert_false(resolv_next(&text, &line));
}

static void test_words(void **state)
{
	static const struct {
		const char *line;
		const char *rest;	/* NULL: not of that word */
	} cases[] = {
		{ "nameserver 192.0.2.1", "192.0.2.1" },
		{ "nameserver\t \t192.0.2.1 \t\r", "192.0.2.1" },
		{ "nameserver 192.0.2.1 # mine", "192.0.2.1 # mine" },
		{ "nameserver ", "" },
		{ "nameserver", NULL },
		{ "nameservers 192.0.2.1", NULL },
		{ "nameserver:192.0.2.1", NULL },
		{ " nameserver 192.0.2.1", NULL },
		{ "#nameserver 192.0.2.1", NULL },
		{ "NAMESERVER 192.0.2.1", NULL },
		{ "name", NULL },
		{ "", NULL },
	};
	struct slice rest;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct slice line = { cases[i].line, strlen(cases[i].line) };
		bool is = resolv_line(line, "nameserver", &rest);

		assert_int_equal(is, cases[i].rest != NULL);
		if (is)
			assert_true(slice_is(rest, cases[i].rest));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
