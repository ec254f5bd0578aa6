/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.c - JSON, fields and colour on the standard output
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/log.h"
#include "runnsctl/out.h"

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

static void json_quoted(struct json *j, const char *text, size_t len)
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
static void json_lead(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->file);
	j->comma = true;
	if (!key)
		return;
	json_quoted(j, key, strlen(key));
	fputc(':', j->file);
}

static void json_open(struct json *j, const char *key, char bracket)
{
	json_lead(j, key);
	fputc(bracket, j->file);
	j->comma = false;
}

static void json_close(struct json *j, char bracket)
{
	fputc(bracket, j->file);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	json_open(j, key, '{');
}

void json_object_end(struct json *j)
{
	json_close(j, '}');
}

void json_array(struct json *j, const char *key)
{
	json_open(j, key, '[');
}

void json_array_end(struct json *j)
{
	json_close(j, ']');
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	json_lead(j, key);
	fprintf(j->file, "%llu", (unsigned long long)value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	json_lead(j, key);
	fputs(value ? "true" : "false", j->file);
}

void json_null(struct json *j, const char *key)
{
	json_lead(j, key);
	fputs("null", j->file);
}

void json_text(struct json *j, const char *key, const char *text, size_t len)
{
	json_lead(j, key);
	json_quoted(j, text, len);
}

void json_string(struct json *j, const char *key, const char *text)
{
	json_text(j, key, text, strlen(text));
}

void json_finish(struct json *j)
{
	fputc('\n', j->file);
}

static bool out_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && no[0]) && term && term[0] &&
	       strcmp(term, "dumb") != 0;
}

void out_text(enum out_style style, const char *text, size_t len)
{
	static const char *const codes[] = {
		[OUT_PLAIN] = "", [OUT_BOLD] = "\033[1m",
		[OUT_GOOD] = "\033[32m", [OUT_WARN] = "\033[33m",
		[OUT_BAD] = "\033[31m",
	};
	bool colour = style != OUT_PLAIN && out_colour();
	_cleanup_free_ char *safe = malloc(len * 4 + 1);

	if (!safe) {
		fputs("(out of memory)", stdout);
		return;
	}
	log_escape(safe, len * 4 + 1, text, len);
	printf("%s%s%s", colour ? codes[style] : "", safe,
	       colour ? "\033[0m" : "");
}

void out_field(const char *label, const char *fmt, ...)
{
	_cleanup_free_ char *value = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (len < 0) {
		value = NULL;
		return;
	}
	printf("  %-10s ", label);
	out_text(OUT_PLAIN, value, (size_t)len);
	putchar('\n');
}

int out_close(void)
{
	int failed = ferror(stdout);

	if (fflush(stdout) != 0)
		return -errno;
	return failed ? -EIO : 0;
}
