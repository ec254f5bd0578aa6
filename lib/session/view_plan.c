/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_plan.c - what members of a namespace must see
 *
 * Everything is read from the host, by descriptor, wherever the reader
 * stands; nothing is mounted here.
 */
#include "lib/session/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/session/rundir.h"
#include "lib/session/view_share.h"
#include "lib/sys/file.h"

/*
 * Directories, not sockets: a socket is made anew when its daemon restarts,
 * the directory stays (nscd(8), systemd-resolved(8), avahi-daemon(8)).
 */
static const char *const resolver_dirs[] = {
	"/run/nscd", "/var/run/nscd", "/run/systemd/resolve",
	"/run/avahi-daemon",
};

static struct view_cover *plan_find(const struct view_plan *plan,
				    const char *over)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (strcmp(plan->covers[i]->over, over) == 0)
			return plan->covers[i];
	}
	return NULL;
}

/* Takes @source over, also on failure. */
static int plan_add(struct view_plan *plan, int source, const char *from,
		    const char *over, bool optional)
{
	struct view_cover *cover;

	if (plan->n == VIEW_COVERS_MAX ||
	    strlen(from) >= VIEW_PATH_SIZE || strlen(over) >= VIEW_PATH_SIZE) {
		close(source);
		return -E2BIG;
	}
	cover = calloc(1, sizeof(*cover));
	if (!cover) {
		close(source);
		return -ENOMEM;
	}
	cover->source = source;
	memcpy(cover->from, from, strlen(from) + 1);
	memcpy(cover->over, over, strlen(over) + 1);
	cover->optional = optional;
	plan->covers[plan->n++] = cover;
	return 0;
}

static int source_judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return -EINVAL;
	return st.st_uid != 0 || st.st_mode & (S_IWGRP | S_IWOTH) ? -EPERM : 0;
}

/* The builder's link to its own file, which is in the plan already. */
static bool is_builders_link(int dir, const char *entry, const char *name)
{
	char want[VIEW_PATH_SIZE], is[VIEW_PATH_SIZE];
	ssize_t n = readlinkat(dir, entry, is, sizeof(is));

	snprintf(want, sizeof(want), "/" PATH_RUN_NET "/%s/" NET_ETC "/%s",
		 name, entry);
	return n > 0 && (size_t)n == strlen(want) &&
	       memcmp(is, want, (size_t)n) == 0;
}

static bool is_editors(const char *entry)
{
	return entry[0] == '.' || entry[strlen(entry) - 1] == '~';
}

/**
 * struct reading - a directory of files that cover those of /etc
 * @path:	of the directory, without the first slash
 * @name:	the namespace
 */
struct reading {
	struct view_plan *plan;
	int dir;
	const char *path;
	const char *name;
};

static int entry_open(const struct reading *in, const char *entry,
		      const char *from)
{
	_cleanup_close_ int source = openat(in->dir, entry, O_PATH |
					    O_NOFOLLOW | O_CLOEXEC);
	int r = source < 0 ? -errno : source_judge(source);

	/* Replaced or removed since the directory was read. */
	if (r == -ENOENT)
		return r;
	if (r < 0) {
		log_msg(LOG_ERR, "%s %s", from, file_explain(r));
		return r;
	}
	return TAKE_FD(source);
}

static int entry_add(void *ctx, const char *entry)
{
	char from[VIEW_PATH_SIZE], over[VIEW_PATH_SIZE];
	const struct reading *in = ctx;
	struct view_cover *earlier;
	int source;

	if (is_editors(entry) || is_builders_link(in->dir, entry, in->name))
		return 0;
	snprintf(over, sizeof(over), "/etc/%s", entry);
	if (snprintf(from, sizeof(from), "/%s/%s", in->path, entry) >=
	    (int)sizeof(from))
		return -E2BIG;
	source = entry_open(in, entry, from);
	if (source < 0)
		return source == -ENOENT ? 0 : source;
	earlier = plan_find(in->plan, over);
	if (!earlier)
		return plan_add(in->plan, source, from, over, false);
	/* What the administrator wrote counts before what was made. */
	close(earlier->source);
	earlier->source = source;
	memcpy(earlier->from, from, sizeof(from));
	return 0;
}

static int plan_add_dir(struct view_plan *plan, int top, const char *below,
			const char *path, const char *name)
{
	_cleanup_close_ int dir = file_open_dir(top, below);
	struct reading in = {
		.plan = plan, .dir = dir, .path = path, .name = name,
	};

	if (dir == -ENOENT)
		return 0;
	if (dir < 0) {
		log_msg(LOG_ERR, "/%s %s", path, file_explain(dir));
		return dir;
	}
	return file_each(dir, entry_add, &in);
}

static int plan_add_hidden(struct view_plan *plan, int host)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(resolver_dirs); i++) {
		int source = file_open_dir(host, PATH_RUN_EMPTY);

		if (source < 0)
			return log_errno(source, "/" PATH_RUN_EMPTY);
		r = plan_add(plan, source, "/" PATH_RUN_EMPTY,
			     resolver_dirs[i], true);
	}
	return r;
}

/* What the builder made: nothing, for a namespace that is not ours. */
static int plan_add_made(struct view_plan *plan, int host, const char *name)
{
	char path[VIEW_PATH_SIZE];
	_cleanup_close_ int net = -1;
	int r;

	snprintf(path, sizeof(path), PATH_RUN_NET "/%s", name);
	net = file_open_dir(host, path);
	if (net < 0) {
		if (net != -ENOENT)
			log_msg(LOG_ERR, "/%s %s", path, file_explain(net));
		return net == -ENOENT ? 0 : net;
	}
	snprintf(path, sizeof(path), PATH_RUN_NET "/%s/" NET_ETC, name);
	r = plan_add_dir(plan, net, NET_ETC, path, name);
	if (r < 0)
		return r;
	r = view_share_read(net, plan);
	if (r < 0)
		return r;
	plan->overlay = faccessat(net, NET_MARK_OVERLAY, F_OK,
				  AT_SYMLINK_NOFOLLOW) == 0;
	if (faccessat(net, NET_MARK_STRICT, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return plan_add_hidden(plan, host);
}

int view_plan_load(int host, const char *name, struct view_plan *plan)
{
	char path[VIEW_PATH_SIZE];
	int r;

	memset(plan, 0, sizeof(*plan));
	r = plan_add_made(plan, host, name);
	snprintf(path, sizeof(path), PATH_NETNS_ETC "/%s", name);
	if (r == 0)
		r = plan_add_dir(plan, host, path, path, name);
	if (r == -E2BIG)
		log_msg(LOG_ERR, "more than %d files for namespace %s",
			VIEW_COVERS_MAX, name);
	if (r < 0)
		view_plan_free(plan);
	return r;
}

int view_plan_private(int host, struct view_plan *plan)
{
	_cleanup_close_ int empty = rundir_open(host, "empty", 0555);
	int r;

	memset(plan, 0, sizeof(*plan));
	if (empty < 0)
		return log_errno(empty, "/" PATH_RUN_EMPTY);
	r = plan_add_hidden(plan, host);
	if (r < 0)
		view_plan_free(plan);
	return r;
}

void view_plan_free(struct view_plan *plan)
{
	while (plan->n > 0) {
		struct view_cover *cover = plan->covers[--plan->n];

		close(cover->source);
		free(cover);
	}
}
