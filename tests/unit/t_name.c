/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_name.c - names, templates and globs
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/name.h"

#define A63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz01234567890"

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static void test_valid(void **state)
{
	static const char *const good[] = {
		"a", "Z", "0", "work", "u-alice", "1234", "a.b_c-d", "a--",
		"a..b", "Host", "HOST", "hosts", "denyx", "a-", A63,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!name_is_valid(slice_of(good[i])))
			print_error("%s\n", good[i]);
		assert_true(name_is_valid(slice_of(good[i])));
	}
}

static void test_invalid(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "-", "+", "-a", ".a", "_a", "a/b", "/abs",
		"../../proc/1/ns/net", "a b", "a\tb", "a\n", "a\x1b", "a\x7f",
		"%s", "u-%u", "a*", "a?", "a,b", "a:b", "a@b", "a#b", "a\\b",
		"a'b", "\xc3\xbc", "a\xc3\xbc", "a\xff", "host", "deny", A63 "x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (name_is_valid(slice_of(bad[i])))
			print_error("%s\n", bad[i]);
		assert_false(name_is_valid(slice_of(bad[i])));
	}
	assert_false(name_is_valid((struct slice){ "a\0b", 3 }));
}

static const struct {
	const char *text;
	const char *bad;	/* part of the complaint, NULL for none */
} templates[] = {
	{ "u-%u", NULL },
	{ "%u-net", NULL },
	{ "%u.", NULL },
	{ "x%u", NULL },
	{ "a%Ub", NULL },
	{ "team-%g", NULL },
	{ "%u-%U", NULL },
	{ "%U-%u", NULL },
	{ "%U-%g-%U", NULL },
	{ "%g-1%U", NULL },
	{ "h%u", NULL },
	{ "%u", "text of its own" },
	{ "%U", "text of its own" },
	{ "%g", "text of its own" },
	{ "%u%U", "between them" },
	{ "x%u%U", "between them" },
	{ "x%U%u", "between them" },
	{ "x%u1%U", "between them" },
	{ "x%U%U", "between them" },
	{ "%u-%g", "only one %u or %g" },
	{ "%g-%u", "only one %u or %g" },
	{ "%u-%u", "only one %u or %g" },
	{ "u-%", "after '%'" },
	{ "u-%%", "after '%'" },
	{ "%%", "after '%'" },
	{ "%s", "after '%'" },
	{ "u-%n", "after '%'" },
	{ "u-%G", "after '%'" },
	{ "u-%d", "after '%'" },
	{ "-%u", "begins with" },
	{ "_%u", "begins with" },
	{ ".%u", "begins with" },
	{ "u/%u", "has only" },
	{ "../%u", "begins with" },
	{ "u %u", "has only" },
	{ "u*%u", "has only" },
	{ "\xc3\xbc%u", "begins with" },
	{ "u\xc3\xbc%u", "has only" },
	{ A63 "%u", "63 bytes" },
};

static void test_templates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(templates); i++) {
		const char *bad = name_template_check(
			slice_of(templates[i].text));

		if (!bad != !templates[i].bad)
			print_error("%s\n", templates[i].text);
		if (!templates[i].bad) {
			assert_null(bad);
			continue;
		}
		assert_non_null(bad);
		if (!strstr(bad, templates[i].bad))
			print_error("%s: %s\n", templates[i].text, bad);
		assert_non_null(strstr(bad, templates[i].bad));
	}
}

static void test_is_template(void **state)
{
	(void)state;
	assert_true(name_is_template(SLICE("u-%u")));
	assert_true(name_is_template(SLICE("%")));
	assert_false(name_is_template(SLICE("work")));
	assert_false(name_is_template((struct slice){ NULL, 0 }));
}

static const struct {
	const char *template;
	struct name_values values;
	int ret;
	const char *name;
} expansions[] = {
	{ "u-%u", { "alice", 1000, "staff" }, 0, "u-alice" },
	{ "u-%U", { "alice", 1000, NULL }, 0, "u-1000" },
	{ "g-%g", { "alice", 1000, "staff" }, 0, "g-staff" },
	{ "%u.%U.x", { "al", 4294967294, NULL }, 0, "al.4294967294.x" },
	{ "n%U", { NULL, 0, NULL }, 0, "n0" },
	{ "work", { NULL, 0, NULL }, 0, "work" },
	{ "u-%u", { "a.b_c-d", 1, NULL }, 0, "u-a.b_c-d" },
	{ "g-%g", { "alice", 1000, NULL }, -ENODATA, NULL },
	{ "g-%g", { "alice", 1000, "" }, -EINVAL, NULL },
	{ "u-%u", { "", 1000, "staff" }, -EINVAL, NULL },
	{ "u-%u", { NULL, 1000, "staff" }, -EINVAL, NULL },
	{ "u-%u", { "a/b", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "../x", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "DOM\\al", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "a$", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "a b", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "a\nb", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "\xc3\xbc", 1000, NULL }, -EINVAL, NULL },
	{ "u-%u", { "%U", 1000, NULL }, -EINVAL, NULL },
	{ "%u-n", { "_apt", 1000, NULL }, -EINVAL, NULL },
	{ "%u-n", { "-x", 1000, NULL }, -EINVAL, NULL },
	/* keywords count only when they are written */
	{ "h%u", { "ost", 1000, NULL }, -EINVAL, NULL },
	{ "%uy", { "den", 1000, NULL }, -EINVAL, NULL },
	/* 63 bytes fit, 64 do not */
	{ "u-%u", { "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
		    "012345678", 1, NULL }, 0,
	  "u-abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz012345678" },
	{ "u-%u", { "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
		    "0123456789", 1, NULL }, -EINVAL, NULL },
	{ "%", { "a", 1, NULL }, -EINVAL, NULL },
	{ "u-%x", { "a", 1, NULL }, -EINVAL, NULL },
};

static void test_expand(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expansions); i++) {
		char out[NAME_SIZE] = "untouched";
		int ret = name_expand(out, slice_of(expansions[i].template),
				      &expansions[i].values);

		if (ret != expansions[i].ret)
			print_error("row %zu: %s\n", i,
				    expansions[i].template);
		assert_int_equal(ret, expansions[i].ret);
		assert_string_equal(out, ret == 0 ? expansions[i].name :
						    "untouched");
	}
}

static const struct {
	const char *glob;
	const char *name;
	bool matches;
} globs[] = {
	{ "work", "work", true },	{ "work", "works", false },
	{ "works", "work", false },	{ "Work", "work", false },
	{ "*", "", true },		{ "*", "anything", true },
	{ "**", "x", true },		{ "?", "", false },
	{ "?", "x", true },		{ "?", "xy", false },
	{ "vpn*", "vpn", true },	{ "vpn*", "vpn1", true },
	{ "vpn*", "vp", false },	{ "*vpn", "myvpn", true },
	{ "*vpn", "vpn2", false },	{ "a*b*c", "abc", true },
	{ "a*b*c", "aXbYc", true },	{ "a*b*c", "aXcYb", false },
	{ "a*bc", "abcbc", true },	{ "a*bc", "abcb", false },
	{ "*a?", "aab", true },		{ "*a?", "baa", true },
	{ "*a?", "ba", false },		{ "a?c", "abc", true },
	{ "a?c", "ac", false },		{ "", "", true },
	{ "", "a", false },		{ "pts/*", "pts/3", true },
	{ "*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
};

static void test_globs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(globs); i++) {
		bool matches = name_glob_match(slice_of(globs[i].glob),
					       slice_of(globs[i].name));

		if (matches != globs[i].matches)
			print_error("%s %s\n", globs[i].glob, globs[i].name);
		assert_int_equal(matches, globs[i].matches);
	}
}

static const struct {
	const char *template;
	const char *other;
	bool overlap;
} overlaps[] = {
	/* names */
	{ "u-%u", "u-bob", true },	{ "u-%u", "u-", false },
	{ "u-%u", "u-b", true },	{ "u-%u", "v-bob", false },
	{ "u-%u", "u", false },		{ "%u-n", "bob-n", true },
	{ "%u-n", "-n", false },	{ "%u-n", "bob-m", false },
	{ "%u-n", "n", false },		{ "a%ub", "ab", false },
	{ "a%ub", "axb", true },	{ "a%ub", "abb", true },
	{ "n%U", "n7", true },		{ "n%U", "n007", true },
	{ "n%U", "nx", false },		{ "n%U", "n7x", false },
	{ "n%U", "n", false },		{ "%U-%u", "7-b", true },
	{ "%U-%u", "x-b", false },	{ "%u-%U", "a-b-7", true },
	{ "%u-%U", "a-b-7x", false },	{ "team-%g", "team-x", true },
	/* globs */
	{ "u-%u", "*", true },		{ "u-%u", "u*", true },
	{ "u-%u", "u-*", true },	{ "u-%u", "v*", false },
	{ "u-%u", "*x", true },		{ "u-%u", "?", false },
	{ "u-%u", "??", false },	{ "u-%u", "???", true },
	{ "u-%u", "?-?", true },	{ "u-%u", "?x*", false },
	{ "%u-n", "*m", false },	{ "n%U", "n*x", false },
	{ "n%U", "n?x", false },	{ "n%U", "*7", true },
	{ "a%ub", "a*c*b", true },	{ "a%ub", "a?", false },
	/* templates */
	{ "u-%u", "u-%u", true },	{ "u-%u", "v-%u", false },
	{ "u-%u", "u-%U", true },	{ "u-%U", "u-x%U", false },
	{ "u-%U", "u-%Ux", false },	{ "u-%u", "u-x%u", true },
	{ "a%u", "%ub", true },		{ "a%U", "%Ub", false },
	{ "a-%u", "%U-%u", false },	{ "1-%u", "%U-%u", true },
	{ "n%U", "n%g", true },		{ "n%U", "n%gx", false },
};

static void test_overlaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(overlaps); i++) {
		struct slice a = slice_of(overlaps[i].template);
		struct slice b = slice_of(overlaps[i].other);

		if (name_patterns_overlap(a, b) != overlaps[i].overlap)
			print_error("%s %s\n", a.p, b.p);
		assert_int_equal(name_patterns_overlap(a, b),
				 overlaps[i].overlap);
		assert_int_equal(name_patterns_overlap(b, a),
				 overlaps[i].overlap);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_is_template),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_globs),
		cmocka_unit_test(test_overlaps),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
