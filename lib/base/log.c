/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.c - one place through which every message goes
 *
 * The sink belongs to the thread: the library is a guest in programs whose
 * other threads may have a session of their own to tell about.
 */
#include "lib/base/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static __thread const struct log_sink *log_sink;

const struct log_sink *log_set_sink(const struct log_sink *sink)
{
	const struct log_sink *before = log_sink;

	log_sink = sink;
	return before;
}

/*
 * Decodes one character of @len bytes at most.  Returns its length, or 0 if
 * the first byte begins none: overlong forms and surrogates are none.
 */
static size_t log_decode(const unsigned char *p, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;

	if (p[0] < 0x80)
		n = 1;
	else if (p[0] >= 0xc2 && p[0] < 0xe0)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] < 0xf0)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] < 0xf5)
		n = 4;
	else
		return 0;
	if (n > len)
		return 0;
	*c = n == 1 ? p[0] : p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fU);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

/* Could the character move the cursor, end the line or turn the text? */
static bool log_is_unsafe(uint32_t c)
{
	return c < 0x20 || c == '\\' || (c >= 0x7f && c < 0xa0) ||
	       c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static size_t log_put_hex(char *out, const unsigned char *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	return len * 4;
}

void log_escape(char *out, size_t size, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	const unsigned char *end = p + len;
	size_t at = 0;

	while (p < end) {
		uint32_t c = 0;
		size_t n = log_decode(p, (size_t)(end - p), &c);
		bool hex = n == 0 || log_is_unsafe(c);

		n = n == 0 ? 1 : n;
		if (at + (hex ? n * 4 : n) >= size)
			break;
		if (hex) {
			at += log_put_hex(out + at, p, n);
		} else {
			memcpy(out + at, p, n);
			at += n;
		}
		p += n;
	}
	out[at] = '\0';
}

/* The untranslated text: a translation would be read from a file. */
static const char *log_strerror(int err)
{
#ifdef __GLIBC__
	const char *text = strerrordesc_np(err);

	return text ? text : "unknown error";
#else
	return strerror(err);
#endif
}

/* Is anybody listening? */
static bool log_is_wanted(int priority)
{
	return log_sink && (priority != LOG_DEBUG || log_sink->debug);
}

static void log_write(int priority, const char *text)
{
	char line[LOG_LINE_MAX + 1];

	log_escape(line, sizeof(line), text, strlen(text));
	log_sink->write(log_sink->ctx, priority, line);
}

void log_vmsg(int priority, const char *fmt, va_list ap)
{
	char text[LOG_LINE_MAX + 1];
	int saved = errno;

	if (!log_is_wanted(priority))
		return;
	if (vsnprintf(text, sizeof(text), fmt, ap) >= 0)
		log_write(priority, text);
	errno = saved;
}

void log_msg(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(priority, fmt, ap);
	va_end(ap);
}

int log_errno(int err, const char *fmt, ...)
{
	enum { REASON_MAX = 64 };	/* room that the reason always finds */
	char text[LOG_LINE_MAX + 1];
	int saved = errno;
	va_list ap;
	int len;

	if (!log_is_wanted(LOG_ERR))
		return err;
	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text) - REASON_MAX, fmt, ap);
	va_end(ap);
	if (len >= 0) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, ": %s",
			 log_strerror(-err));
		log_write(LOG_ERR, text);
	}
	errno = saved;
	return err;
}

void log_vescape(char *out, size_t size, const char *fmt, va_list ap)
{
	char text[LOG_LINE_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	log_escape(out, size, text, strlen(text));
}
