/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * who.c - one word of the WHO column
 */
#include "lib/policy/who.h"

#include "lib/base/num.h"

/* (uid_t)-1 means "no id" to the kernel, so nobody has it. */
#define WHO_ID_MAX (UINT32_MAX - 1)

static bool who_is_number(char c)
{
	return (c >= '0' && c <= '9') || c == ':';
}

/* Reads one end of a range; an open one keeps its value. */
static int who_read_id(const char *p, size_t len, uint32_t *id)
{
	uint64_t n;

	if (len == 0)
		return 0;
	if (num_parse(p, len, WHO_ID_MAX, &n) < 0)
		return -1;
	*id = (uint32_t)n;
	return 0;
}

/* Reads "id", "min:max", "min:" or ":max" into @out. */
static const char *who_read_range(struct slice text, struct who_word *out)
{
	const char *colon = memchr(text.p, ':', text.len);
	size_t before = colon ? (size_t)(colon - text.p) : text.len;
	size_t after = colon ? text.len - before - 1 : 0;

	out->lo = 0;
	out->hi = WHO_ID_MAX;
	if (before + after == 0)
		return "a range needs a number on one side of ':' at least";
	if (who_read_id(text.p, before, &out->lo) < 0 ||
	    (colon && who_read_id(colon + 1, after, &out->hi) < 0))
		return "expected a number from 0 to 4294967294 or a range "
		       "min:max, for names do not begin with a digit";
	if (!colon)
		out->hi = out->lo;
	if (out->lo > out->hi)
		return "the range ends before it begins";
	return NULL;
}

static const char *who_read_group(struct slice text, struct who_word *out)
{
	if (text.len == 0)
		return "expected a group after '@'";
	if (who_is_number(text.p[0])) {
		out->kind = WHO_GID;
		return who_read_range(text, out);
	}
	out->kind = WHO_GROUP;
	out->name = text;
	return NULL;
}

static const char *who_read_uid(struct slice text, struct who_word *out)
{
	const char *bad = who_read_range(text, out);

	out->kind = WHO_UID;
	if (!bad && out->hi == 0)
		return "uid 0 is written root";
	return bad;
}

const char *who_read(struct slice text, struct who_word *out)
{
	out->exclude = text.len > 0 && text.p[0] == '!';
	text.p += out->exclude;
	text.len -= out->exclude;
	if (text.len == 0)
		return "expected a user, @group, number, range or *";
	if (text.p[0] == '@')
		return who_read_group((struct slice){ text.p + 1,
						      text.len - 1 },
				      out);
	if (who_is_number(text.p[0]))
		return who_read_uid(text, out);
	if (slice_is(text, "*"))
		out->kind = WHO_ANY;
	else if (slice_is(text, "root"))
		out->kind = WHO_ROOT;
	else
		out->kind = WHO_USER;
	out->name = text;
	return NULL;
}

/*
 * Names come from passwd(5), but also from directories ("DOMAIN\user",
 * "user@domain", any bytes beyond ASCII).  What is refused cannot stand in
 * passwd(5), or shows that something else was meant.
 */
static const bool who_unfit[256] = {
	['"'] = true, ['\''] = true, ['`'] = true, ['!'] = true, ['%'] = true,
	['*'] = true, ['?'] = true,  ['/'] = true, [':'] = true, [';'] = true,
	['<'] = true, ['='] = true,  ['>'] = true, ['|'] = true,
};

static const char *who_check_name(struct slice name)
{
	if (name.p[0] == '-' || name.p[0] == '+' || name.p[0] == '@')
		return "a name does not begin with '-', '+' or '@'";
	if (name.p[0] == '\\' || name.p[name.len - 1] == '\\')
		return "a backslash continues a line only directly before "
		       "the newline";
	for (size_t i = 0; i < name.len; i++)
		if (who_unfit[(unsigned char)name.p[i]])
			return "a name has no quotes, wildcards or any of "
			       "! % / : ; < = > ` |";
	return NULL;
}

static const bool who_plain[256] = {
	['-'] = true,
	['.'] = true,
	['_'] = true,
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
};

bool who_is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!who_plain[(unsigned char)text.p[i]])
			return false;
	return text.len > 0 && !who_is_number(text.p[0]) && text.p[0] != '-';
}

const char *who_check(struct slice text)
{
	struct who_word w;
	const char *bad = who_read(text, &w);

	if (!bad && (w.kind == WHO_USER || w.kind == WHO_GROUP))
		return who_check_name(w.name);
	return bad;
}
