/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_proto.c - messages of the socket service
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/proto.h"

static const struct proto_run run = {
	.flags = PROTO_HAS_NAME | PROTO_HAS_RESOLV | PROTO_NO_STDERR,
	.n_args = 2,
	.n_env = 1,
	.blocked = 0x8000000000000001,
	.ignored = 0x1234,
};

static void test_run(void **state)
{
	struct proto_message m = { .kind = PROTO_RUN, .run = run }, back;
	uint8_t bytes[PROTO_MAX];
	size_t n = proto_encode(&m, bytes);

	(void)state;
	assert_int_equal(proto_decode(bytes, n, &back), 0);
	assert_int_equal(back.kind, PROTO_RUN);
	assert_int_equal(back.run.flags, run.flags);
	assert_int_equal(back.run.n_args, 2);
	assert_int_equal(back.run.n_env, 1);
	assert_true(back.run.blocked == run.blocked);
	assert_true(back.run.ignored == run.ignored);
	assert_int_equal(proto_strings(&back.run), 5);
	assert_int_equal(proto_fds(&back.run), 4);
	back.run.flags |= PROTO_HAS_TERMINAL;
	assert_int_equal(proto_fds(&back.run), 5);
	/* Neither shorter nor longer. */
	for (size_t i = 0; i < n; i++)
		assert_int_equal(proto_decode(bytes, i, &back), -EPROTO);
	bytes[n] = 0;
	assert_int_equal(proto_decode(bytes, n + 1, &back), -EPROTO);
}

static void test_run_bad(void **state)
{
	static const struct proto_run bad[] = {
		{ .n_args = 0 },
		{ .n_args = PROTO_WORDS_MAX + 1 },
		{ .n_args = 1, .n_env = UINT32_MAX },
		{ .n_args = 1, .flags = PROTO_FLAGS + 1 },
	};
	struct proto_message m = { .kind = PROTO_RUN }, back;
	uint8_t bytes[PROTO_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		m.run = bad[i];
		assert_int_equal(proto_decode(bytes, proto_encode(&m, bytes),
					      &back),
				 -EPROTO);
	}
}

static void test_head(void **state)
{
	struct proto_message m = { .kind = PROTO_LIST }, back;
	uint8_t bytes[PROTO_MAX];
	size_t n = proto_encode(&m, bytes);

	(void)state;
	assert_int_equal(n, 8);
	assert_int_equal(proto_decode(bytes, n, &back), 0);
	bytes[4]++;
	assert_int_equal(proto_decode(bytes, n, &back), -EPROTONOSUPPORT);
	bytes[4]--;
	bytes[0]++;
	assert_int_equal(proto_decode(bytes, n, &back), -EPROTO);
	bytes[0]--;
	bytes[6] = 0;
	assert_int_equal(proto_decode(bytes, n, &back), -EPROTO);
	bytes[6] = PROTO_BUSY + 1;
	assert_int_equal(proto_decode(bytes, n, &back), -EPROTO);
}

static void test_answers(void **state)
{
	struct proto_message m = { .kind = PROTO_TEXT, .len = 5 }, back;
	uint8_t bytes[PROTO_MAX];
	size_t n;

	(void)state;
	memcpy(m.text, "hello", 6);
	n = proto_encode(&m, bytes);
	assert_int_equal(proto_decode(bytes, n, &back), 0);
	assert_string_equal(back.text, "hello");
	bytes[n - 1] = 0;
	assert_int_equal(proto_decode(bytes, n, &back), -EPROTO);
	memset(bytes + 8, 'a', PROTO_MAX - 8);
	assert_int_equal(proto_decode(bytes, 8 + PROTO_TEXT_MAX, &back),
			 -EPROTO);
	assert_int_equal(proto_decode(bytes, 7 + PROTO_TEXT_MAX, &back), 0);

	m = (struct proto_message){ .kind = PROTO_PIDS,
				    .n_pids = 2,
				    .pids = { 7, 4000000 } };
	n = proto_encode(&m, bytes);
	assert_int_equal(proto_decode(bytes, n, &back), 0);
	assert_int_equal(back.n_pids, 2);
	assert_int_equal(back.pids[1], 4000000);
	assert_int_equal(proto_decode(bytes, n - 1, &back), -EPROTO);

	m = (struct proto_message){ .kind = PROTO_ENDED, .value = 0x8b };
	assert_int_equal(proto_decode(bytes, proto_encode(&m, bytes), &back),
			 0);
	assert_int_equal(back.value, 0x8b);
}

static void test_signal(void **state)
{
	static const uint32_t bad[] = { 0, 65, UINT32_MAX };
	struct proto_message m = { .kind = PROTO_SIGNAL, .value = 64 }, back;
	uint8_t bytes[PROTO_MAX];

	(void)state;
	assert_int_equal(proto_decode(bytes, proto_encode(&m, bytes), &back),
			 0);
	assert_int_equal(back.value, 64);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		m.value = bad[i];
		assert_int_equal(proto_decode(bytes, proto_encode(&m, bytes),
					      &back),
				 -EPROTO);
	}
}

static void test_words(void **state)
{
	char text[] = "work\0nameserver 1.2.3.4\0prog\0\0A=1";
	char *table[7];
	struct proto_words words;

	(void)state;
	assert_int_equal(
		proto_words_read(&run, text, sizeof(text), table, &words), 0);
	assert_string_equal(words.name, "work");
	assert_string_equal(words.resolv, "nameserver 1.2.3.4");
	assert_string_equal(words.argv[0], "prog");
	assert_string_equal(words.argv[1], "");
	assert_null(words.argv[2]);
	assert_string_equal(words.envp[0], "A=1");
	assert_null(words.envp[1]);
	/* A word too few, one without its end, one too many. */
	for (size_t i = 0; i < sizeof(text); i++)
		assert_int_equal(proto_words_read(&run, text, i, table, &words),
				 -EPROTO);
	text[4] = 'x';
	assert_int_equal(proto_words_read(&run, text, sizeof(text), table,
					  &words),
			 -EPROTO);
	text[4] = '\0';
	text[1] = '\0';
	assert_int_equal(proto_words_read(&run, text, sizeof(text), table,
					  &words),
			 -EPROTO);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),    cmocka_unit_test(test_run_bad),
		cmocka_unit_test(test_head),   cmocka_unit_test(test_answers),
		cmocka_unit_test(test_signal), cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
