/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_num.c - decimal numbers: what is one, and what is not
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/num.h"

static const struct {
	const char *text;
	uint64_t max;
	int ret;
	uint64_t value;
} rows[] = {
	{ "0", 0, 0, 0 },
	{ "0", UINT64_MAX, 0, 0 },
	{ "7", 7, 0, 7 },
	{ "65535", 65535, 0, 65535 },
	{ "4294967294", 4294967294, 0, 4294967294 },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551615", UINT64_MAX - 1, -ERANGE, 0 },
	{ "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
	{ "99999999999999999999999", UINT64_MAX, -ERANGE, 0 },
	{ "1", 0, -ERANGE, 0 },
	{ "8", 7, -ERANGE, 0 },
	{ "10", 9, -ERANGE, 0 },
	{ "65536", 65535, -ERANGE, 0 },
	{ "4294967295", 4294967294, -ERANGE, 0 },
	{ "4294967296", 4294967294, -ERANGE, 0 },
	{ "", 9, -EINVAL, 0 },
	{ "00", 9, -EINVAL, 0 },
	{ "01", 9, -EINVAL, 0 },
	{ "+1", 9, -EINVAL, 0 },
	{ "-1", 9, -EINVAL, 0 },
	{ " 1", 9, -EINVAL, 0 },
	{ "1 ", 9, -EINVAL, 0 },
	{ "0x1", 99, -EINVAL, 0 },
	{ "1e1", 99, -EINVAL, 0 },
	{ "1.0", 99, -EINVAL, 0 },
	{ "1,0", 99, -EINVAL, 0 },
	{ "1\n", 99, -EINVAL, 0 },
	{ "\xd9\xa1", 99, -EINVAL, 0 },
	{ "/", 99, -EINVAL, 0 },
	{ ":", 99, -EINVAL, 0 },
	{ "99999999999999999999999x", UINT64_MAX, -EINVAL, 0 },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t value = 4711;
		int ret = num_parse(rows[i].text, strlen(rows[i].text),
				    rows[i].max, &value);

		if (ret != rows[i].ret)
			print_error("row %zu: \"%s\"\n", i, rows[i].text);
		assert_int_equal(ret, rows[i].ret);
		assert_true(value == (ret == 0 ? rows[i].value : 4711));
	}
}

/* The text has no terminator: only @len bytes count. */
static void test_length(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(num_parse("1234", 2, 99, &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(num_parse("1\0002", 3, 99, &value), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
