/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_share.c - directories below which mounts go both ways: Propagation
 *
 * A view is a slave of the host's mounts.  A copy of a mount that is made
 * before that is a peer: laid over the slave's directory, what is mounted
 * below it inside appears on the host, and the reverse.
 */
#include "lib/session/view_share.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"

/* Nobody but root may say where the path leads, now and when it is laid. */
static int share_clone(int root, const char *path)
{
	_cleanup_close_ int dir = file_open_dir(root, path + 1);

	return dir < 0 ? dir : mnt_clone(root, path + 1, true);
}

int view_share_take(const struct view_plan *plan, struct view_share *out)
{
	_cleanup_close_ int root = -1;

	out->n = 0;
	if (plan->n_shared)
		root = open("/", O_PATH | O_CLOEXEC);
	while (out->n < plan->n_shared) {
		const char *dir = plan->shared[out->n];
		int tree = share_clone(root, dir);

		if (tree < 0) {
			log_msg(LOG_ERR, "Propagation=shared:%s %s", dir,
				file_explain(tree));
			return tree;
		}
		out->trees[out->n++] = tree;
	}
	return 0;
}

int view_share_place(const struct view_plan *plan,
		     const struct view_share *share)
{
	int r = 0;

	for (size_t i = 0; i < share->n; i++) {
		r = mnt_place_tree(share->trees[i], AT_FDCWD, plan->shared[i]);
		if (r < 0)
			return log_errno(r, "Propagation=shared:%s: cannot "
					 "lay it", plan->shared[i]);
	}
	if (plan->cut_off &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return log_errno(-errno, "Propagation=private");
	return 0;
}

void view_share_free(struct view_share *share)
{
	while (share->n > 0)
		close(share->trees[--share->n]);
}

int view_share_read(int net, struct view_plan *plan)
{
	char note[VIEW_NOTE_SIZE];
	char *rest = note, *dir;
	ssize_t n = file_read_small(net, NET_NOTE_PROPAGATION, note,
				    sizeof(note));

	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	plan->cut_off = strcmp(note, VIEW_NOTE_PRIVATE) == 0;
	while (!plan->cut_off && (dir = strsep(&rest, " "))) {
		if (plan->n_shared == VIEW_SHARED_MAX || *dir != '/' ||
		    strlen(dir) >= sizeof(plan->shared[0]))
			return -EINVAL;
		memcpy(plan->shared[plan->n_shared++], dir, strlen(dir) + 1);
	}
	return 0;
}
