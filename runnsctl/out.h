/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - what runnsctl writes to its standard output
 */
#ifndef RUNNSCTL_OUT_H
#define RUNNSCTL_OUT_H

#include <stddef.h>

#include "lib/base/base.h"

enum out_style { OUT_PLAIN, OUT_BOLD, OUT_GOOD, OUT_WARN, OUT_BAD };

/**
 * out_text() - write any bytes, made safe for a terminal
 *
 * Coloured only if the standard output is a terminal that can, and NO_COLOR
 * is empty or unset.
 */
void out_text(enum out_style style, const char *text, size_t len);

/** out_width() - columns that out_cell() would take for @text */
size_t out_width(const char *text);

/** out_cell() - @text as out_text() writes it, padded, and a blank */
void out_cell(const char *text, size_t width);

/** out_field() - one line "label  value", as out_text() */
void out_field(const char *label, const char *fmt, ...) _printf_(2, 3);

/**
 * out_close() - has everything been written?
 *
 * Return: 0, or -errno.
 */
int out_close(void) _must_check_;

#endif
