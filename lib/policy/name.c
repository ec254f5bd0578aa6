/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name.c - names of namespaces, and the patterns that stand for them
 */
#include "lib/policy/name.h"

#include <errno.h>

#include "lib/base/buf.h"

/* What a byte is to a name; the rest cannot stand in one. */
enum { NAME_MARK = 1, NAME_LETTER = 2, NAME_NUMERAL = 4 };

static const uint8_t name_bytes[256] = {
	['-'] = NAME_MARK,
	['.'] = NAME_MARK,
	['_'] = NAME_MARK,
	['0' ... '9'] = NAME_NUMERAL,
	['A' ... 'Z'] = NAME_LETTER,
	['a' ... 'z'] = NAME_LETTER,
};

static uint8_t name_byte(char c)
{
	return name_bytes[(unsigned char)c];
}

/* Can a name begin with it? */
static bool name_is_first(char c)
{
	return name_byte(c) & (NAME_LETTER | NAME_NUMERAL);
}

static bool name_is_digit(char c)
{
	return name_byte(c) == NAME_NUMERAL;
}

bool name_is_valid(struct slice name)
{
	if (name.len == 0 || name.len > NAME_LEN_MAX ||
	    !name_is_first(name.p[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!name_byte(name.p[i]))
			return false;
	return !slice_is(name, "host") && !slice_is(name, "deny");
}

bool name_is_template(struct slice text)
{
	return text.len > 0 && memchr(text.p, '%', text.len);
}

/**
 * struct name_shape - what name_template_check() has seen so far
 * @literals:	bytes that stand for themselves
 * @values:	placeholders
 * @texts:	those of them that stand for a name: %u, %g
 * @parted:	was there another byte than a digit since the last one?
 */
struct name_shape {
	size_t literals;
	size_t values;
	size_t texts;
	bool parted;
};

/*
 * Two users must never get one name from one template.  Names may hold every
 * byte that a template can, so two of them are not told apart, whatever
 * stands between; nor are digits from a number that they touch.
 */
static const char *name_shape_add(struct name_shape *shape, char c)
{
	if (c != 'u' && c != 'U' && c != 'g')
		return "after '%' only u, U or g can stand: %u is the user, "
		       "%U the uid, %g the primary group";
	shape->texts += c != 'U';
	if (shape->texts > 1)
		return "only one %u or %g can stand in a template: two names "
		       "in a row cannot be told apart; add %U instead";
	if (shape->values > 0 && !shape->parted)
		return "placeholders need text that is not a number between "
		       "them, as in %u-%U";
	shape->values++;
	shape->parted = false;
	return NULL;
}

const char *name_template_check(struct slice text)
{
	struct name_shape shape = { 0 };

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c == '%') {
			char kind = i + 1 < text.len ? text.p[++i] : '\0';
			const char *bad = name_shape_add(&shape, kind);

			if (bad)
				return bad;
			continue;
		}
		if (i == 0 ? !name_is_first(c) : !name_byte(c))
			return "a name has only A-Z a-z 0-9 _ . - and begins "
			       "with a letter or digit";
		shape.literals++;
		shape.parted = shape.parted || !name_is_digit(c);
	}
	if (shape.literals == 0)
		return "a template needs text of its own, as in u-%u";
	if (shape.literals + shape.values > NAME_LEN_MAX)
		return "a name has at most 63 bytes";
	return NULL;
}

/* Appends what one placeholder stands for. */
static int name_add_value(struct buf *out, char kind,
			  const struct name_values *values)
{
	const char *value = values->user;

	if (kind == 'U') {
		buf_addf(out, "%u", values->uid);
		return 0;
	}
	if (kind == 'g') {
		value = values->group;
		if (!value)
			return -ENODATA;
	} else if (kind != 'u') {
		return -EINVAL;
	}
	if (!value || !value[0])
		return -EINVAL;
	buf_adds(out, value);
	return 0;
}

int name_expand(char out[NAME_SIZE], struct slice template,
		const struct name_values *values)
{
	BUF(name, NAME_SIZE);

	for (size_t i = 0; i < template.len; i++) {
		char c = template.p[i];
		int ret;

		if (c != '%') {
			buf_addc(&name, c);
			continue;
		}
		i++;
		ret = name_add_value(&name,
				     i < template.len ? template.p[i] : '\0',
				     values);
		if (ret < 0)
			return ret;
	}
	if (buf_status(&name) < 0 ||
	    !name_is_valid((struct slice){ name.text, name.len }))
		return -EINVAL;
	memcpy(out, name.text, name.len + 1);
	return 0;
}

bool name_glob_match(struct slice glob, struct slice name)
{
	size_t g = 0, n = 0, star = 0, resume = 0;
	bool starred = false;

	while (n < name.len) {
		if (g < glob.len && glob.p[g] == '*') {
			/* Let it stand for nothing first, for more if need be. */
			starred = true;
			star = ++g;
			resume = n;
		} else if (g < glob.len &&
			   (glob.p[g] == '?' || glob.p[g] == name.p[n])) {
			g++;
			n++;
		} else if (starred) {
			g = star;
			n = ++resume;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.p[g] == '*')
		g++;
	return g == glob.len;
}

/*
 * A pattern as a row of elements, each a set of bytes, once or (NAME_LOOP)
 * any number of times.  "%u" is one byte and any number more of them.
 */
enum {
	NAME_ANY = 1,		/* sets; other values are a byte itself */
	NAME_DIGIT = 2,
	NAME_SET = 0x7f,
	NAME_LOOP = 0x80,
	NAME_ELEMENTS_MAX = 2 * NAME_SIZE,
};

struct name_pattern {
	unsigned char at[NAME_ELEMENTS_MAX];
	size_t len;
};

/* Fills @out; false if @text is too long for it. */
static bool name_pattern_read(struct slice text, struct name_pattern *out)
{
	out->len = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i] & NAME_SET;

		if (out->len + 2 > ARRAY_SIZE(out->at))
			return false;
		if (c == '*') {
			out->at[out->len++] = NAME_ANY | NAME_LOOP;
		} else if (c == '?') {
			out->at[out->len++] = NAME_ANY;
		} else if (c == '%' && i + 1 < text.len) {
			c = text.p[++i] == 'U' ? NAME_DIGIT : NAME_ANY;
			out->at[out->len++] = c;
			out->at[out->len++] = c | NAME_LOOP;
		} else {
			out->at[out->len++] = c;
		}
	}
	return true;
}

/* Have two sets a byte in common? */
static bool name_sets_meet(unsigned char a, unsigned char b)
{
	a &= NAME_SET;
	b &= NAME_SET;
	if (a == b || a == NAME_ANY || b == NAME_ANY)
		return true;
	if (a == NAME_DIGIT)
		return name_is_digit((char)b);
	return b == NAME_DIGIT && name_is_digit((char)a);
}

/*
 * The cell says whether some text is matched by both the first @i elements
 * of @a and the first @j of @b; @row holds the cells left of it, and until
 * it is overwritten the one above, @corner the one above to the left.
 */
static bool name_cell(const struct name_pattern *a, size_t i,
		      const struct name_pattern *b, size_t j,
		      const bool cells[3])
{
	bool corner = cells[0], above = cells[1], left = cells[2];
	bool a_loops = i < a->len && a->at[i] & NAME_LOOP;
	bool b_loops = j < b->len && b->at[j] & NAME_LOOP;

	if (i > 0 && above &&
	    (a->at[i - 1] & NAME_LOOP ||
	     (b_loops && name_sets_meet(a->at[i - 1], b->at[j]))))
		return true;
	if (j > 0 && left &&
	    (b->at[j - 1] & NAME_LOOP ||
	     (a_loops && name_sets_meet(a->at[i], b->at[j - 1]))))
		return true;
	return i > 0 && j > 0 && corner &&
	       !((a->at[i - 1] | b->at[j - 1]) & NAME_LOOP) &&
	       name_sets_meet(a->at[i - 1], b->at[j - 1]);
}

static bool name_patterns_meet(const struct name_pattern *a,
			       const struct name_pattern *b)
{
	bool row[NAME_ELEMENTS_MAX + 1] = { false };

	for (size_t i = 0; i <= a->len; i++) {
		bool corner = false;

		for (size_t j = 0; j <= b->len; j++) {
			bool cells[3] = { corner, row[j], j > 0 && row[j - 1] };

			corner = row[j];
			row[j] = (i == 0 && j == 0) ||
				 name_cell(a, i, b, j, cells);
		}
	}
	return row[b->len];
}

static bool name_is_meta(char c)
{
	return c == '%' || c == '*' || c == '?';
}

/* Does the byte at @i stand for itself? */
static bool name_is_literal(struct slice text, size_t i)
{
	return !name_is_meta(text.p[i]) && !(i > 0 && text.p[i - 1] == '%');
}

/* Cheap: do the literal bytes at either end already tell them apart? */
static bool name_ends_differ(struct slice a, struct slice b)
{
	size_t least = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < least; i++) {
		if (name_is_meta(a.p[i]) || name_is_meta(b.p[i]))
			break;
		if (a.p[i] != b.p[i])
			return true;
	}
	for (size_t i = 1; i <= least; i++) {
		if (!name_is_literal(a, a.len - i) ||
		    !name_is_literal(b, b.len - i))
			break;
		if (a.p[a.len - i] != b.p[b.len - i])
			return true;
	}
	return false;
}

bool name_patterns_overlap(struct slice template, struct slice other)
{
	struct name_pattern a, b;

	if (name_ends_differ(template, other))
		return false;
	if (!name_pattern_read(template, &a) || !name_pattern_read(other, &b))
		return true;
	return name_patterns_meet(&a, &b);
}
