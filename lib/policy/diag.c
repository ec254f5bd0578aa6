/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.c - what is wrong, and where
 */
#include "lib/policy/diag.h"

#include <errno.h>
#include <stdio.h>

int diag_vset(struct diag *d, const char *file, unsigned int line,
	      unsigned int column, const char *fmt, va_list ap)
{
	d->file = file;
	d->line = line;
	d->column = column;
	if (vsnprintf(d->text, sizeof(d->text), fmt, ap) < 0)
		d->text[0] = '\0';
	return -EINVAL;
}

int diag_set(struct diag *d, const char *file, unsigned int line,
	     unsigned int column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_vset(d, file, line, column, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

void diag_format(const struct diag *d, char *out, size_t size)
{
	const char *file = d->file ? d->file : "runns";

	if (d->line == 0)
		snprintf(out, size, "%s: %s", file, d->text);
	else if (d->column == 0)
		snprintf(out, size, "%s:%u: %s", file, d->line, d->text);
	else
		snprintf(out, size, "%s:%u:%u: %s", file, d->line, d->column,
			 d->text);
}
