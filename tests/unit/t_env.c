/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_env.c - the strings of an environment, as they lie in memory
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "helper/env.h"

static void test_strings(void **state)
{
	char block[] = "A=1\0LD_PRELOAD=x\0\0NOEQ\0A=2";
	_cleanup_free_ char **env = NULL;

	(void)state;
	assert_int_equal(env_split(block, block + sizeof(block), &env), 0);
	assert_string_equal(env[0], "A=1");
	assert_string_equal(env[1], "LD_PRELOAD=x");
	assert_string_equal(env[2], "");
	assert_string_equal(env[3], "NOEQ");
	assert_string_equal(env[4], "A=2");
	assert_null(env[5]);
	assert_ptr_equal(env[0], block);
}

static void test_empty(void **state)
{
	char block[] = "";
	_cleanup_free_ char **env = NULL;

	(void)state;
	assert_int_equal(env_split(block, block, &env), 0);
	assert_null(env[0]);
}

static void test_no_end(void **state)
{
	char block[] = "A=1\0B=2";
	char **env = NULL;

	(void)state;
	assert_int_equal(env_split(block, block + sizeof(block) - 1, &env),
			 -EINVAL);
	assert_int_equal(env_split(block + 1, block, &env), -EINVAL);
	assert_null(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
