/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.c - fields and colour on the standard output
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "runnsctl/out.h"

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
		[OUT_PLAIN] = "",	 [OUT_BOLD] = "\033[1m",
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

size_t out_width(const char *text)
{
	size_t len = strlen(text), width = 0;
	_cleanup_free_ char *safe = malloc(len * 4 + 1);
	const char *p;

	if (!safe)
		return len;
	log_escape(safe, len * 4 + 1, text, len);
	/* Bytes that continue a character of UTF-8 take no column. */
	for (p = safe; *p; p++)
		width += ((unsigned char)*p & 0xc0) != 0x80;
	return width;
}

void out_cell(const char *text, size_t width)
{
	size_t taken = out_width(text);

	out_text(OUT_PLAIN, text, strlen(text));
	printf("%*s", (int)(taken < width ? width - taken : 0) + 1, "");
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
