/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin.h - where a thread came from, and the way back
 */
#ifndef RUNNS_ORIGIN_H
#define RUNNS_ORIGIN_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"

/**
 * struct origin_saved - one thing that is needed to go back
 * @fd:		-1 when it is not kept
 *
 * The file's numbers tell whether the descriptor is still ours: programs
 * close what they do not know, and use the number again.
 */
struct origin_saved {
	int fd;
	uint64_t dev;
	uint64_t ino;
};

/**
 * struct origin - the namespaces, root and working directory of a thread
 * @process:	proc_self_id() of its process, 0 if that was not to be had
 * @moved_net:	it has left the network namespace since
 * @moved_mnt:	it has left the mount namespace, or changed it, since
 */
struct origin {
	struct origin_saved net, mnt, root, cwd;
	uint64_t process;
	bool moved_net;
	bool moved_mnt;
};

/** origin_init() - an origin that holds nothing */
void origin_init(struct origin *o);

/**
 * origin_save() - note where the calling thread is
 * @thread:	proc_open_thread(), its error included
 *
 * Return: 0 and @o must be given to origin_return() or origin_forget();
 * -errno, and @o holds nothing.
 */
int origin_save(struct origin *o, int thread) _must_check_;

/**
 * origin_return() - take the calling thread back
 *
 * Only what was moved is restored.  Frees @o, also on failure.
 *
 * Return: 0; -EBADF if the descriptors were closed or replaced meanwhile;
 * -EINVAL if another thread came to share this one's root and working
 * directory; another -errno (all logged).
 */
int origin_return(struct origin *o) _must_check_;

/**
 * origin_is_lost() - did the calling thread once fail to go back?
 *
 * It then stands where nobody asked for, for good.
 */
bool origin_is_lost(void) _must_check_;

/** origin_forget() - close what @o holds, and stay */
void origin_forget(struct origin *o);

/**
 * origin_join_mnt() - join a mount namespace, alone if need be
 * @mnt:	mount namespace
 *
 * setns(2) refuses a thread that shares root and working directory with
 * others.  Such a thread then keeps its own from here on, which is logged.
 *
 * Return: 0 or -errno.
 */
int origin_join_mnt(int mnt) _must_check_;

/**
 * origin_part_fs() - have a root, working directory and umask of one's own
 *
 * As unshare(CLONE_NEWNS) does by itself, but logged where there are others
 * to share them with.
 *
 * Return: 0 or -errno.
 */
int origin_part_fs(void) _must_check_;

/**
 * origin_cwd_path() - the path of the working directory
 * @out:	what no path leads to is "(unknown)", or begins with another
 *		byte than '/' (getcwd(2))
 */
void origin_cwd_path(char out[PATH_MAX]);

/**
 * origin_cwd_again() - go to the old working directory in the new mounts
 * @o:		saved before the mounts changed
 * @path:	its path then
 *
 * By path, else by descriptor; where neither works the root is taken
 * (logged).
 */
void origin_cwd_again(const struct origin *o, const char *path);

/**
 * origin_cwd_by_path() - the first half of it: what lies over it is seen
 * origin_cwd_by_fd() - the second half, for a path that now leads elsewhere
 *
 * By descriptor never at or below /etc or /sys, where that would show the
 * host's files.
 *
 * Return: whether the thread is there now.
 */
bool origin_cwd_by_path(const struct origin *o, const char *path) _must_check_;
bool origin_cwd_by_fd(const struct origin *o, const char *path) _must_check_;

#endif
