/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seal.h - a plan that was found to hold, to be checked again cheaply
 *
 * Reading a plan means walking and listing directories at every login, and
 * they hardly ever change.  A seal notes the directories that a plan was
 * read from and what it came to.  As long as the directories are the same
 * (inode, times of change) they have the same entries, and what is left to do
 * is to look whether every entry is still the same file, since a mount on it
 * leaves no trace in the directory, and whether every cover is in place.
 *
 * A seal lies beside the handle of a prepared view, where only root can
 * write.  It may be deleted; whoever finds none reads the plan.
 */
#ifndef RUNNS_SEAL_H
#define RUNNS_SEAL_H

#include <stdint.h>

#include "lib/base/base.h"
#include "lib/session/view.h"

enum {
	SEAL_COVERS_MAX = 16,	/* a plan of more is read every time */
	SEAL_PATH_SIZE = 64,
	SEAL_DIRS = 3,
};

/** struct seal_dir - a directory as it was; all zero: it was absent */
struct seal_dir {
	uint64_t dev, ino;
	int64_t mtime_ns, ctime_ns;
};

/**
 * struct seal_cover - what lies over what
 * @ino:	0: nothing is at @over
 * @dir:	which of the directories has the file; SEAL_DIRS: none of them
 */
struct seal_cover {
	uint64_t dev, ino;
	uint32_t dir;
	char over[SEAL_PATH_SIZE];
};

/** struct seal - as it is in the file, which the same machine wrote */
struct seal {
	uint32_t version;
	uint32_t n;
	struct seal_dir dirs[SEAL_DIRS];
	struct seal_cover covers[SEAL_COVERS_MAX];
};

/**
 * seal_load() - read the seal of @name, if it still speaks of its plan
 * @views:	directory of the view's handle (view_dir())
 * @host:	file_host_root()
 *
 * Return: 0; -ENOENT if there is none; -ESTALE if a directory changed since;
 * another -errno.
 */
int seal_load(int views, int host, const char *name, struct seal *out)
	_must_check_;

/**
 * seal_holds() - is every cover in place, for the calling thread's root?
 *
 * And are the files, which are root's, still not to be changed by others, and
 * still those that @name has on the host?
 */
bool seal_holds(const struct seal *seal, int host, const char *name);

/**
 * seal_dirs() - look at the directories that a plan of @name is read from
 *
 * Taken before the plan is read and again before the seal is written.
 *
 * Return: 0 or -errno.
 */
int seal_dirs(int host, const char *name, struct seal_dir out[SEAL_DIRS])
	_must_check_;

/**
 * seal_settled() - would a change of the directories from now on be noticed?
 *
 * Not if they changed only just now, since a change within the same tick of
 * the clock leaves the same time.  To be asked right after seal_dirs(), for
 * what is read later may be that change.
 */
bool seal_settled(const struct seal_dir dirs[SEAL_DIRS]);

/**
 * seal_write() - note that @plan was found to hold
 * @views:	directory of the view's handle
 * @before:	seal_dirs() of before the plan was read, settled then
 *
 * Return: 1 if it was written, 0 if not, or -errno.
 */
int seal_write(int views, int host, const char *name,
	       const struct seal_dir before[SEAL_DIRS],
	       const struct view_plan *plan) _must_check_;

#endif
