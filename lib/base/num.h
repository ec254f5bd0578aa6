/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * num.h - strict reading of decimal numbers
 */
#ifndef RUNNS_NUM_H
#define RUNNS_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"

/**
 * num_parse() - read a whole text as one decimal number
 * @text:	digits only: no sign, blank, exponent or prefix, so no leading
 *		zero either
 * @len:	length of @text in bytes
 * @max:	largest value that is accepted
 * @value:	set on success only
 *
 * Return: 0; -EINVAL if @text is not a number; -ERANGE if it is above @max.
 */
int num_parse(const char *text, size_t len, uint64_t max, uint64_t *value)
	_must_check_;

#endif
