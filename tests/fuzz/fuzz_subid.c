/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_subid.c - /etc/subuid from any bytes, and the map that is made of it
 *
 * The kernel refuses a map in which an id is there twice or does not exist.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/policy/subid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_ranges(const struct subid_ranges *ranges)
{
	uint64_t end = 0;

	must(ranges->n <= SUBID_RANGES_MAX);
	for (size_t i = 0; i < ranges->n; i++) {
		const struct subid_range *r = &ranges->list[i];

		must(r->count > 0 && r->start >= end);
		end = (uint64_t)r->start + r->count;
		must(end <= UINT32_MAX);
	}
}

static int is_apart(uint32_t a, uint32_t a_count, uint32_t b, uint32_t b_count)
{
	return (uint64_t)a + a_count <= b || (uint64_t)b + b_count <= a;
}

static void check_map(const struct idmap *map, uint32_t own, uint32_t inside)
{
	must(map->list[0].inside == inside && map->list[0].outside == own &&
	     map->list[0].count == 1);
	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_line *a = &map->list[i];

		must(a->count > 0 &&
		     (uint64_t)a->inside + a->count <= UINT32_MAX &&
		     (uint64_t)a->outside + a->count <= UINT32_MAX);
		for (size_t j = 0; j < i; j++) {
			const struct idmap_line *b = &map->list[j];

			must(is_apart(a->inside, a->count, b->inside,
				      b->count) &&
			     is_apart(a->outside, a->count, b->outside,
				      b->count));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct subid_ranges ranges;
	struct idmap map;
	uint32_t inside = 0;

	if (size >= sizeof(inside))
		memcpy(&inside, data + size - sizeof(inside), sizeof(inside));
	if (inside == UINT32_MAX)
		inside = 0;
	subid_parse(text, SLICE("a"), 5, &ranges);
	check_ranges(&ranges);
	if (idmap_layout(&map, 5, inside, &ranges) == 0)
		check_map(&map, 5, inside);
	return 0;
}
