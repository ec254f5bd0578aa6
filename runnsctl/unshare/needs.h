/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * needs.h - what else a file must have to be executed
 */
#ifndef UNSHARE_NEEDS_H
#define UNSHARE_NEEDS_H

#include <stddef.h>

/* elf(5): PT_INTERP; execve(2): "#!" */
enum needs { NEEDS_NOTHING, NEEDS_LOADER, NEEDS_INTERPRETER };

/**
 * needs_of() - look into a file
 * @fd:		open for reading
 * @other:	set to the absolute path of what it needs
 */
enum needs needs_of(int fd, char *other, size_t size);

#endif
