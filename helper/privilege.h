/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privilege.h - is this process what a set-user-ID program should be?
 */
#ifndef RUNNS_PRIVILEGE_H
#define RUNNS_PRIVILEGE_H

#include "lib/base/base.h"

/**
 * privilege_missing() - why this process cannot do its work
 *
 * Return: NULL if it has all that it needs in the initial user namespace;
 * else a constant text that completes "runns-helper ...".
 */
const char *privilege_missing(void);

#endif
