/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * env.h - the whole environment that a set-user-ID program was started with
 *
 * The loader takes variables such as LD_PRELOAD out of the array of such a
 * program, but leaves the strings where execve(2) put them: behind those of
 * the arguments, before the name of the program's file.
 */
#ifndef RUNNS_ENV_H
#define RUNNS_ENV_H

#include "lib/base/base.h"

/**
 * env_split() - list the strings between two places of memory
 * @from:	begins the first
 * @to:		behind the terminator of the last
 * @out:	set on success: an array that ends with NULL, the caller's to
 *		free; its strings are those in place
 *
 * Return: 0; -EINVAL if the last string has no end there; -ENOMEM.
 */
int env_split(char *from, const char *to, char ***out) _must_check_;

/**
 * env_recover() - the environment of this process, as it was given to it
 * @argc:	of main(), with @argv not yet changed
 * @out:	as for env_split()
 *
 * Return: as env_split(); -ENOENT if the kernel does not say where it ends.
 */
int env_recover(int argc, char **argv, char ***out) _must_check_;

#endif
