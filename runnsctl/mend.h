/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mend.h - take an error out of a text, so that the next one can be found
 */
#ifndef RUNNSCTL_MEND_H
#define RUNNSCTL_MEND_H

#include <stdbool.h>

#include "lib/policy/diag.h"
#include "runnsctl/sources.h"

/**
 * mend_text() - change a text so that its reading can go on behind an error
 * @s:		its text is changed; line numbers stay
 * @d:		the error
 *
 * Return: false if nothing behind the error could be believed.
 */
bool mend_text(struct source *s, const struct diag *d);

#endif
