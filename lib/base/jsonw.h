/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jsonw.h - writes JSON
 *
 * The names are not those of jansson, which firewall libraries bring along.
 */
#ifndef RUNNS_JSONW_H
#define RUNNS_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/base.h"

/**
 * struct jsonw - a JSON text that is being written
 * @file:	where it goes
 * @comma:	a value precedes the next one at this depth
 *
 * Keys are NULL inside an array, and for the outermost value.
 */
struct jsonw {
	FILE *file;
	bool comma;
};

void jsonw_object(struct jsonw *j, const char *key);
void jsonw_object_end(struct jsonw *j);
void jsonw_array(struct jsonw *j, const char *key);
void jsonw_array_end(struct jsonw *j);
void jsonw_number(struct jsonw *j, const char *key, uint64_t value);
void jsonw_bool(struct jsonw *j, const char *key, bool value);
void jsonw_null(struct jsonw *j, const char *key);

/**
 * jsonw_text() - write any bytes as a string
 *
 * What is not UTF-8 becomes U+FFFD, one for each byte; control characters and
 * those that turn the direction of text are written as \uXXXX.
 */
void jsonw_text(struct jsonw *j, const char *key, const char *text, size_t len);
void jsonw_string(struct jsonw *j, const char *key, const char *text);

/**
 * jsonw_finish() - end the text with a newline
 *
 * Return: 0 if all of it has been written, or -errno.
 */
int jsonw_finish(struct jsonw *j);

#endif
