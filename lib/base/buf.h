/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - bounded text built in memory of the caller's
 *
 * A text that does not fit is an error that sticks, never a shorter text.
 */
#ifndef RUNNS_BUF_H
#define RUNNS_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"

struct buf {
	char *text;	/* always terminated */
	size_t size;	/* of the memory, the terminator included */
	size_t len;
	bool full;	/* something did not fit */
};

/* Declares a buffer @name over @size bytes of its own on the stack. */
#define BUF(name, bytes)                                        \
	char name##_text_[bytes];                               \
	struct buf name = { .text = name##_text_, .size = (bytes) }; \
	name.text[0] = '\0'

/**
 * buf_init() - start an empty text
 * @b:		buffer to set up
 * @memory:	memory that stays the caller's and must outlive @b
 * @size:	its size in bytes, at least 1
 */
void buf_init(struct buf *b, char *memory, size_t size);

/**
 * buf_add() - append @len bytes
 * buf_adds() - append a string
 * buf_addc() - append one byte
 * buf_addf() - append formatted text
 * buf_vaddf() - append formatted text
 *
 * What does not fit is left out whole and @b->full is set.
 */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) _printf_(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) _printf_(2, 0);

/**
 * buf_status() - did everything fit?
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int buf_status(const struct buf *b) _must_check_;

#endif
