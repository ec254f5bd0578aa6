/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_pamtext.c - what the text of a PAM service says about sessions
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/policy/pamtext.h"

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static const struct {
	const char *text;
	enum pamtext_kind kind;
	bool session;
	const char *control;
	const char *target;
} lines[] = {
	{ "session required pam_runns.so", PAMTEXT_RULE, true, "required",
	  "pam_runns.so" },
	{ "-SESSION\toptional a.so x", PAMTEXT_RULE, true, "optional", "a.so" },
	{ "auth required a.so", PAMTEXT_RULE, false, "required", "a.so" },
	{ "# no\n\nsession \\\n include b", PAMTEXT_INCLUDE, true, "include",
	  "b" },
	{ "session substack c\n", PAMTEXT_SUBSTACK, true, "substack", "c" },
	{ "@include d # e", PAMTEXT_ALL, true, "", "d" },
	{ "session [a=b c=d] e.so", PAMTEXT_RULE, true, "[a=b c=d]", "e.so" },
	{ "session\nsession x\nsession required f.so", PAMTEXT_RULE, true,
	  "required", "f.so" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct slice text = slice_of(lines[i].text);
		struct pamtext_line line;

		assert_true(pamtext_next(&text, &line));
		assert_int_equal(line.kind, lines[i].kind);
		assert_int_equal(line.session, lines[i].session);
		assert_true(slice_is(line.control, lines[i].control));
		assert_true(slice_is(line.target, lines[i].target));
		assert_false(pamtext_next(&text, &line));
	}
}

static void test_comment_ends(void **state)
{
	struct slice text = slice_of("#x \\\nsession required g.so\n");
	struct pamtext_line line;

	(void)state;
	assert_true(pamtext_next(&text, &line));
	assert_true(slice_is(line.target, "g.so"));
}

static const struct {
	const char *text;
	bool refuses;
} controls[] = {
	{ "required", true },
	{ "Requisite", true },
	{ "optional", false },
	{ "sufficient", false },
	{ "[success=ok default=bad]", true },
	{ "[success=ok ignore=ignore default=die]", true },
	{ "[success=ok default=ignore]", false },
	{ "[success=ok]", false },
	{ "[default=bad session_err=ignore]", false },
	{ "[default=1]", false },
	{ "[default=bad", false },
	{ "[]", false },
};

static void test_controls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++)
		assert_int_equal(pamtext_refuses(slice_of(controls[i].text)),
				 controls[i].refuses);
}

static void test_ours(void **state)
{
	(void)state;
	assert_true(pamtext_is_ours(slice_of("pam_runns.so")));
	assert_true(pamtext_is_ours(slice_of("/lib/security/pam_runns.so")));
	assert_false(pamtext_is_ours(slice_of("pam_runns.so.old")));
	assert_false(pamtext_is_ours(slice_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_comment_ends),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
