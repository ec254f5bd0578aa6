/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_map.c - runns.map(5): rows that are taken over, and every error with its
 * exact place
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/map.h"

enum { RULES = 16 };

static struct map_rule rules[RULES];
static struct map map;
static struct diag diag;

/* A copy without a byte to spare, for sanitizers to see any step beyond. */
static char *copy;

static int parse_only(const char *text, size_t len)
{
	free(copy);
	copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	map = (struct map){ .rules = rules, .cap = RULES };
	memset(rules, 0xaa, sizeof(rules));
	diag = (struct diag){ 0 };
	return map_parse(&map, "t.map", copy, len, &diag);
}

static void parse(const char *text)
{
	int ret = parse_only(text, strlen(text));

	if (ret < 0)
		print_error("%u:%u: %s\n", diag.line, diag.column, diag.text);
	assert_int_equal(ret, 0);
}

static int tear_down(void **state)
{
	(void)state;
	free(copy);
	copy = NULL;
	return 0;
}

#define assert_slice(s, text) assert_true(slice_is((s), (text)))

static void test_one_rule(void **state)
{
	(void)state;
	parse("alice work lab,vpn*\n");
	assert_int_equal(map.n, 1);
	assert_string_equal(rules[0].file, "t.map");
	assert_int_equal(rules[0].line, 1);
	assert_slice(rules[0].who, "alice");
	assert_int_equal(rules[0].session, MAP_NAME);
	assert_slice(rules[0].name, "work");
	assert_slice(rules[0].also, "lab,vpn*");
	assert_false(rules[0].create);
	assert_false(rules[0].optional);
	assert_int_equal(rules[0].section.len, 0);
	assert_int_equal(rules[0].service.len, 0);
	assert_int_equal(rules[0].tty.len, 0);
	assert_int_equal(rules[0].rhost.len, 0);
	assert_int_equal(rules[0].veth, 0);
	assert_int_equal(rules[0].uplink.len, 0);
}

static void test_sessions(void **state)
{
	static const struct {
		const char *text;
		enum map_session session;
		const char *name;
	} rows[] = {
		{ "a -\n", MAP_STAY, "-" },
		{ "a host\n", MAP_HOST, "host" },
		{ "a +\n", MAP_PRIVATE, "+" },
		{ "a deny\n", MAP_DENY, "deny" },
		{ "a work\n", MAP_NAME, "work" },
		{ "a Host\n", MAP_NAME, "Host" },
		{ "a DENY\n", MAP_NAME, "DENY" },
		{ "a 12\n", MAP_NAME, "12" },
		{ "a u-%u\n", MAP_NAME, "u-%u" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(rows[i].text);
		assert_int_equal(rules[0].session, rows[i].session);
		assert_slice(rules[0].name, rows[i].name);
		assert_int_equal(rules[0].also.len, 0);
	}
}

static void test_options(void **state)
{
	(void)state;
	parse("a work - create=Tenant.1 optional service=sshd,systemd-user "
	      "tty=pts/*,tty? rhost=local,10.0.0.0/8,fd00::/8 veth=12@eth0\n"
	      "b work - create veth=1024\n"
	      "c work - veth=0@enp0s31f6.4094\n"
	      "d - - service=runns tty=:0 rhost=remote\n");
	assert_true(rules[0].create);
	assert_slice(rules[0].section, "Tenant.1");
	assert_true(rules[0].optional);
	assert_slice(rules[0].service, "sshd,systemd-user");
	assert_slice(rules[0].tty, "pts/*,tty?");
	assert_slice(rules[0].rhost, "local,10.0.0.0/8,fd00::/8");
	assert_int_equal(rules[0].veth, 12);
	assert_slice(rules[0].uplink, "eth0");
	assert_true(rules[1].create);
	assert_int_equal(rules[1].section.len, 0);
	assert_int_equal(rules[1].veth, 1024);
	assert_int_equal(rules[1].uplink.len, 0);
	assert_false(rules[1].optional);
	assert_slice(rules[2].uplink, "enp0s31f6.4094");
	assert_slice(rules[3].service, "runns");
	assert_slice(rules[3].tty, ":0");
	assert_slice(rules[3].rhost, "remote");
}

/* Each text is good and has one rule. */
static void test_good(void **state)
{
	static const char *const texts[] = {
		"* -\n", "root host\n", "!bob,* -\n", "*,!bob -\n",
		"1000 x\n", "1000:2000 x\n", ":2000 x\n", "1000: x\n",
		"7:7 x\n", "4294967294 x\n", "0:5 x\n",
		"@0 x\n", "@100 x\n", "@100:200 x\n", "@:200 x\n", "@100: x\n",
		"@staff x\n", "!@staff,* x\n", "@root x\n", "!root,* x\n",
		"DOM\\bob x\n", "bob@example.org x\n", "a\xff\xfe x\n",
		"gr\xc3\xbcn x\n", "host$ x\n", "a.b_c-d+e x\n", "deny x\n",
		"a x host\n", "a x *\n", "a x *,host\n", "a x ?\n", "a x v?n\n",
		"a x u-%u,lab\n", "a x HOST\n", "a x -\n",
		"a\tx\t-\n", "  a   x   -  \n", "\ta x\n",
		"a x#comment\n", "a x #c\n", "a x - #c\n", "a x - create#c\n",
		"a x \\\n -\n", "a \\\nx\n", "a\\\n x\n", "\\\na x\n",
		"a \\\n \\\n x\n", "a,\\\n   b x\n", "a,\\\nb x\n",
		"a x - \\\n# comment\n", "a x \\\n\n",
		"a x - service=b,\\\n\tc\n", "# \\\na x\n",
		"# gr\xc3\xbcn \xff\na x\n", "\n\na x\n\n", "a x y\n#\n",
		"a x - tty=pts/3\n", "a x - rhost=0.0.0.0/0,::/0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		parse(texts[i]);
		if (map.n != 1)
			print_error("%s", texts[i]);
		assert_int_equal(map.n, 1);
		assert_true(map_count(texts[i], strlen(texts[i])) >= 1);
	}
}

static void test_no_rules(void **state)
{
	static const char *const texts[] = {
		"\n", "#\n", "# a b\n", "  \t \n", "\n\n# x\n\n", "\\\n\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		parse(texts[i]);
		assert_int_equal(map.n, 0);
	}
}

static void test_lines(void **state)
{
	(void)state;
	parse("# one\n"
	      "a x\n"
	      "\n"
	      "b,\\\n"
	      "  c \\\n"
	      "  y -\n"
	      "\\\n"
	      "d z\n");
	assert_int_equal(map.n, 3);
	assert_int_equal(rules[0].line, 2);
	assert_int_equal(rules[1].line, 4);
	assert_slice(rules[1].name, "y");
	assert_int_equal(rules[2].line, 8);
}

static void test_list(void **state)
{
	static const char *const words[] = { "a", "bc", "d", "e" };
	struct slice list = SLICE("a,bc,\\\n \td,\\\ne"), word;
	size_t n = 0;

	(void)state;
	while (map_list_next(&list, &word)) {
		assert_true(n < ARRAY_SIZE(words));
		assert_slice(word, words[n]);
		n++;
	}
	assert_int_equal(n, ARRAY_SIZE(words));
	assert_false(map_list_next(&list, &word));
	list = (struct slice){ NULL, 0 };
	assert_false(map_list_next(&list, &word));
}

/* The rules of a second file stand behind those of the first. */
static void test_two_files(void **state)
{
	static const char one[] = "a x\nb y\n", two[] = "# two\nc z\n";
	static const char bad[] = "d x\ne\n";

	(void)state;
	map = (struct map){ .rules = rules, .cap = RULES };
	assert_int_equal(map_parse(&map, "1", one, strlen(one), &diag), 0);
	assert_int_equal(map_parse(&map, "2", two, strlen(two), &diag), 0);
	assert_int_equal(map.n, 3);
	assert_string_equal(rules[1].file, "1");
	assert_int_equal(rules[1].line, 2);
	assert_string_equal(rules[2].file, "2");
	assert_int_equal(rules[2].line, 2);
	assert_int_equal(map_parse(&map, "3", bad, strlen(bad), &diag),
			 -EINVAL);
	assert_string_equal(diag.file, "3");
	assert_int_equal(diag.line, 2);
}

static void assert_limit(const char *text, size_t len, unsigned int line,
			 const char *part)
{
	assert_int_equal(parse_only(text, len), -EINVAL);
	assert_int_equal(diag.line, line);
	if (!strstr(diag.text, part))
		print_error("%s\n", diag.text);
	assert_non_null(strstr(diag.text, part));
}

/* A line of MAP_LINE_MAX bytes is good, one byte more is not. */
static void test_line_limit(void **state)
{
	static char text[MAP_LINE_MAX + 64];
	size_t len = MAP_LINE_MAX;

	(void)state;
	memset(text, 'u', sizeof(text));
	memcpy(text, "a x\n", 4);
	memcpy(text + 4 + len - 2, " x\n", 4);
	assert_int_equal(parse_only(text, 4 + len + 1), 0);
	memset(text + 4, 'u', len);
	memcpy(text + 4 + len - 1, " x\n", 4);
	assert_limit(text, 4 + len + 2, 2, "at most 8192 bytes");
	memset(text + 4, '#', len);
	text[4 + len] = '\n';
	assert_int_equal(parse_only(text, 4 + len + 1), 0);
	text[4 + len] = '#';
	text[4 + len + 1] = '\n';
	assert_limit(text, 4 + len + 2, 2, "at most 8192 bytes");
}

/* Continued lines count as one. */
static void test_continued_limit(void **state)
{
	static char text[3 * MAP_LINE_MAX];
	size_t len = 0;

	(void)state;
	memcpy(text, "a x -", 5);
	for (len = 5; len < MAP_LINE_MAX + 8; len += 4)
		memcpy(text + len, "  \\\n", 4);
	text[len++] = '\n';
	assert_limit(text, len, 1, "at most 8192 bytes");
}

static void test_long_line(void **state)
{
	size_t len = 1024 * 1024;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', len);
	text[len - 1] = '\n';
	assert_limit(text, len, 1, "at most 8192 bytes");
	text[len - 1] = 'a';
	text[len] = '\n';
	assert_limit(text, len + 1, 0, "more than 1048576 bytes");
	free(text);
}

static void test_list_limit(void **state)
{
	char text[8 * MAP_LIST_MAX];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < MAP_LIST_MAX; i++)
		len += (size_t)sprintf(text + len, "u%03d,", i);
	memcpy(text + len - 1, " x\n", 3);
	assert_int_equal(parse_only(text, len + 2), 0);
	memcpy(text + len - 1, ",v x\n", 5);
	assert_limit(text, len + 4, 1, "more than 256 words");
	assert_int_equal(diag.column, len + 1);
}

static void test_rule_limit(void **state)
{
	enum { N = MAP_RULES_MAX + 1 };
	struct map_rule *memory = malloc(N * sizeof(*memory));
	char *text = malloc(4 * N);
	struct map big = { .rules = memory };

	(void)state;
	assert_non_null(memory);
	assert_non_null(text);
	for (size_t i = 0; i < N; i++)
		memcpy(text + 4 * i, "a x\n", 4);
	big.cap = map_count(text, 4 * (N - 1));
	assert_int_equal(big.cap, MAP_RULES_MAX);
	assert_int_equal(map_parse(&big, "t", text, 4 * (N - 1), &diag), 0);
	assert_int_equal(big.n, MAP_RULES_MAX);
	assert_int_equal(map_count(text, 4 * N), MAP_RULES_MAX);
	big.n = 0;
	big.cap = N;
	assert_int_equal(map_parse(&big, "t", text, 4 * N, &diag), -EINVAL);
	assert_int_equal(diag.line, N);
	assert_int_equal(diag.column, 1);
	assert_string_equal(diag.text, "more than 10000 rules");
	free(memory);
	free(text);
}

static void test_count(void **state)
{
	static const char text[] = "a x\n\n  # c\n\t\n b y\nc \\\nz\n  ";

	(void)state;
	assert_int_equal(map_count(text, sizeof(text) - 1), 4);
	assert_int_equal(map_count("a", 1), 1);
	assert_int_equal(map_count("", 0), 0);
	assert_int_equal(map_count(NULL, 0), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_rule),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_no_rules),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_two_files),
		cmocka_unit_test(test_line_limit),
		cmocka_unit_test(test_continued_limit),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_list_limit),
		cmocka_unit_test(test_rule_limit),
		cmocka_unit_test(test_count),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
