/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolv.h - the lines of a resolv.conf(5)
 */
#ifndef RUNNS_NET_RESOLV_H
#define RUNNS_NET_RESOLV_H

#include <stdbool.h>

#include "lib/policy/slice.h"

/**
 * resolv_next() - take the next line off
 * @text:	moved behind it
 * @line:	set to it, without its end; points into the text
 *
 * Return: false at the end of the text.
 */
bool resolv_next(const char **text, struct slice *line);

/**
 * resolv_line() - does the line begin with @word and a blank?
 * @rest:	set to what follows, without blanks around it
 */
bool resolv_line(struct slice line, const char *word, struct slice *rest);

#endif
