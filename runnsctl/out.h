/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - what runnsctl writes to its standard output
 */
#ifndef RUNNSCTL_OUT_H
#define RUNNSCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/base.h"

/**
 * struct json - a JSON text that is being written
 * @file:	where it goes
 * @comma:	a value precedes the next one at this depth
 *
 * Keys are NULL inside an array, and for the outermost value.
 */
struct json {
	FILE *file;
	bool comma;
};

void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_number(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/**
 * json_text() - write any bytes as a string
 *
 * What is not UTF-8 becomes U+FFFD, one for each byte; control characters and
 * those that turn the direction of text are written as \uXXXX.
 */
void json_text(struct json *j, const char *key, const char *text, size_t len);
void json_string(struct json *j, const char *key, const char *text);

/** json_finish() - end the text with a newline */
void json_finish(struct json *j);

enum out_style { OUT_PLAIN, OUT_BOLD, OUT_GOOD, OUT_WARN, OUT_BAD };

/**
 * out_text() - write any bytes, made safe for a terminal
 *
 * Coloured only if the standard output is a terminal that can, and NO_COLOR
 * is empty or unset.
 */
void out_text(enum out_style style, const char *text, size_t len);

/** out_field() - one line "label  value", as out_text() */
void out_field(const char *label, const char *fmt, ...) _printf_(2, 3);

/**
 * out_close() - has everything been written?
 *
 * Return: 0, or -errno.
 */
int out_close(void) _must_check_;

#endif
