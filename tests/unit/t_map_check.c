/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_map_check.c - what only the rules of a map together can tell
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/map.h"
#include "lib/policy/map_check.h"

enum { RULES = 128 };

static struct map_rule rules[RULES];
static struct map map;
static struct diag diag;

static void parse(const char *text)
{
	int ret;

	map = (struct map){ .rules = rules, .cap = RULES };
	diag = (struct diag){ 0 };
	ret = map_parse(&map, "t.map", text, strlen(text), &diag);
	if (ret < 0)
		print_error("%u:%u: %s\n", diag.line, diag.column, diag.text);
	assert_int_equal(ret, 0);
}

static void test_good(void **state)
{
	static const char *const texts[] = {
		"#\n",
		"a work lab,vpn*\nb lab work\n* - *\n",
		/* the same template may stand in several rules */
		"a,b u-%u guest\nc u-%u u-%u,lab\n",
		"a u-%u lab\nb v-%u lab\nc w-%U u\n",
		/* "*" does not cover what a template gives, nor does "host" */
		"a u-%u *\nb work *,host\n",
		"a h%u host\n",
		/* told apart by their ends, or by what a number can be */
		"a u-%u v*,w*x\nb n%U nx,n*x,n?x\n",
		"a %u-net net,*-nat\nb a%Ub ab,a*c\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int ret;

		parse(texts[i]);
		ret = map_check(&map, &diag);
		if (ret < 0)
			print_error("%s%s\n", texts[i], diag.text);
		assert_int_equal(ret, 0);
	}
}

static const struct {
	const char *text;
	unsigned int line;
	const char *part;
} bad[] = {
	{ "a u-%u -\nb u-bob -\n", 2, "\"u-bob\" could be what \"u-%u\"" },
	{ "b u-bob -\na u-%u -\n", 1, "\"u-bob\" could be what \"u-%u\"" },
	{ "a u-%u -\nb work lab,u-bob\n", 2, "\"u-bob\" could be" },
	{ "a u-%u -\nb work u-*\n", 2, "\"u-*\" could be" },
	{ "a u-%u -\nb work u*\n", 2, "\"u*\" could be" },
	{ "a u-%u -\nb work *x\n", 2, "\"*x\" could be" },
	{ "a u-%u -\nb work ??*\n", 2, "\"??*\" could be" },
	{ "a u-%u -\nb work **\n", 2, "\"**\" could be" },
	{ "a u-%u u-*\n", 1, "\"u-*\" could be" },
	{ "a u-%u -\nb u-%U -\n", 1, "\"u-%u\" could be what \"u-%U\"" },
	{ "a u-%u -\nb u-x%u -\n", 1, "\"u-%u\" could be what \"u-x%u\"" },
	{ "a u-%u -\nb x g%g\nc x g1\n", 3, "\"g1\" could be what \"g%g\"" },
	{ "a x lab,n%U\nb n7 -\n", 2, "(t.map:1)" },
	{ "a %u-x -\nb y-x -\n", 2, "\"y-x\" could be" },
	{ "a a%u -\nb %ub -\n", 1, "\"a%u\" could be what \"%ub\"" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int ret;

		parse(bad[i].text);
		ret = map_check(&map, &diag);
		if (ret == 0 || diag.line != bad[i].line ||
		    !strstr(diag.text, bad[i].part))
			print_error("%s%u: %s\n", bad[i].text, diag.line,
				    diag.text);
		assert_int_equal(ret, -EINVAL);
		assert_string_equal(diag.file, "t.map");
		assert_int_equal(diag.line, bad[i].line);
		assert_int_equal(diag.column, 0);
		assert_non_null(strstr(diag.text, bad[i].part));
	}
}

/* Rules of another file are looked at, too. */
static void test_two_files(void **state)
{
	static const char one[] = "a u-%u -\n", two[] = "\nb u-x -\n";

	(void)state;
	map = (struct map){ .rules = rules, .cap = RULES };
	assert_int_equal(map_parse(&map, "1", one, strlen(one), &diag), 0);
	assert_int_equal(map_parse(&map, "2", two, strlen(two), &diag), 0);
	assert_int_equal(map_check(&map, &diag), -EINVAL);
	assert_string_equal(diag.file, "2");
	assert_int_equal(diag.line, 2);
	assert_non_null(strstr(diag.text, "(1:1)"));
}

static void test_template_limit(void **state)
{
	char text[32 * (MAP_TEMPLATES_MAX + 1)];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < MAP_TEMPLATES_MAX; i++)
		len += (size_t)sprintf(text + len, "a%d t%02d-%%u -\n", i, i);
	parse(text);
	assert_int_equal(map_check(&map, &diag), 0);
	sprintf(text + len, "x t00-%%u y-%%u\n");
	parse(text);
	assert_int_equal(map_check(&map, &diag), -EINVAL);
	assert_int_equal(diag.line, MAP_TEMPLATES_MAX + 1);
	assert_non_null(strstr(diag.text, "more than 64 different templates"));
}

/* Warnings, as "line:word ..." */
static char warned[512];

static void take_warning(void *ctx, const struct diag *d)
{
	size_t len = strlen(warned);

	assert_ptr_equal(ctx, &map);
	assert_int_equal(d->column, 0);
	snprintf(warned + len, sizeof(warned) - len, "%u:%.*s ", d->line,
		 (int)strcspn(d->text, " "), d->text);
}

static const struct {
	const char *text;
	const char *warnings;
} warnings[] = {
	{ "#\n", "" },
	{ "a x\nb x\n* -\n", "" },
	{ "a x\na y\n", "2:\"a\" " },
	{ "a,b x\nb,c y\na,b,c z\n",
	  "2:\"b\" 3:\"a\" 3:\"b\" 3:\"c\" " },
	{ "* -\na x\n@g y\n1000 z\n", "2:\"a\" 3:\"@g\" 4:\"1000\" " },
	{ "* -\n* x\n", "2:\"*\" " },
	{ "@g x\n@g y\n1:5 x\n1:5 y\n", "2:\"@g\" 4:\"1:5\" " },
	/* "*" does not stand for root */
	{ "* -\nroot host\n", "" },
	{ "root -\nroot host\n", "2:\"root\" " },
	/* rules that do not always decide */
	{ "*,!a -\na x\n", "" },
	{ "a,!@g x\na y\n", "" },
	{ "a x - service=sshd\na y\n", "" },
	{ "a x - tty=tty1\na y\n", "" },
	{ "a x - rhost=local\na y\n", "" },
	/* launches ask these rules first */
	{ "a x\na y lab service=runns\n", "" },
	{ "a x\na y lab service=sshd,runns\n", "" },
	{ "a x\na y lab service=sshd\n", "2:\"a\" " },
	/* other spellings are other words */
	{ "1000 x\n1000:1000 y\n", "" },
	{ "a x\n!a,b y\n", "" },
};

static void test_warnings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(warnings); i++) {
		unsigned int n, expected = 0;

		for (const char *p = warnings[i].warnings; *p; p++)
			expected += *p == ' ';
		parse(warnings[i].text);
		warned[0] = '\0';
		n = map_warn(&map, take_warning, &map);
		if (strcmp(warned, warnings[i].warnings) != 0)
			print_error("%s%s\n", warnings[i].text, warned);
		assert_string_equal(warned, warnings[i].warnings);
		assert_int_equal(n, expected);
	}
}

/* A map too large for all comparisons: said, not kept silent. */
static void test_warn_budget(void **state)
{
	enum { WORDS = 100000 };
	struct map_rule *memory = malloc(MAP_RULES_MAX * sizeof(*memory));
	struct map big = { .rules = memory, .cap = MAP_RULES_MAX };
	char *text = malloc(WORDS * 10);
	size_t len = 0;

	(void)state;
	assert_non_null(memory);
	assert_non_null(text);
	for (int i = 0; i < WORDS; i++)
		len += (size_t)sprintf(text + len, "u%05d%s", i,
				       i % 200 == 199 ? " x\n" : ",");
	assert_int_equal(map_parse(&big, "big", text, len, &diag), 0);
	warned[0] = '\0';
	assert_int_equal(map_warn(&big, take_warning, &map), 1);
	assert_string_equal(warned, "0:too ");
	free(memory);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_two_files),
		cmocka_unit_test(test_template_limit),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_warn_budget),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
