/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_buf.c - bounded text: what fits, and that a text that does not is told
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"

static void test_append(void **state)
{
	BUF(b, 32);

	(void)state;
	assert_string_equal(b.text, "");
	buf_adds(&b, "one");
	buf_addc(&b, ' ');
	buf_add(&b, "two-three", 3);
	buf_addf(&b, " %d%s", 3, "!");
	buf_add(&b, NULL, 0);
	buf_adds(&b, "");
	assert_string_equal(b.text, "one two 3!");
	assert_int_equal(b.len, 10);
	assert_int_equal(buf_status(&b), 0);
}

static void test_exact_fit(void **state)
{
	BUF(b, 4);

	(void)state;
	buf_adds(&b, "abc");
	assert_int_equal(buf_status(&b), 0);
	assert_string_equal(b.text, "abc");
	buf_adds(&b, "");
	assert_int_equal(buf_status(&b), 0);
	buf_addc(&b, 'd');
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
	assert_string_equal(b.text, "abc");
}

static void test_formatted_fit(void **state)
{
	BUF(b, 4);

	(void)state;
	buf_addf(&b, "%d", 123);
	assert_int_equal(buf_status(&b), 0);
	assert_string_equal(b.text, "123");
	buf_addf(&b, "%s", "");
	assert_int_equal(buf_status(&b), 0);
	buf_addf(&b, "%s", "4");
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
	assert_string_equal(b.text, "123");
}

/* What does not fit is left out whole, and so is all that follows. */
static void test_no_hole(void **state)
{
	BUF(b, 8);

	(void)state;
	buf_adds(&b, "/run");
	buf_adds(&b, "/netns");
	buf_addc(&b, 'x');
	buf_addf(&b, "%s", "y");
	assert_string_equal(b.text, "/run");
	assert_int_equal(b.len, 4);
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
}

static void test_formatted_no_hole(void **state)
{
	BUF(b, 8);

	(void)state;
	buf_adds(&b, "/run");
	buf_addf(&b, "/%s", "netns");
	buf_adds(&b, "x");
	assert_string_equal(b.text, "/run");
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
}

static void test_one_byte(void **state)
{
	char memory[2] = { 'x', 'y' };
	struct buf b;

	(void)state;
	buf_init(&b, memory, 1);
	assert_int_equal(memory[0], '\0');
	assert_int_equal(buf_status(&b), 0);
	buf_addc(&b, 'a');
	buf_addf(&b, "a");
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
	assert_int_equal(memory[0], '\0');
	assert_int_equal(memory[1], 'y');
}

/* A length near SIZE_MAX must not wrap around. */
static void test_huge_length(void **state)
{
	BUF(b, 8);

	(void)state;
	buf_adds(&b, "ab");
	buf_add(&b, "c", SIZE_MAX);
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
	assert_string_equal(b.text, "ab");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_exact_fit),
		cmocka_unit_test(test_formatted_fit),
		cmocka_unit_test(test_no_hole),
		cmocka_unit_test(test_formatted_no_hole),
		cmocka_unit_test(test_one_byte),
		cmocka_unit_test(test_huge_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
