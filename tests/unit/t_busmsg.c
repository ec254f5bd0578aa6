/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_busmsg.c - messages of D-Bus
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/busmsg.h"

enum { SIZE = 512 };

/* An error as dbus-daemon(1) sends it, at an odd place of memory. */
static size_t put_error(char *out, const char *name, uint32_t answers)
{
	BUF(b, SIZE);
	const uint32_t zero = 0, serial = 7, six = 6;
	uint32_t len = (uint32_t)strlen(name), fields;

	buf_add(&b, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "l" : "B", 1);
	buf_add(&b, "\3\1\1", 3);
	buf_add(&b, &six, 4);
	buf_add(&b, &serial, 4);
	buf_add(&b, &zero, 4);
	buf_add(&b, "\5\1u\0", 4);
	buf_add(&b, &answers, 4);
	buf_add(&b, "\4\1s\0", 4);
	buf_add(&b, &len, 4);
	buf_add(&b, name, len + 1);
	while (b.len % 8)
		buf_addc(&b, '\0');
	buf_add(&b, "\10\1g\0\1s\0", 7);
	fields = (uint32_t)b.len - 16;
	memcpy(b.text + 12, &fields, 4);
	while (b.len % 8)
		buf_addc(&b, '\0');
	buf_add(&b, "\1\0\0\0x\0", 6);
	memcpy(out, b.text, b.len);
	return b.len;
}

static void test_call(void **state)
{
	struct busmsg m;
	BUF(b, SIZE);

	(void)state;
	busmsg_call(&b, 1, "org.example.A", "/", "Hello");
	busmsg_call(&b, 2, "org.example.Longer", "/a/b", "Ping");
	assert_int_equal(buf_status(&b), 0);
	for (int i = 0; i < 2; i++) {
		ssize_t size = busmsg_size(b.text, b.len);

		assert_true(size > 16 && (size_t)size <= b.len);
		assert_int_equal(busmsg_parse(b.text, (size_t)size, &m), 0);
		assert_int_equal(m.type, BUSMSG_CALL);
		assert_int_equal(m.answers, 0);
		b.len -= (size_t)size;
		memmove(b.text, b.text + size, b.len);
	}
	assert_int_equal(b.len, 0);
}

static void test_call_too_long(void **state)
{
	BUF(b, 64);

	(void)state;
	busmsg_call(&b, 1, "org.example.A", "/", "Hello");
	assert_int_equal(buf_status(&b), -ENAMETOOLONG);
}

static void test_error(void **state)
{
	char at[SIZE + 1], *bytes = at + 1;
	size_t len = put_error(bytes, "org.example.Error", 5);
	struct busmsg m;

	(void)state;
	assert_int_equal(busmsg_size(bytes, len), len);
	assert_int_equal(busmsg_size(bytes, len + 9), len);
	assert_int_equal(busmsg_parse(bytes, len, &m), 0);
	assert_int_equal(m.type, BUSMSG_ERROR);
	assert_int_equal(m.answers, 5);
	assert_true(slice_is(m.error, "org.example.Error"));
}

/* Every length and every byte changed: an error or a message, no overrun. */
static void test_broken(void **state)
{
	char bytes[SIZE], *copy;
	size_t len = put_error(bytes, "org.example.Error", 5);
	struct busmsg m;

	(void)state;
	for (size_t n = 0; n < len; n++) {
		copy = malloc(n + 1);
		assert_non_null(copy);
		memcpy(copy, bytes, n);
		assert_int_equal(busmsg_parse(copy, n, &m), -EPROTO);
		free(copy);
	}
	copy = malloc(len);
	assert_non_null(copy);
	for (size_t i = 0; i < len; i++) {
		for (int value = 0; value < 256; value++) {
			memcpy(copy, bytes, len);
			copy[i] = (char)value;
			if (busmsg_parse(copy, len, &m) == 0 && m.error.len)
				assert_true(m.error.p >= copy &&
					    m.error.p + m.error.len <
						    copy + len);
		}
	}
	free(copy);
}

static void test_not_ours(void **state)
{
	char bytes[SIZE];
	const uint32_t huge = 0xfffffff0;

	(void)state;
	assert_int_equal(busmsg_size("l\1\0", 3), 0);
	put_error(bytes, "org.example.Error", 5);
	memcpy(bytes + 4, &huge, 4);
	assert_int_equal(busmsg_size(bytes, 64), -EPROTO);
	put_error(bytes, "org.example.Error", 5);
	memcpy(bytes + 12, &huge, 4);
	assert_int_equal(busmsg_size(bytes, 64), -EPROTO);
	put_error(bytes, "org.example.Error", 5);
	bytes[0] = '?';
	assert_int_equal(busmsg_size(bytes, 64), -EPROTO);
	put_error(bytes, "org.example.Error", 5);
	bytes[3] = 2;
	assert_int_equal(busmsg_size(bytes, 64), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_call_too_long),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_not_ours),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
