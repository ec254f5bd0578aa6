/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hindrance.h - why a user cannot have namespaces here, and what to do
 */
#ifndef UNSHARE_HINDRANCE_H
#define UNSHARE_HINDRANCE_H

#include "lib/base/base.h"

/**
 * hindrance_report() - log which switch of the host forbids it
 * @err:	a negative errno of unshare(2) or of a step right after it
 * @what:	what failed, if no switch is found
 *
 * Return: @err.
 */
int hindrance_report(int err, const char *what);

#endif
