/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.h - what is wrong, and where
 *
 * The policy layer logs nothing: it fills one of these, and the program
 * decides whom to tell.
 */
#ifndef RUNNS_DIAG_H
#define RUNNS_DIAG_H

#include <stdarg.h>

#include "lib/base/base.h"

/**
 * struct diag - one finding in a text
 * @file:	label of the text, the caller's string
 * @line:	from 1; 0 when the finding belongs to no line
 * @column:	in bytes from 1; 0 when it belongs to the whole line
 * @text:	what is wrong and what was expected
 */
struct diag {
	const char *file;
	unsigned int line;
	unsigned int column;
	char text[200];
};

/**
 * diag_set() - fill @d
 * diag_vset() - fill @d
 *
 * Return: always -EINVAL, so that a parser can end with it.
 */
int diag_set(struct diag *d, const char *file, unsigned int line,
	     unsigned int column, const char *fmt, ...) _printf_(5, 6);
int diag_vset(struct diag *d, const char *file, unsigned int line,
	      unsigned int column, const char *fmt, va_list ap)
	_printf_(5, 0);

/**
 * diag_format() - "file:line:column: text" into @out, cut if need be
 */
void diag_format(const struct diag *d, char *out, size_t size);

#endif
