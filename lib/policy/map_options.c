/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_options.c - the options of a rule of runns.map(5)
 *
 * A table: one row, one setter, which judges the value and stores it.
 */
#include "lib/policy/map_parse.h"

#include <errno.h>

#include "lib/base/num.h"
#include "lib/policy/name.h"
#include "lib/policy/word.h"

static int map_set_create(struct map_parser *ps, struct slice value)
{
	if (value.p && !name_is_valid(value))
		return map_bad(ps, value.p, "\"%.*s\" is no section: expected "
			       "create or create=SECTION", MAP_QUOTE(value));
	ps->rule->create = true;
	ps->rule->section = value;
	return 0;
}

static int map_set_optional(struct map_parser *ps, struct slice value)
{
	(void)value;
	ps->rule->optional = true;
	return 0;
}

static int map_set_service(struct map_parser *ps, struct slice value)
{
	ps->rule->service = value;
	return map_check_list(ps, value, word_check_service);
}

static int map_set_tty(struct map_parser *ps, struct slice value)
{
	ps->rule->tty = value;
	return map_check_list(ps, value, word_check_tty);
}

static int map_set_rhost(struct map_parser *ps, struct slice value)
{
	ps->rule->rhost = value;
	return map_check_list(ps, value, word_check_rhost);
}

static int map_set_veth(struct map_parser *ps, struct slice value)
{
	const char *at = memchr(value.p, '@', value.len);
	size_t digits = at ? (size_t)(at - value.p) : value.len;
	const char *bad;
	uint64_t n;

	if (num_parse(value.p, digits, MAP_VETH_MAX, &n) < 0)
		return map_bad(ps, value.p, "expected veth=N or veth=N@UPLINK, "
			       "N from 0 to %d", MAP_VETH_MAX);
	ps->rule->veth = (uint32_t)n;
	if (!at)
		return 0;
	ps->rule->uplink = (struct slice){ at + 1, value.len - digits - 1 };
	bad = word_check_uplink(ps->rule->uplink);
	if (bad)
		return map_bad(ps, at + 1, "\"%.*s\": %s",
			       MAP_QUOTE(ps->rule->uplink), bad);
	return 0;
}

enum map_value { MAP_VALUE_NONE, MAP_VALUE_MAYBE, MAP_VALUE_MUST };

/**
 * struct map_option - one option
 * @value:	whether a value goes with it
 * @named:	only of use where SESSION is a name
 */
static const struct map_option {
	struct slice keyword;
	enum map_value value;
	bool named;
	int (*set)(struct map_parser *ps, struct slice value);
} map_options[] = {
	{ SLICE("create"), MAP_VALUE_MAYBE, true, map_set_create },
	{ SLICE("optional"), MAP_VALUE_NONE, true, map_set_optional },
	{ SLICE("service"), MAP_VALUE_MUST, false, map_set_service },
	{ SLICE("tty"), MAP_VALUE_MUST, false, map_set_tty },
	{ SLICE("rhost"), MAP_VALUE_MUST, false, map_set_rhost },
	{ SLICE("veth"), MAP_VALUE_MUST, false, map_set_veth },
};

static const struct map_option *map_find_option(struct slice keyword)
{
	for (size_t i = 0; i < ARRAY_SIZE(map_options); i++)
		if (slice_equal(keyword, map_options[i].keyword))
			return &map_options[i];
	return NULL;
}

/* Splits "keyword=value"; the value's p is NULL when there is no '='. */
static struct slice map_cut_value(struct slice *word)
{
	const char *equals = memchr(word->p, '=', word->len);
	size_t len = word->len;

	if (!equals)
		return (struct slice){ NULL, 0 };
	word->len = (size_t)(equals - word->p);
	return (struct slice){ equals + 1, len - word->len - 1 };
}

/* Is there a value where one is needed, and none where none is? */
static int map_check_value(struct map_parser *ps,
			   const struct map_option *option, struct slice word,
			   struct slice value)
{
	if (value.p && option->value == MAP_VALUE_NONE)
		return map_bad(ps, value.p - 1, "%.*s takes no value",
			       SLICE_ARG(word));
	if (value.len == 0 && (value.p || option->value == MAP_VALUE_MUST))
		return map_bad(ps, word.p + word.len,
			       "%.*s: expected '=' and a value",
			       SLICE_ARG(word));
	return 0;
}

int map_set_option(struct map_parser *ps, struct slice word)
{
	struct slice value = map_cut_value(&word);
	const struct map_option *option = map_find_option(word);
	unsigned int bit;
	int ret;

	if (!option)
		return map_bad(ps, word.p, "unknown option \"%.*s\": expected "
			       "create, optional, service=, tty=, rhost= or "
			       "veth=", MAP_QUOTE(word));
	bit = 1U << (option - map_options);
	if (ps->seen & bit)
		return map_bad(ps, word.p, "%.*s is given twice",
			       SLICE_ARG(word));
	ps->seen |= bit;
	ret = map_check_value(ps, option, word, value);
	if (ret < 0)
		return ret;
	if (option->named && ps->rule->session != MAP_NAME)
		return map_bad(ps, word.p, "%.*s needs the name of a "
			       "namespace as SESSION", SLICE_ARG(word));
	return option->set(ps, value);
}
