/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pamtext.c - the text of a PAM service, pam.d(5)
 */
#include "lib/policy/pamtext.h"

static void skip(struct slice *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

/* A backslash before a newline stands for a blank. */
static size_t blank_at(struct slice s)
{
	if (s.len && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r'))
		return 1;
	return s.len >= 2 && s.p[0] == '\\' && s.p[1] == '\n' ? 2 : 0;
}

static bool ends_at(struct slice s)
{
	return !s.len || s.p[0] == '\n' || s.p[0] == '#';
}

static void skip_blanks(struct slice *s)
{
	size_t n;

	while ((n = blank_at(*s)) != 0)
		skip(s, n);
}

bool pamtext_word(struct slice *text, struct slice *word)
{
	bool bracket, closed = false;

	skip_blanks(text);
	*word = (struct slice){ text->p, 0 };
	bracket = text->len && text->p[0] == '[';
	while (!ends_at(*text) && !closed && (bracket || !blank_at(*text))) {
		closed = bracket && text->p[0] == ']';
		/* Whatever is escaped, "]" or a newline, ends nothing. */
		skip(text, text->p[0] == '\\' && text->len > 1 ? 2 : 1);
	}
	word->len = (size_t)(text->p - word->p);
	return word->len > 0;
}

static bool is_word(struct slice s, const char *word)
{
	size_t i, len = strlen(word);

	if (s.len != len)
		return false;
	for (i = 0; i < len; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

/* A physical line that a comment ends is not continued. */
static struct slice take_line(struct slice *text)
{
	struct slice line = { text->p, 0 };

	while (!ends_at(*text))
		skip(text, text->p[0] == '\\' && text->len > 1 ? 2 : 1);
	line.len = (size_t)(text->p - line.p);
	while (text->len && text->p[0] != '\n')
		skip(text, 1);
	if (text->len)
		skip(text, 1);
	return line;
}

static bool read_rule(struct slice line, struct pamtext_line *out)
{
	struct slice type;

	*out = (struct pamtext_line){ .kind = PAMTEXT_RULE };
	if (!pamtext_word(&line, &type))
		return false;
	if (is_word(type, "@include")) {
		out->kind = PAMTEXT_ALL;
		out->session = true;
		return pamtext_word(&line, &out->target);
	}
	if (type.p[0] == '-')
		skip(&type, 1);
	out->session = is_word(type, "session");
	if (!pamtext_word(&line, &out->control) ||
	    !pamtext_word(&line, &out->target))
		return false;
	if (is_word(out->control, "include"))
		out->kind = PAMTEXT_INCLUDE;
	else if (is_word(out->control, "substack"))
		out->kind = PAMTEXT_SUBSTACK;
	out->args = line;
	return true;
}

bool pamtext_next(struct slice *text, struct pamtext_line *out)
{
	while (text->len)
		if (read_rule(take_line(text), out))
			return true;
	return false;
}

bool pamtext_is_ours(struct slice module)
{
	size_t i;

	for (i = module.len; i > 0 && module.p[i - 1] != '/'; i--)
		;
	skip(&module, i);
	return slice_is(module, "pam_runns.so") ||
	       slice_is(module, "pam_runns");
}

/* Every result but these three is a refusal of ours. */
static bool action_refuses(struct slice pair, bool *has_default)
{
	const char *equals = memchr(pair.p, '=', pair.len);
	struct slice key = pair, action = pair;

	if (!equals)
		return false;
	key.len = (size_t)(equals - pair.p);
	skip(&action, key.len + 1);
	if (is_word(key, "success") || is_word(key, "ignore") ||
	    is_word(key, "new_authtok_reqd"))
		return true;
	if (is_word(key, "default"))
		*has_default = true;
	return is_word(action, "bad") || is_word(action, "die");
}

bool pamtext_refuses(struct slice control)
{
	bool has_default = false;
	struct slice pair;

	if (is_word(control, "required") || is_word(control, "requisite"))
		return true;
	if (control.len < 2 || control.p[0] != '[' ||
	    control.p[control.len - 1] != ']')
		return false;
	skip(&control, 1);
	control.len--;
	while (pamtext_word(&control, &pair))
		if (!action_refuses(pair, &has_default))
			return false;
	return has_default;
}
