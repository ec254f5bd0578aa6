/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - what a member of a namespace sees of the file system
 *
 * A view is a mount namespace that differs from the one it was made from in
 * four things: /sys shows the devices of the network namespace, the files of
 * /etc/netns/NAME and those that the builder made lie over those of /etc,
 * sockets of the host's resolvers are hidden where names must not leak, and
 * the handles of other namespaces are gone.
 *
 * A plan is made once from the host's files; it says what must be seen, and
 * is the measure by which any view, prepared or fresh, is judged.
 */
#ifndef RUNNS_VIEW_H
#define RUNNS_VIEW_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/name.h"

enum {
	VIEW_KEY_SIZE = 17,	/* 16 digits of a cookie, and the end */
	VIEW_COVERS_MAX = 64,
	VIEW_SHARED_MAX = 8,
	VIEW_SHARED_SIZE = 256,
	VIEW_NOTE_SIZE = VIEW_SHARED_MAX * VIEW_SHARED_SIZE,
	/* "/run/runns/net/NAME/etc/FILE" */
	VIEW_PATH_SIZE = 64 + NAME_LEN_MAX + NAME_MAX,
};

/**
 * struct view_cover - one file or directory that lies over another
 * @source:	O_PATH descriptor of what must be seen
 * @from:	its absolute path
 * @over:	absolute path where it must be seen
 * @optional:	left out where nothing is at @over
 */
struct view_cover {
	int source;
	char from[VIEW_PATH_SIZE];
	char over[VIEW_PATH_SIZE];
	bool optional;
};

/**
 * struct view_plan - all covers of one namespace
 * @overlay:	they lie on an overlay of /etc
 * @cut_off:	what the host mounts afterwards does not show
 * @shared:	directories below which mounts go both ways, @n_shared of them
 */
struct view_plan {
	struct view_cover *covers[VIEW_COVERS_MAX];
	size_t n;
	bool overlay;
	bool cut_off;
	char shared[VIEW_SHARED_MAX][VIEW_SHARED_SIZE];
	size_t n_shared;
};

#define VIEW_NOTE_PRIVATE "private"

/**
 * view_plan_load() - what members of @name must see
 * @host:	file_host_root()
 *
 * Entries of /etc/netns/NAME are taken if they are regular files or
 * directories of root's that nobody else may write; names that begin with a
 * dot or end in a tilde are an editor's and left out.  The link that the
 * builder makes there for 'ip netns exec' stands for its own file.
 *
 * Return: 0 and @plan must be freed; -EPERM, -EINVAL or -E2BIG for what must
 * not be there (logged); another -errno.
 */
int view_plan_load(int host, const char *name, struct view_plan *plan)
	_must_check_;

/**
 * view_plan_private() - what members of a namespace without name must see
 *
 * The host's files, but not the sockets of the host's resolvers, which would
 * ask and answer for them on the host's networks.
 *
 * Return: as view_plan_load().
 */
int view_plan_private(int host, struct view_plan *plan) _must_check_;

/** view_plan_free() - close and free; harmless on a zeroed struct */
void view_plan_free(struct view_plan *plan);

/**
 * view_verify() - is every cover of @plan to be seen?
 *
 * For the calling thread's root.
 *
 * Return: 0; -ESTALE if one is missing or shows something else.
 */
int view_verify(const struct view_plan *plan) _must_check_;

/**
 * view_lost() - call @fn for each cover of @plan that is not to be seen
 *
 * And for /etc, if it should be an overlay and is none.
 *
 * @fn:		gets the path that it should be over; a value other than 0 ends
 *		the walk and is returned
 *
 * For the calling thread's root.
 *
 * Return: 0 or what @fn returned.
 */
int view_lost(const struct view_plan *plan,
	      int (*fn)(void *ctx, const char *over), void *ctx) _must_check_;

/**
 * view_apply() - turn the thread's own, private mount namespace into a view
 * @base:	root directory of that namespace: sources are reached from it,
 *		also when the thread's own root is another
 *
 * Mounts must no longer propagate out of the namespace (mnt_slave_all()),
 * and the thread must be inside the network namespace.
 *
 * Return: 0, or -errno (logged), and then the namespace is to be left.
 */
int view_apply(const struct view_plan *plan, int base) _must_check_;

/**
 * view_cover_all() - put the covers of @plan where they are missing
 * @base:	as for view_apply()
 *
 * Return: 0 or -errno (logged).
 */
int view_cover_all(const struct view_plan *plan, int base) _must_check_;

/**
 * view_has_old() - does a cover that is not of this plan lie over files?
 *
 * As a file of /etc/netns/NAME leaves it that was removed.
 *
 * Return: 1, 0 or -errno (logged).
 */
int view_has_old(const struct view_plan *keep) _must_check_;

/**
 * view_uncover() - take away what an earlier view laid over files
 * @keep:	covers of this plan that are in place stay
 *
 * A cover moves along when the file below it is renamed, so it may be found
 * on a name that nobody ever covered.
 *
 * Return: 0 or -errno (logged).
 */
int view_uncover(const struct view_plan *keep) _must_check_;

/**
 * view_hide_handles() - detach the handles of other namespaces
 *
 * Return: 0 or -errno.
 */
int view_hide_handles(void) _must_check_;

/*
 * Prepared views: mount namespaces kept as nsfs mounts on
 * /run/runns/views/COOKIE/NAME, COOKIE being the network namespace's.
 */

/** view_key() - "COOKIE" as a directory's name, terminated */
void view_key(uint64_t cookie, char out[VIEW_KEY_SIZE]);

/**
 * view_dir() - the directory of the views of one network namespace
 * @run:	PATH_RUN, opened by file_open_dir()
 *
 * Return: O_PATH descriptor that the caller closes; -ENOENT; -errno.
 */
int view_dir(int run, uint64_t cookie) _must_check_;

/**
 * view_open() - the prepared view of @name
 * @dir:	view_dir()
 *
 * Return: descriptor that the caller closes; -ENOENT if there is none; else
 * as ns_open().
 */
int view_open(int dir, const char *name) _must_check_;

/**
 * view_is_ours() - is @mnt one of the prepared views in @dir?
 * @dir:	view_dir()
 * @mnt:	a mount namespace
 *
 * Return: 1, 0 or -errno.
 */
int view_is_ours(int dir, int mnt) _must_check_;

#endif
