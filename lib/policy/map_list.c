/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_list.c - the comma lists of runns.map(5)
 */
#include "lib/policy/map_parse.h"

bool map_list_next(struct slice *list, struct slice *word)
{
	const char *p = list->p, *end;

	if (list->len == 0)
		return false;
	end = p + list->len;
	while (p < end && *p != ',')
		p++;
	*word = (struct slice){ list->p, (size_t)(p - list->p) };
	if (p < end)
		p = cursor_list_comma(p, end);
	*list = (struct slice){ p, (size_t)(end - p) };
	return true;
}

int map_check_list(struct map_parser *ps, struct slice list,
		   const char *(*judge)(struct slice))
{
	const char *end = list.p + list.len;
	struct slice word = { list.p, 0 };
	unsigned int n = 0;

	while (map_list_next(&list, &word)) {
		const char *bad;

		if (word.len == 0)
			break;
		if (++n > MAP_LIST_MAX)
			return map_bad(ps, word.p,
				       "more than %d words in a list: expected "
				       "fewer; make a group, or another rule",
				       MAP_LIST_MAX);
		bad = judge(word);
		if (bad)
			return map_bad(ps, word.p, "\"%.*s\": %s",
				       MAP_QUOTE(word), bad);
	}
	if (word.len == 0 || word.p + word.len != end)
		return map_bad(ps, word.len == 0 ? word.p : end,
			       "an item is missing: expected one on each side "
			       "of a comma, and no blank");
	return 0;
}
