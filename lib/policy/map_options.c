/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_options.c - the options of a rule of runns.map(5)
 *
 * A table: one row, one setter, which judges the value and stores it.
 */
#include "lib/policy/map_parse.h"

#include <errno.h>

#include "lib/base/num.h"
#include "lib/policy/addr.h"
#include "lib/policy/name.h"

enum { MAP_IFNAME_MAX = 15 };

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

/* Linux-PAM makes the names of services lower case. */
static const char *map_judge_service(struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !memchr("_.-@+:", c, 6))
			return "a service has only a-z 0-9 _ . - @ + :";
	}
	return NULL;
}

static int map_set_service(struct map_parser *ps, struct slice value)
{
	ps->rule->service = value;
	return map_check_list(ps, value, map_judge_service);
}

static bool map_is_visible(char c)
{
	return c > ' ' && c < 0x7f && c != '\\';
}

static const char *map_judge_tty(struct slice word)
{
	static const char dev[] = "/dev/";

	if (word.len >= sizeof(dev) - 1 &&
	    memcmp(word.p, dev, sizeof(dev) - 1) == 0)
		return "terminals are written without /dev/, as in pts/*";
	for (size_t i = 0; i < word.len; i++)
		if (!map_is_visible(word.p[i]))
			return "a terminal has only visible ASCII bytes";
	return NULL;
}

static int map_set_tty(struct map_parser *ps, struct slice value)
{
	ps->rule->tty = value;
	return map_check_list(ps, value, map_judge_tty);
}

static const char *map_judge_rhost(struct slice word)
{
	struct addr_net net;
	int ret;

	if (slice_is(word, "local") || slice_is(word, "remote"))
		return NULL;
	ret = addr_parse_net(word, &net);
	if (ret == -ERANGE)
		return "the prefix is longer than the address";
	if (ret < 0)
		return "expected local, remote or ADDRESS/LENGTH";
	if (addr_has_host_bits(&net))
		return "the address has bits behind the prefix";
	return NULL;
}

static int map_set_rhost(struct map_parser *ps, struct slice value)
{
	ps->rule->rhost = value;
	return map_check_list(ps, value, map_judge_rhost);
}

/* As the kernel; and '%' would make the name a pattern to it. */
static bool map_is_uplink(struct slice name)
{
	if (name.len == 0 || name.len > MAP_IFNAME_MAX ||
	    slice_is(name, ".") || slice_is(name, ".."))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!map_is_visible(name.p[i]) || memchr("/:%", name.p[i], 3))
			return false;
	return true;
}

static int map_set_veth(struct map_parser *ps, struct slice value)
{
	const char *at = memchr(value.p, '@', value.len);
	size_t digits = at ? (size_t)(at - value.p) : value.len;
	uint64_t n;

	if (num_parse(value.p, digits, MAP_VETH_MAX, &n) < 0)
		return map_bad(ps, value.p, "expected veth=N or veth=N@UPLINK, "
			       "N from 0 to %d", MAP_VETH_MAX);
	ps->rule->veth = (uint32_t)n;
	if (!at)
		return 0;
	ps->rule->uplink = (struct slice){ at + 1, value.len - digits - 1 };
	if (!map_is_uplink(ps->rule->uplink))
		return map_bad(ps, at + 1, "\"%.*s\" is no interface: expected "
			       "1 to 15 bytes without / : %%",
			       MAP_QUOTE(ps->rule->uplink));
	return 0;
}

enum map_value { MAP_VALUE_NONE, MAP_VALUE_MAYBE, MAP_VALUE_MUST };

/**
 * struct map_option - one option
 * @value:	whether a value goes with it
 * @named:	only of use where SESSION is a name
 */
static const struct map_option {
	const char *keyword;
	enum map_value value;
	bool named;
	int (*set)(struct map_parser *ps, struct slice value);
} map_options[] = {
	{ "create", MAP_VALUE_MAYBE, true, map_set_create },
	{ "optional", MAP_VALUE_NONE, true, map_set_optional },
	{ "service", MAP_VALUE_MUST, false, map_set_service },
	{ "tty", MAP_VALUE_MUST, false, map_set_tty },
	{ "rhost", MAP_VALUE_MUST, false, map_set_rhost },
	{ "veth", MAP_VALUE_MUST, false, map_set_veth },
};

static const struct map_option *map_find_option(struct slice keyword)
{
	for (size_t i = 0; i < ARRAY_SIZE(map_options); i++)
		if (slice_is(keyword, map_options[i].keyword))
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
		return map_bad(ps, value.p - 1, "%s takes no value",
			       option->keyword);
	if (value.len == 0 && (value.p || option->value == MAP_VALUE_MUST))
		return map_bad(ps, word.p + word.len,
			       "%s: expected '=' and a value", option->keyword);
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
		return map_bad(ps, word.p, "%s is given twice",
			       option->keyword);
	ps->seen |= bit;
	ret = map_check_value(ps, option, word, value);
	if (ret < 0)
		return ret;
	if (option->named && ps->rule->session != MAP_NAME)
		return map_bad(ps, word.p, "%s needs the name of a namespace "
			       "as SESSION", option->keyword);
	return option->set(ps, value);
}
