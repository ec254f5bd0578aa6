/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fds.h - descriptors of a process that outlives the program
 *
 * What it inherits from the caller it must not keep: a pipe, say, at whose
 * other end somebody waits for the end.
 */
#ifndef UNSHARE_FDS_H
#define UNSHARE_FDS_H

#include <stddef.h>

#include "lib/base/base.h"

/**
 * fds_keep_only() - close all but some, and but the standard ones
 * @kept:	those; -1 is none
 *
 * Return: 0 or -errno.
 */
int fds_keep_only(const int *kept, size_t n) _must_check_;

/**
 * fds_standard_null() - /dev/null in place of standard descriptors
 * @first:	from this one on
 * @last:	to this one
 *
 * Return: 0 or -errno.
 */
int fds_standard_null(int first, int last) _must_check_;

#endif
