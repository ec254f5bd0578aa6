/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jsonw.c - writes JSON
 */
#include "lib/base/jsonw.h"

#include <errno.h>
#include <string.h>

/*
 * Length of the UTF-8 sequence at @p, its code point in @code; 0 if there is
 * none (RFC 3629: no surrogates, no longer forms than needed).
 */
static size_t utf8_read(const unsigned char *p, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 :
	    p[0] >= 0xe0 && p[0] < 0xf0 ? 3 :
	    p[0] >= 0xc0 && p[0] < 0xe0 ? 2 : 0;
	if (!n || n > len)
		return 0;
	*code = p[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3fu);
	}
	if (*code < least[n] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return n;
}

/* Would a terminal do something else with it than show it? */
static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||
	       code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

static void jsonw_quoted(struct jsonw *j, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code = 0;
	size_t n;

	fputc('"', j->file);
	for (; len; p += n ? n : 1, len -= n ? n : 1) {
		n = utf8_read(p, len, &code);
		if (!n)
			fputs("\\ufffd", j->file);
		else if (code == '"' || code == '\\')
			fprintf(j->file, "\\%c", (int)code);
		else if (code == '\n')
			fputs("\\n", j->file);
		else if (code == '\t')
			fputs("\\t", j->file);
		else if (is_unsafe(code))
			fprintf(j->file, "\\u%04x", (unsigned int)code);
		else
			fwrite(p, 1, n, j->file);
	}
	fputc('"', j->file);
}

/* Whatever precedes a value: a comma, its key. */
static void jsonw_lead(struct jsonw *j, const char *key)
{
	if (j->comma)
		fputc(',', j->file);
	j->comma = true;
	if (!key)
		return;
	jsonw_quoted(j, key, strlen(key));
	fputc(':', j->file);
}

static void jsonw_open(struct jsonw *j, const char *key, char bracket)
{
	jsonw_lead(j, key);
	fputc(bracket, j->file);
	j->comma = false;
}

static void jsonw_close(struct jsonw *j, char bracket)
{
	fputc(bracket, j->file);
	j->comma = true;
}

void jsonw_object(struct jsonw *j, const char *key)
{
	jsonw_open(j, key, '{');
}

void jsonw_object_end(struct jsonw *j)
{
	jsonw_close(j, '}');
}

void jsonw_array(struct jsonw *j, const char *key)
{
	jsonw_open(j, key, '[');
}

void jsonw_array_end(struct jsonw *j)
{
	jsonw_close(j, ']');
}

void jsonw_number(struct jsonw *j, const char *key, uint64_t value)
{
	jsonw_lead(j, key);
	fprintf(j->file, "%llu", (unsigned long long)value);
}

void jsonw_bool(struct jsonw *j, const char *key, bool value)
{
	jsonw_lead(j, key);
	fputs(value ? "true" : "false", j->file);
}

void jsonw_null(struct jsonw *j, const char *key)
{
	jsonw_lead(j, key);
	fputs("null", j->file);
}

void jsonw_text(struct jsonw *j, const char *key, const char *text, size_t len)
{
	jsonw_lead(j, key);
	jsonw_quoted(j, text, len);
}

void jsonw_string(struct jsonw *j, const char *key, const char *text)
{
	jsonw_text(j, key, text, strlen(text));
}

int jsonw_finish(struct jsonw *j)
{
	fputc('\n', j->file);
	if (fflush(j->file) != 0)
		return -errno;
	return ferror(j->file) ? -EIO : 0;
}
