/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.c - bounded text built in memory of the caller's
 *
 * Once something did not fit, nothing is appended any more: what stands in
 * the buffer is then the beginning of the text, never a text with a hole.
 */
#include "lib/base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void buf_init(struct buf *b, char *memory, size_t size)
{
	*b = (struct buf){ .text = memory, .size = size };
	b->text[0] = '\0';
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (b->full || len >= b->size - b->len) {
		b->full = true;
		return;
	}
	if (len > 0)
		memcpy(b->text + b->len, bytes, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	size_t room = b->size - b->len;
	int len;

	if (b->full)
		return;
	len = vsnprintf(b->text + b->len, room, fmt, ap);
	if (len < 0 || (size_t)len >= room) {
		b->text[b->len] = '\0';
		b->full = true;
		return;
	}
	b->len += (size_t)len;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

int buf_status(const struct buf *b)
{
	return b->full ? -ENAMETOOLONG : 0;
}
