/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cred.h - shared by cred.c, which writes, and cred_look.c, which looks
 */
#ifndef TESTS_HELPER_CRED_H
#define TESTS_HELPER_CRED_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"

/** say() - add to the text; what does not fit is left out */
void say(const char *fmt, ...) _printf_(1, 2);

/** say_bytes() - add any bytes, unprintable ones as \\OOO */
void say_bytes(const char *bytes, size_t n);

/** cred_descriptors() - every open descriptor: what, where, flags */
void cred_descriptors(void);

/** cred_all() - all else but arguments and environment */
void cred_all(void);

/** stack_end() - where the strings of the environment end, or NULL */
const char *stack_end(void);

#endif
