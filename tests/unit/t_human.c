/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_human.c - numbers and tables for people
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/human.h"

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "0.9K" },
		{ 1024, "1.0K" },
		{ 1536, "1.5K" },
		{ 10239, "9.9K" },
		{ 10240, "10K" },
		{ 1023999, "999K" },
		{ 1024000, "0.9M" },
		{ 1048576, "1.0M" },
		{ 5000000000, "4.6G" },
		{ UINT64_MAX, "15E" },
	};
	char text[HUMAN_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		human_bytes(text, rows[i].bytes);
		assert_string_equal(text, rows[i].text);
	}
}

static void test_age(void **state)
{
	static const struct {
		long long seconds;
		const char *text;
	} rows[] = {
		{ -1, "-" },	  { 0, "0s" },	    { 59, "59s" },
		{ 60, "1m" },	  { 3599, "59m" },  { 3600, "1h" },
		{ 86399, "23h" }, { 86400, "1d" }, { 8640000, "100d" },
	};
	char text[HUMAN_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		human_age(text, rows[i].seconds);
		assert_string_equal(text, rows[i].text);
	}
}

static const struct table_column columns[] = {
	{ "NAME", false, 0 },
	{ "NOTE", false, 2 },
	{ "RX", true, 1 },
};

static const char *red(size_t column, const char *text)
{
	return column == 0 && strcmp(text, "b") == 0 ? "\033[31m" : NULL;
}

/* Prints the cells of two rows. */
static void printed(char *out, size_t size, size_t width, bool colour)
{
	static const char *const cells[] = { "a",   "\033[2J", "1",
					     "b", "gr\xc3\xbc\xc3\x9f", "200" };
	struct table t = { .columns = columns,
			   .n_columns = ARRAY_SIZE(columns),
			   .colour = colour ? red : NULL };
	FILE *file = fmemopen(out, size, "w");
	size_t i;

	assert_non_null(file);
	for (i = 0; i < ARRAY_SIZE(cells); i++)
		assert_int_equal(table_add(&t, cells[i]), 0);
	table_print(&t, file, width);
	table_free(&t);
	fclose(file);
}

static void test_table(void **state)
{
	char out[512];

	(void)state;
	printed(out, sizeof(out), 0, false);
	assert_string_equal(out, "NAME  NOTE      RX\n"
				 "a     \\x1b[2J    1\n"
				 "b     gr\xc3\xbc\xc3\x9f     200\n");
	printed(out, sizeof(out), 18, false);
	assert_non_null(strstr(out, "NOTE"));
	printed(out, sizeof(out), 17, false);
	assert_string_equal(out, "NAME   RX\na       1\nb     200\n");
	printed(out, sizeof(out), 8, false);
	assert_string_equal(out, "NAME\na\nb\n");
	printed(out, sizeof(out), 1, true);
	assert_string_equal(out, "NAME\na\n\033[31mb\033[0m\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
