/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base.h - the few macros that every other file may use
 */
#ifndef RUNNS_BASE_H
#define RUNNS_BASE_H

#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The compiler complains when the result is dropped. */
#define _must_check_ __attribute__((warn_unused_result))

/* printf-like: argument @f is the format, @a the first to be formatted. */
#define _printf_(f, a) __attribute__((format(printf, f, a)))

static inline void base_free(void *p)
{
	free(*(void **)p);
}

static inline void base_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Freed, or closed, when the variable goes out of scope. */
#define _cleanup_free_ __attribute__((cleanup(base_free)))
#define _cleanup_close_ __attribute__((cleanup(base_close)))

/* Hands the descriptor, or pointer, on: the variable no longer owns it. */
#define TAKE_FD(fd)                     \
	({                              \
		int take_fd_ = (fd);    \
		(fd) = -1;              \
		take_fd_;               \
	})
#define TAKE_PTR(p)                     \
	({                              \
		__auto_type take_p_ = (p); \
		(p) = NULL;             \
		take_p_;                \
	})

#endif
