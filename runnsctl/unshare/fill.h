/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.h - copy programs and what they need into a root directory
 */
#ifndef UNSHARE_FILL_H
#define UNSHARE_FILL_H

#include "lib/base/base.h"

/**
 * fill_root() - make @root a directory that @programs can have as their root
 * @root:	made if it is absent
 * @programs:	paths, or names that are looked for in PATH; ends with NULL
 *
 * Libraries, the dynamic loader and interpreters of scripts are copied too,
 * each under the host's path.  What is there already stays as it is.
 *
 * Return: 0; -errno after a message.
 */
int fill_root(const char *root, char *const *programs) _must_check_;

#endif
