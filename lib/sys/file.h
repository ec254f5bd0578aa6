/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - files that only root can have written, opened once
 *
 * A path is walked once, component by component, by descriptor; each step is
 * judged on the descriptor that the next step starts from.  Symbolic links
 * are refused: they would bring a second, unjudged path into it.
 */
#ifndef RUNNS_FILE_H
#define RUNNS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/base.h"

/**
 * file_host_root() - the root directory of the host
 *
 * The host is what pid 1 of the reader's /proc stands in (proc(5)).
 *
 * Return: O_PATH descriptor that the caller closes; -EPERM if others than
 * root can write to it; another -errno.
 */
int file_host_root(void) _must_check_;

/**
 * file_open_dir() - walk to a directory that only root can change
 * @root:	directory to start from, judged before: file_host_root(), or
 *		what this function gave
 * @path:	relative, not empty, without "." and ".."
 *
 * Return: O_PATH descriptor that the caller closes; -ENOENT if a component
 * is missing; -EPERM if one is not root's or others may write to it; -ELOOP
 * for a symbolic link; -ENOTDIR; another -errno.
 */
int file_open_dir(int root, const char *path) _must_check_;

/**
 * file_open_trusted() - open a regular file for reading
 * @dir:	directory that file_open_dir() gave
 * @name:	one component
 *
 * Never blocks: a FIFO or device is refused unopened.
 *
 * Return: descriptor that the caller closes; -ENOENT; -EPERM if it is not
 * root's or others may write to it; -ELOOP for a link; -EISDIR or -EINVAL if
 * it is not a regular file; another -errno.
 */
int file_open_trusted(int dir, const char *name) _must_check_;

/**
 * file_each() - call @fn for every name in a directory, in no order
 * @dir:	descriptor of it, O_PATH will do
 * @fn:		a value other than 0 ends the listing and is returned
 *
 * Return: 0, what @fn returned, or -errno.
 */
int file_each(int dir, int (*fn)(void *ctx, const char *name), void *ctx)
	_must_check_;

/**
 * file_explain() - what an error of the functions above means
 *
 * Return: a constant text, such as "is not owned by root, or others may
 * write to it".
 */
const char *file_explain(int err);

/**
 * file_read_all() - read a regular file whole
 * @fd:		at its beginning
 * @max:	bytes beyond which it is refused
 * @len:	set to the bytes read
 *
 * Return: 0 with *@text terminated memory that the caller frees; -EFBIG if
 * it is larger than @max, -EBUSY if it grew while it was read; -ENOMEM, or
 * the error of read(2).
 */
int file_read_all(int fd, size_t max, char **text, size_t *len) _must_check_;

/**
 * file_read_small() - read a short file of /proc or /sys at once
 * @dir:	directory, or AT_FDCWD
 * @out:	terminated; a last newline is taken off
 *
 * Return: bytes in @out, -EFBIG if it does not fit, or -errno.
 */
ssize_t file_read_small(int dir, const char *path, char *out, size_t size)
	_must_check_;

/**
 * file_write_small() - write to an existing file at once
 * @dir:	directory, or AT_FDCWD
 *
 * For /proc and /sys, where one write(2) is one command.
 *
 * Return: 0 or -errno.
 */
int file_write_small(int dir, const char *path, const char *text)
	_must_check_;

/**
 * file_replace() - write a file so that readers see the old or the new one
 * @dir:	directory, or AT_FDCWD
 * @name:	one component; a temporary name beginning with "." is used
 *
 * Return: 0 or -errno; the old file stays on failure.
 */
int file_replace(int dir, const char *name, mode_t mode, const char *text,
		 size_t len) _must_check_;

/**
 * file_update() - change the contents of a file that may be mounted elsewhere
 *
 * The inode stays, since a bind mount shows the inode.  A reader may see a
 * half-written text; where that matters use file_replace().
 *
 * Return: 1 if it was changed or made, 0 if it was so already, or -errno.
 */
int file_update(int dir, const char *name, mode_t mode, const char *text,
		size_t len) _must_check_;

/**
 * file_make_dir() - make one directory unless it is there
 * @dir:	directory, or AT_FDCWD
 *
 * Return: 0; -EPERM if something is there that is not a directory of root's
 * with mode @mode or stricter for others; another -errno.
 */
int file_make_dir(int dir, const char *name, mode_t mode) _must_check_;

/**
 * file_lock() - take an exclusive lock, with a deadline
 * @dir:	directory that only root can enter
 * @name:	made if it is absent, mode 0600
 * @timeout_ms:	how long to wait; 0 only tries
 *
 * flock(2) on a descriptor that is closed with the process: no stale locks.
 *
 * Return: descriptor that holds the lock; -ETIMEDOUT; another -errno.
 */
int file_lock(int dir, const char *name, int timeout_ms) _must_check_;

/** file_now_ms() - monotonic clock, in milliseconds */
long long file_now_ms(void);

#endif
