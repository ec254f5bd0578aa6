/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_profile_program.c - OnUp, OnDown, Type, BIN and User of runns.conf(5)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/command_line.h"
#include "tests/unit/section.h"

static struct command_line line;

static const char *split(const char *text)
{
	return command_line_split((struct slice){ text, strlen(text) }, &line);
}

static void assert_words(size_t n, ...)
{
	va_list ap;
	size_t i;

	assert_int_equal(line.n, n);
	va_start(ap, n);
	for (i = 0; i < n; i++)
		assert_string_equal(line.argv[i], va_arg(ap, const char *));
	va_end(ap);
	assert_null(line.argv[n]);
}

/* No shell: nothing but blanks and quotes has a meaning. */
static void test_words(void **state)
{
	(void)state;
	assert_null(split("/bin/true"));
	assert_words(1, "/bin/true");
	assert_null(split("/a/b  $HOME\t`x` ;|&\\ *"));
	assert_words(5, "/a/b", "$HOME", "`x`", ";|&\\", "*");
	assert_null(split("/a \"b  c\" 'd \"e' f\"g h\"i \"\""));
	assert_words(5, "/a", "b  c", "d \"e", "fg hi", "");
}

static void test_no_words(void **state)
{
	static char many[2 + 2 * COMMAND_WORDS_MAX + 1] = "/a";
	size_t i;

	(void)state;
	assert_non_null(split(""));
	assert_non_null(split("a"));
	assert_non_null(split("/"));
	assert_non_null(split("/a/../b"));
	assert_non_null(split("/a//b"));
	assert_non_null(split("\"\" /a"));
	assert_non_null(split("/a \"b"));
	assert_non_null(split("/a 'b"));
	for (i = 1; i < COMMAND_WORDS_MAX; i++)
		strcat(many, " b");
	assert_null(split(many));
	assert_int_equal(line.n, COMMAND_WORDS_MAX);
	strcat(many, " b");
	assert_non_null(split(many));
}

static void test_keys(void **state)
{
	const struct profile *p = &memory[0];

	(void)state;
	assert_int_equal(read_section("OnUp = /usr/bin/a 1  2 # why\n"
				      "ondown = /b\nType = BIN\n"
				      "bin = /c -x\nUser = a.b-c$\n"), 0);
	assert_true(slice_is(p->on_up, "/usr/bin/a 1  2"));
	assert_true(slice_is(p->on_down, "/b"));
	assert_true(p->type_bin);
	assert_true(slice_is(p->bin, "/c -x"));
	assert_true(slice_is(p->user, "a.b-c$"));
}

static void assert_refused(const char *lines, const char *says)
{
	assert_int_equal(read_section(lines), -EINVAL);
	assert_non_null(strstr(diag.text, says));
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused("OnUp = true\n", "absolute path");
	assert_refused("OnDown = /a \"\n", "quote");
	assert_refused("Type = net\n", "bin expected");
	assert_refused("Type = bin\n", "no BIN");
	assert_refused("BIN = /a\n", "not Type=bin");
	assert_refused("User = bob\n", "no BIN, OnUp or OnDown");
	assert_refused("OnUp = /a\nUser = -bob\n", "name of a user");
	assert_refused("OnUp = /a\nUser = b/c\n", "name of a user");
	assert_refused("OnUp = /a\nUser = b c\n", "name of a user");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_words),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
