/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_jsonw.c - JSON: structure, and strings of any bytes
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/jsonw.h"

static char *text;
static size_t size;
static struct jsonw json;

static int begin(void **state)
{
	(void)state;
	json = (struct jsonw){ .file = open_memstream(&text, &size) };
	return json.file ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

static void test_structure(void **state)
{
	(void)state;
	jsonw_object(&json, NULL);
	jsonw_string(&json, "a", "b");
	jsonw_array(&json, "list");
	jsonw_number(&json, NULL, 0);
	jsonw_number(&json, NULL, UINT64_MAX);
	jsonw_object(&json, NULL);
	jsonw_object_end(&json);
	jsonw_array(&json, NULL);
	jsonw_array_end(&json);
	jsonw_array_end(&json);
	jsonw_bool(&json, "yes", true);
	jsonw_bool(&json, "no", false);
	jsonw_null(&json, "none");
	jsonw_object_end(&json);
	assert_int_equal(jsonw_finish(&json), 0);
	fclose(json.file);
	assert_string_equal(text, "{\"a\":\"b\",\"list\":[0,18446744073709551615,"
				  "{},[]],\"yes\":true,\"no\":false,\"none\":null}\n");
}

#define BYTES(literal) { literal, sizeof(literal) - 1 }

static const struct {
	struct {
		const char *p;
		size_t len;
	} in;
	const char *out;
} strings[] = {
	{ BYTES(""), "\"\"" },
	{ BYTES("a b~"), "\"a b~\"" },
	{ BYTES("\"\\/"), "\"\\\"\\\\/\"" },
	{ BYTES("\n\t\r\b"), "\"\\n\\t\\u000d\\u0008\"" },
	{ BYTES("a\0b"), "\"a\\u0000b\"" },
	{ BYTES("\x1b[1m\x7f"), "\"\\u001b[1m\\u007f\"" },
	{ BYTES("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7"),
	  "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"" },
	{ BYTES("\xc2\x9b"), "\"\\u009b\"" },
	{ BYTES("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8"),
	  "\"\\u202e\\u2066\\u2028\"" },
	{ BYTES("\xff"), "\"\\ufffd\"" },
	{ BYTES("\xc3"), "\"\\ufffd\"" },
	{ BYTES("\xc3("), "\"\\ufffd(\"" },
	{ BYTES("\xe2\x82"), "\"\\ufffd\\ufffd\"" },
	{ BYTES("\xc0\xaf"), "\"\\ufffd\\ufffd\"" },
	{ BYTES("\xe0\x80\xaf"), "\"\\ufffd\\ufffd\\ufffd\"" },
	{ BYTES("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"" },
	{ BYTES("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	{ BYTES("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"" },
	{ BYTES("\xf8\x88\x80\x80\x80"),
	  "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
};

static void test_strings(void **state)
{
	size_t i;

	(void)state;
	fclose(json.file);
	for (i = 0; i < ARRAY_SIZE(strings); i++) {
		end(NULL);
		begin(NULL);
		jsonw_text(&json, NULL, strings[i].in.p, strings[i].in.len);
		fclose(json.file);
		assert_string_equal(text, strings[i].out);
	}
}

/* Whatever the bytes are, nothing but printable ASCII and UTF-8 comes out. */
static void test_every_byte(void **state)
{
	char bytes[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	jsonw_text(&json, "k", bytes, sizeof(bytes));
	fclose(json.file);
	for (i = 0; i < size; i++)
		assert_true(text[i] >= ' ' && text[i] < 0x7f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_structure, begin, end),
		cmocka_unit_test_setup_teardown(test_strings, begin, end),
		cmocka_unit_test_setup_teardown(test_every_byte, begin, end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
