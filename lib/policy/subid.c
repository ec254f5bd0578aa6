/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subid.c - subordinate ids, and the map of a user namespace
 */
#include "lib/policy/subid.h"

#include <errno.h>
#include <stdbool.h>

#include "lib/base/num.h"

/* (uid_t)-1 is nobody's, and cannot be mapped. */
static const uint64_t ids_end = UINT32_MAX;

/* The part before the next @mark or the end, which is moved behind. */
static struct slice cut(struct slice *rest, char mark)
{
	const char *at = rest->len ? memchr(rest->p, mark, rest->len) : NULL;
	size_t len = at ? (size_t)(at - rest->p) : rest->len;
	struct slice part = { rest->p, len };
	size_t taken = at ? len + 1 : len;

	rest->p += taken;
	rest->len -= taken;
	return part;
}

static bool is_users(struct slice owner, struct slice user, uint32_t uid)
{
	uint64_t number;

	if (user.len > 0 && slice_equal(owner, user))
		return true;
	return num_parse(owner.p, owner.len, UINT32_MAX, &number) == 0 &&
	       number == uid;
}

static bool parse_range(struct slice rest, struct subid_range *out)
{
	struct slice first = cut(&rest, ':');
	uint64_t start, count;

	if (num_parse(first.p, first.len, ids_end - 1, &start) < 0 ||
	    num_parse(rest.p, rest.len, ids_end, &count) < 0 || count == 0 ||
	    start + count > ids_end)
		return false;
	*out = (struct subid_range){ (uint32_t)start, (uint32_t)count };
	return true;
}

static uint64_t end_of(const struct subid_range *r)
{
	return (uint64_t)r->start + r->count;
}

static void remove_at(struct subid_ranges *ranges, size_t i)
{
	ranges->n--;
	memmove(&ranges->list[i], &ranges->list[i + 1],
		(ranges->n - i) * sizeof(ranges->list[0]));
}

/* Swallows all that it touches, so that the list stays without overlaps. */
static struct subid_range merge(struct subid_ranges *ranges,
				struct subid_range new)
{
	size_t i = 0;

	while (i < ranges->n) {
		const struct subid_range *r = &ranges->list[i];
		uint64_t start = r->start, end = end_of(r);

		if (end <= new.start || start >= end_of(&new)) {
			i++;
			continue;
		}
		if (end < end_of(&new))
			end = end_of(&new);
		if (start > new.start)
			start = new.start;
		new.start = (uint32_t)start;
		new.count = (uint32_t)(end - start);
		remove_at(ranges, i);
		i = 0;
	}
	return new;
}

/* Return: whether there was room. */
static bool add(struct subid_ranges *ranges, struct subid_range new)
{
	size_t i = 0;

	new = merge(ranges, new);
	if (ranges->n == SUBID_RANGES_MAX)
		return false;
	while (i < ranges->n && ranges->list[i].start < new.start)
		i++;
	memmove(&ranges->list[i + 1], &ranges->list[i],
		(ranges->n - i) * sizeof(new));
	ranges->list[i] = new;
	ranges->n++;
	return true;
}

void subid_parse(struct slice text, struct slice user, uint32_t uid,
		 struct subid_ranges *out)
{
	unsigned int number = 0;

	out->n = 0;
	out->bad_line = 0;
	while (text.len > 0) {
		struct slice line = cut(&text, '\n');
		struct slice owner = cut(&line, ':');
		struct subid_range range;

		number++;
		if (!is_users(owner, user, uid))
			continue;
		if ((!parse_range(line, &range) || !add(out, range)) &&
		    !out->bad_line)
			out->bad_line = number;
	}
}

/* --- the map ---------------------------------------------------------------- */

static int map_add(struct idmap *map, uint64_t inside, uint64_t outside,
		   uint64_t count)
{
	if (count == 0)
		return 0;
	if (map->n == IDMAP_LINES_MAX)
		return -E2BIG;
	map->list[map->n++] = (struct idmap_line){ (uint32_t)inside,
						   (uint32_t)outside,
						   (uint32_t)count };
	return 0;
}

/**
 * struct layout - where the next subordinate id goes
 * @next:	first number inside that is free
 * @hole:	the one that is taken
 */
struct layout {
	struct idmap *map;
	uint64_t next;
	uint64_t hole;
};

/* @from to @to - 1, around the hole and not beyond the last id. */
static int lay(struct layout *l, uint64_t from, uint64_t to)
{
	while (from < to) {
		uint64_t count = to - from;
		int r;

		if (l->next == l->hole)
			l->next++;
		if (l->next >= ids_end)
			return 0;
		if (l->next < l->hole && count > l->hole - l->next)
			count = l->hole - l->next;
		if (count > ids_end - l->next)
			count = ids_end - l->next;
		r = map_add(l->map, l->next, from, count);
		if (r < 0)
			return r;
		l->next += count;
		from += count;
	}
	return 0;
}

int idmap_layout(struct idmap *map, uint32_t own, uint32_t inside,
		 const struct subid_ranges *ranges)
{
	struct layout l = { .map = map, .hole = inside };
	int r;

	map->n = 0;
	r = map_add(map, inside, own, 1);
	for (size_t i = 0; r == 0 && i < ranges->n; i++) {
		uint64_t from = ranges->list[i].start;
		uint64_t to = end_of(&ranges->list[i]);
		bool has_own = from <= own && own < to;

		r = lay(&l, from, has_own ? own : to);
		if (r == 0 && has_own)
			r = lay(&l, (uint64_t)own + 1, to);
	}
	return r;
}
