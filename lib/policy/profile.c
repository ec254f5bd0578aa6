/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.c - runns.conf(5): lines, headings and the way to the keys
 *
 * A line is judged in this order: its bytes (so that no later message has to
 * show a control character), its comment, its kind.  Every kind of line has
 * one function.
 */
#include <errno.h>

#include "lib/policy/profile.h"
#include "lib/policy/profile_keys.h"

static const char blanks[] = " \t";

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool profile_same_text(struct slice a, struct slice b)
{
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

/* A '#' behind a blank ends what is said; others may be part of a value. */
static struct slice without_comment(struct slice s)
{
	size_t i;

	for (i = 1; i < s.len; i++)
		if (s.p[i] == '#' && is_blank(s.p[i - 1]))
			return (struct slice){ s.p, i };
	return s;
}

void profile_conf_init(struct profile_conf *conf, struct profile *memory,
		       size_t cap)
{
	*conf = (struct profile_conf){
		.profiles = memory,
		.cap = cap,
		.firewall = FIREWALL_AUTO,
		.pool = { .addr = { .family = 4, .bytes = { 172, 24 } },
			  .prefix = 16 },
		.pool_prefix = 24,
		/* "runns", as an identifier of RFC 4193 */
		.pool6 = { .addr = { .family = 6, .bytes = { 0xfd, 'r', 'u',
				     'n', 'n', 's' } },
			   .prefix = 48 },
		.pool6_prefix = 64,
	};
}

/* Takes the next line, without its newline, off @text. */
static struct slice line_next(struct slice *text)
{
	const char *end = memchr(text->p, '\n', text->len);
	struct slice line = *text;

	if (!end) {
		text->p += text->len;
		text->len = 0;
		return line;
	}
	line.len = (size_t)(end - text->p);
	text->p = end + 1;
	text->len -= line.len + 1;
	return line;
}

size_t profile_count(const char *text, size_t len)
{
	struct slice rest = { text, len };
	size_t n = 0;

	while (rest.len) {
		struct slice line = slice_trim(line_next(&rest), blanks);

		if (line.len && line.p[0] == '[')
			n++;
	}
	return n;
}

/* Bytes that no line may hold, comments included. */
static int check_bytes(const struct profile_input *in, struct slice line)
{
	size_t i;

	if (line.len > PROFILE_LINE_MAX)
		return profile_bad(in, line.p + PROFILE_LINE_MAX,
				   "line is longer than %d bytes",
				   PROFILE_LINE_MAX);
	for (i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c == '\r')
			return profile_bad(in, line.p + i,
					   "carriage return: lines must end in a newline alone");
		if (c == '\0')
			return profile_bad(in, line.p + i, "NUL byte");
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return profile_bad(in, line.p + i,
					   "control character 0x%02x", c);
	}
	return 0;
}

static int section_add(struct profile_input *in, struct slice name)
{
	struct profile_conf *conf = in->conf;

	if (!name_is_valid(name))
		return profile_bad(in, name.p,
				   "\"%.*s\" cannot be a section: " PROFILE_NAME_RULE,
				   SLICE_ARG(name));
	if (conf->n >= conf->cap || conf->n >= PROFILE_SECTIONS_MAX)
		return profile_bad(in, name.p, "more than %zu sections",
				   conf->n);
	in->profile = &conf->profiles[conf->n++];
	*in->profile = (struct profile){
		.file = in->file,
		.line = in->line,
		.section = name,
	};
	*in->seen = 0;
	return 0;
}

/* Where the lines that follow a heading belong. */
struct place {
	uint64_t seen;		/* keys of this section */
	bool any;		/* there was a heading */
};

static int read_heading(struct profile_input *in, struct place *place,
			struct slice line)
{
	const char *end = memchr(line.p, ']', line.len);
	struct slice name = { line.p + 1, 0 };

	if (!end)
		return profile_bad(in, line.p + line.len,
				   "\"]\" expected at the end of a heading");
	if (end != line.p + line.len - 1)
		return profile_bad(in, end + 1,
				   "nothing but a comment may follow a heading");
	name.len = (size_t)(end - name.p);
	place->any = true;
	if (profile_same_text(name, SLICE("runns"))) {
		in->profile = NULL;
		in->seen = &in->conf->seen_general;
		return 0;
	}
	in->seen = &place->seen;
	return section_add(in, name);
}

static int read_key(struct profile_input *in, const struct place *place,
		    struct slice line)
{
	const char *equals = memchr(line.p, '=', line.len);

	if (!equals)
		return profile_bad(in, line.p, "KEY = VALUE or [SECTION] expected");
	in->key = slice_trim((struct slice){ line.p,
					     (size_t)(equals - line.p) },
			     blanks);
	in->value = (struct slice){ equals + 1, 0 };
	in->value.len = (size_t)(line.p + line.len - in->value.p);
	in->value = slice_trim(in->value, blanks);
	if (!in->key.len)
		return profile_bad(in, line.p, "key expected before \"=\"");
	if (!place->any)
		return profile_bad(in, line.p,
				   "key before the first [SECTION]");
	if (!in->value.len)
		return profile_bad(in, line.p + line.len,
				   "value expected behind \"=\"");
	return profile_key_set(in);
}

static int read_line(struct profile_input *in, struct place *place,
		     struct slice line)
{
	int r;

	in->start = line.p;
	r = check_bytes(in, line);
	if (r < 0)
		return r;
	line = slice_trim(line, blanks);
	if (!line.len || line.p[0] == '#' || line.p[0] == ';')
		return 0;
	line = slice_trim(without_comment(line), blanks);
	if (line.p[0] == '[')
		return read_heading(in, place, line);
	return read_key(in, place, line);
}

/* What makes a text no text of ours as a whole. */
static int check_text(const struct profile_input *in, struct slice text)
{
	if (text.len > PROFILE_TEXT_MAX)
		return diag_set(in->d, in->file, 0, 0,
				"larger than %d bytes", PROFILE_TEXT_MAX);
	if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		return diag_set(in->d, in->file, 1, 1,
				"byte order mark: save the file as plain text");
	return 0;
}

int profile_parse(struct profile_conf *conf, const char *file,
		  const char *text, size_t len, struct diag *d)
{
	struct place place = { 0 };
	struct slice rest = { text, len };
	struct profile_input in = {
		.conf = conf,
		.file = file,
		.seen = &place.seen,
		.d = d,
	};
	int r = check_text(&in, rest);

	while (r == 0 && rest.len) {
		struct slice line = line_next(&rest);

		in.line++;
		r = read_line(&in, &place, line);
		if (r == 0 && !rest.len && text[len - 1] != '\n')
			r = profile_bad(&in, line.p + line.len,
					"the last line has no newline: the file may be cut short");
	}
	return r;
}

const struct profile *profile_find(const struct profile_conf *conf,
				   struct slice section)
{
	size_t i;

	for (i = 0; i < conf->n; i++)
		if (profile_same_text(conf->profiles[i].section, section))
			return &conf->profiles[i];
	return NULL;
}

const struct profile *profile_find_netns(const struct profile_conf *conf,
					 struct slice name)
{
	size_t i;

	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i];

		if (slice_equal(p->netns.len ? p->netns : p->section, name))
			return p;
	}
	return NULL;
}
