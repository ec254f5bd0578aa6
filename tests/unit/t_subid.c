/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_subid.c - subordinate ids and maps made of them
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/policy/subid.h"

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static const struct {
	const char *text;
	const char *ranges;
	unsigned int bad_line;
} files[] = {
	{ "", "", 0 },
	{ "alice:100000:65536\n", "100000+65536 ", 0 },
	{ "alice:100000:65536", "100000+65536 ", 0 },
	{ "5001:100000:1\n", "100000+1 ", 0 },
	{ "05001:1:1\n5001x:1:1\n50010:1:1\n", "", 0 },
	{ "bob:1:1\nalicea:1:1\nalic:1:1\n:1:1\n", "", 0 },
	{ "alice:200:10\nalice:100:10\n", "100+10 200+10 ", 0 },
	{ "alice:100:10\nalice:105:10\n", "100+15 ", 0 },
	{ "alice:105:10\nalice:100:10\n", "100+15 ", 0 },
	{ "alice:100:10\nalice:100:10\n", "100+10 ", 0 },
	{ "alice:100:10\nalice:102:2\n", "100+10 ", 0 },
	{ "alice:100:1\nalice:200:1\nalice:50:500\n", "50+500 ", 0 },
	{ "alice:100:10\nalice:110:10\n", "100+10 110+10 ", 0 },
	{ "alice:0:4294967295\n", "0+4294967295 ", 0 },
	{ "alice:0:4294967296\n", "", 1 },
	{ "alice:1:4294967295\n", "", 1 },
	{ "alice:4294967294:1\n", "4294967294+1 ", 0 },
	{ "alice:4294967295:1\n", "", 1 },
	{ "alice:4294967296:1\n", "", 1 },
	{ "alice:99999999999999999999:1\n", "", 1 },
	{ "alice:5:0\n", "", 1 },
	{ "alice\n", "", 1 },
	{ "alice:\n", "", 1 },
	{ "alice:1\n", "", 1 },
	{ "alice:1:\n", "", 1 },
	{ "alice::1\n", "", 1 },
	{ "alice:1:1:\n", "", 1 },
	{ "alice:1:1 \n", "", 1 },
	{ "alice:-1:1\nalice:1:1\n", "1+1 ", 1 },
	{ "alice:0x1:1\n", "", 1 },
	{ " alice:1:1\n", "", 0 },
	{ "#alice:1:1\n\n\nalice:x:1\n", "", 4 },
	{ "bob:x:y\nnonsense\nalice:1:2\n", "1+2 ", 0 },
};

static void ranges_text(const struct subid_ranges *ranges, struct buf *out)
{
	for (size_t i = 0; i < ranges->n; i++)
		buf_addf(out, "%u+%u ", ranges->list[i].start,
			 ranges->list[i].count);
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct subid_ranges ranges;
		BUF(text, 256);

		subid_parse(slice_of(files[i].text), slice_of("alice"), 5001,
			    &ranges);
		ranges_text(&ranges, &text);
		assert_string_equal(text.text, files[i].ranges);
		assert_int_equal(ranges.bad_line, files[i].bad_line);
	}
}

/* Of a user without a name only lines with his number are. */
static void test_nameless(void **state)
{
	struct subid_ranges ranges;

	(void)state;
	subid_parse(slice_of(":1:1\n5001:7:1\n"), slice_of(""), 5001, &ranges);
	assert_int_equal(ranges.n, 1);
	assert_int_equal(ranges.list[0].start, 7);
}

static void test_too_many(void **state)
{
	static char memory[64 * (SUBID_RANGES_MAX + 1)];
	struct subid_ranges ranges;
	struct buf text;

	(void)state;
	buf_init(&text, memory, sizeof(memory));
	for (unsigned int i = 0; i < SUBID_RANGES_MAX + 1; i++)
		buf_addf(&text, "alice:%u:1\n", 10 * i);
	subid_parse((struct slice){ text.text, text.len }, slice_of("alice"),
		    5001, &ranges);
	assert_int_equal(ranges.n, SUBID_RANGES_MAX);
	assert_int_equal(ranges.bad_line, SUBID_RANGES_MAX + 1);
}

static const struct {
	uint32_t own, inside;
	const char *ranges;
	const char *map;
} maps[] = {
	{ 5001, 5001, "", "5001=5001+1 " },
	{ 5001, 0, "alice:100000:10\n", "0=5001+1 1=100000+10 " },
	{ 5001, 3, "alice:100000:10\n", "3=5001+1 0=100000+3 4=100003+7 " },
	{ 5001, 10, "alice:100000:10\n", "10=5001+1 0=100000+10 " },
	{ 5001, 20, "alice:100000:10\n", "20=5001+1 0=100000+10 " },
	{ 5001, 0, "alice:5000:3\n", "0=5001+1 1=5000+1 2=5002+1 " },
	{ 5001, 0, "alice:5001:1\n", "0=5001+1 " },
	{ 5001, 1, "alice:5:1\nalice:7:2\n", "1=5001+1 0=5+1 2=7+2 " },
	/* All there are, but for the last number, which is nobody's. */
	{ 0, 0, "alice:0:4294967295\n", "0=0+1 1=1+4294967294 " },
	{ 5, 4294967294, "alice:0:4294967295\n",
	  "4294967294=5+1 0=0+5 5=6+4294967289 " },
};

static void test_maps(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		struct subid_ranges ranges;
		struct idmap map;
		BUF(text, 256);

		subid_parse(slice_of(maps[i].ranges), slice_of("alice"), 5001,
			    &ranges);
		assert_int_equal(idmap_layout(&map, maps[i].own,
					      maps[i].inside, &ranges), 0);
		for (size_t j = 0; j < map.n; j++)
			buf_addf(&text, "%u=%u+%u ", map.list[j].inside,
				 map.list[j].outside, map.list[j].count);
		assert_string_equal(text.text, maps[i].map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_nameless),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
