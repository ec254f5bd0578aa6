/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_log.c - messages: one line, safe to print, to the sink of their thread
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/log.h"

static struct seen {
	int count;
	int priority;
	char line[LOG_LINE_MAX + 64];
} seen;

static void take(void *ctx, int priority, const char *line)
{
	struct seen *s = ctx;

	s->count++;
	s->priority = priority;
	strncpy(s->line, line, sizeof(s->line) - 1);
	errno = EXDEV;
}

static int set_up(void **state)
{
	static struct log_sink sink = { .write = take, .ctx = &seen };

	(void)state;
	seen = (struct seen){ 0 };
	sink.debug = 0;
	log_set_sink(&sink);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_set_sink(NULL);
	return 0;
}

static const struct {
	const char *text;
	size_t len;
	const char *escaped;
} rows[] = {
#define ROW(text, escaped) { (text), sizeof(text) - 1, (escaped) }
	ROW("", ""),
	ROW("plain text, 100 %!", "plain text, 100 %!"),
	ROW("a\nb", "a\\x0ab"),
	ROW("a\r\tb", "a\\x0d\\x09b"),
	ROW("a\0b", "a\\x00b"),
	ROW("\x1b[31m", "\\x1b[31m"),
	ROW("\x7f", "\\x7f"),
	ROW("\\x41", "\\x5cx41"),
	ROW("gr\xc3\xbc\xc3\x9f" "e", "gr\xc3\xbc\xc3\x9f" "e"),
	ROW("\xe2\x82\xac", "\xe2\x82\xac"),
	ROW("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"),
	ROW("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"),
	/* C1, as UTF-8 and as a byte */
	ROW("\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"),
	ROW("\x9b", "\\x9b"),
	/* line and paragraph separator */
	ROW("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9",
	    "\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xa9"),
	/* marks that turn the direction of text, and their neighbours */
	ROW("\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b\\xd8\\x9c\xd8\x9d"),
	ROW("\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90",
	    "\xe2\x80\x8d\\xe2\\x80\\x8e\\xe2\\x80\\x8f\xe2\x80\x90"),
	ROW("\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf",
	    "\\xe2\\x80\\xaa\\xe2\\x80\\xae\xe2\x80\xaf"),
	ROW("\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa",
	    "\xe2\x81\xa5\\xe2\\x81\\xa6\\xe2\\x81\\xa9\xe2\x81\xaa"),
	/* not UTF-8: continuation alone, cut, overlong, surrogate, too large */
	ROW("\x80", "\\x80"),
	ROW("\xc3", "\\xc3"),
	ROW("\xc3(", "\\xc3("),
	ROW("\xe2\x82", "\\xe2\\x82"),
	ROW("\xe2\x82(", "\\xe2\\x82("),
	ROW("\xf0\x9f\x98", "\\xf0\\x9f\\x98"),
	ROW("\xc0\xaf", "\\xc0\\xaf"),
	ROW("\xc1\xbf", "\\xc1\\xbf"),
	ROW("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"),
	ROW("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"),
	ROW("\xed\xa0\x80", "\\xed\\xa0\\x80"),
	ROW("\xed\xbf\xbf", "\\xed\\xbf\\xbf"),
	ROW("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
	ROW("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"),
	ROW("\xff\xfe", "\\xff\\xfe"),
#undef ROW
};

static void test_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char out[128];

		log_escape(out, sizeof(out), rows[i].text, rows[i].len);
		if (strcmp(out, rows[i].escaped) != 0)
			print_error("row %zu\n", i);
		assert_string_equal(out, rows[i].escaped);
	}
}

/* Cut between characters and escapes, never inside; always terminated. */
static void test_escape_cut(void **state)
{
	static const char text[] = "ab\n\xe2\x82\xac";
	static const char *const cut[] = {
		"", "a", "ab", "ab", "ab", "ab", "ab\\x0a", "ab\\x0a",
		"ab\\x0a", "ab\\x0a\xe2\x82\xac",
	};

	(void)state;
	for (size_t size = 1; size <= ARRAY_SIZE(cut); size++) {
		char out[16];

		memset(out, '~', sizeof(out));
		log_escape(out, size, text, sizeof(text) - 1);
		assert_string_equal(out, cut[size - 1]);
		assert_int_equal(out[size], '~');
	}
}

static void test_message(void **state)
{
	(void)state;
	errno = EAGAIN;
	log_msg(LOG_WARNING, "user %s: %d", "a\nb", 7);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.priority, LOG_WARNING);
	assert_string_equal(seen.line, "user a\\x0ab: 7");
	assert_int_equal(errno, EAGAIN);
}

static void test_debug(void **state)
{
	struct log_sink sink = { .write = take, .ctx = &seen, .debug = 0 };

	(void)state;
	log_set_sink(&sink);
	log_msg(LOG_DEBUG, "not wanted");
	assert_int_equal(seen.count, 0);
	sink.debug = 1;
	log_msg(LOG_DEBUG, "wanted");
	assert_int_equal(seen.count, 1);
	log_msg(LOG_INFO, "also");
	assert_int_equal(seen.count, 2);
}

static void test_no_sink(void **state)
{
	const struct log_sink *before = log_set_sink(NULL);

	(void)state;
	assert_non_null(before);
	log_msg(LOG_ERR, "nobody hears");
	assert_int_equal(log_errno(-ENOMEM, "nor this"), -ENOMEM);
	assert_int_equal(seen.count, 0);
	assert_null(log_set_sink(before));
	log_msg(LOG_ERR, "again");
	assert_int_equal(seen.count, 1);
}

static void test_errno(void **state)
{
	(void)state;
	errno = EAGAIN;
	assert_int_equal(log_errno(-ENOENT, "cannot open %s", "x"), -ENOENT);
	assert_int_equal(seen.priority, LOG_ERR);
	assert_string_equal(seen.line,
			    "cannot open x: No such file or directory");
	assert_int_equal(errno, EAGAIN);
	log_errno(-99999, "odd");
	assert_true(strncmp(seen.line, "odd: ", 5) == 0 &&
		    strlen(seen.line) > 5);
}

static void test_long(void **state)
{
	char text[3 * LOG_LINE_MAX];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_msg(LOG_ERR, "%s", text);
	assert_int_equal(strlen(seen.line), LOG_LINE_MAX);
	memset(text, '\n', sizeof(text) - 1);
	log_msg(LOG_ERR, "%s", text);
	assert_int_equal(strlen(seen.line), LOG_LINE_MAX);
	assert_int_equal(strspn(seen.line, "\\x0a"), LOG_LINE_MAX);
}

/* The reason is told even if the message is too long. */
static void test_long_errno(void **state)
{
	static const char reason[] = ": Permission denied";
	char text[3 * LOG_LINE_MAX];
	size_t len;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(log_errno(-EACCES, "%s", text), -EACCES);
	len = strlen(seen.line);
	assert_true(len <= LOG_LINE_MAX && len > LOG_LINE_MAX / 2);
	assert_string_equal(seen.line + len - strlen(reason), reason);
}

static void *other_thread(void *arg)
{
	const struct log_sink *before = log_set_sink(arg);

	log_msg(LOG_ERR, "from the other thread");
	return (void *)before;
}

/* A thread starts without sink and does not change that of others. */
static void test_thread(void **state)
{
	struct seen theirs = { 0 };
	struct log_sink sink = { .write = take, .ctx = &theirs };
	void *before = &sink;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &sink), 0);
	assert_int_equal(pthread_join(thread, &before), 0);
	assert_null(before);
	assert_int_equal(theirs.count, 1);
	assert_int_equal(seen.count, 0);
	log_msg(LOG_ERR, "from here");
	assert_int_equal(theirs.count, 1);
	assert_int_equal(seen.count, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_cut),
		cmocka_unit_test_setup_teardown(test_message, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_debug, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_sink, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errno, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_errno, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_thread, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
