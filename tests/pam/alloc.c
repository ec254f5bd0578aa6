/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc.c - an allocator that fails when it is told to
 *
 * Linked into a program it serves that program, libc and every module: the
 * dynamic linker finds these symbols first.
 */
#include <errno.h>

#include "tests/pam/harness.h"

/* The C library's own (glibc). */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static long count;
static long fail_at;
static bool fail_rest;

static bool fails(void)
{
	if (fail_at == 0)
		return false;
	count++;
	if (count == fail_at || (fail_rest && count > fail_at)) {
		errno = ENOMEM;
		return true;
	}
	return false;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

long alloc_arm(long nth, bool all)
{
	long n = count;

	count = 0;
	fail_at = nth;
	fail_rest = all;
	return n;
}
