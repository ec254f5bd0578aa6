/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_plan.c - what members of a namespace must see
 *
 * Everything is read from the host, by descriptor, wherever the reader
 * stands; nothing is mounted here.
 */
#include "lib/session/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"

/*
 * Directories, not sockets: a socket is made anew when its daemon restarts,
 * the directory stays (nscd(8), systemd-resolved(8)).
 */
static const char *const resolver_dirs[] = {
	"/run/nscd", "/var/run/nscd", "/run/systemd/resolve",
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

static int plan_add_entry(struct view_plan *plan, int dir,
			  const char *dir_path, const char *entry)
{
	char from[VIEW_PATH_SIZE], over[VIEW_PATH_SIZE];
	struct view_cover *earlier;
	int source, r;

	snprintf(over, sizeof(over), "/etc/%s", entry);
	if (snprintf(from, sizeof(from), "/%s/%s", dir_path, entry) >=
	    (int)sizeof(from))
		return log_errno(-E2BIG, "/%s/%s", dir_path, entry);
	source = openat(dir, entry, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	/* Replaced or removed since the directory was read. */
	if (source < 0 && errno == ENOENT)
		return 0;
	r = source < 0 ? -errno : source_judge(source);
	if (r < 0) {
		if (source >= 0)
			close(source);
		log_msg(LOG_ERR, "%s %s", from, file_explain(r));
		return r;
	}
	earlier = plan_find(plan, over);
	if (!earlier)
		return plan_add(plan, source, from, over, false);
	/* What the administrator wrote counts before what was made. */
	close(earlier->source);
	earlier->source = source;
	memcpy(earlier->from, from, sizeof(from));
	return 0;
}

static int plan_add_dir(struct view_plan *plan, int host, const char *path,
			const char *name)
{
	_cleanup_close_ int at = file_open_dir(host, path);
	struct dirent *entry;
	DIR *dir;
	int fd, r = 0;

	if (at == -ENOENT)
		return 0;
	if (at < 0) {
		log_msg(LOG_ERR, "/%s %s", path, file_explain(at));
		return at;
	}
	fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return log_errno(r, "cannot read /%s", path);
	}
	while (r == 0 && (entry = readdir(dir))) {
		if (!is_editors(entry->d_name) &&
		    !is_builders_link(at, entry->d_name, name))
			r = plan_add_entry(plan, at, path, entry->d_name);
	}
	closedir(dir);
	return r;
}

static int plan_add_hidden(struct view_plan *plan, int host, const char *net)
{
	_cleanup_close_ int dir = file_open_dir(host, net);
	int r = 0;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (faccessat(dir, NET_MARK_STRICT, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(resolver_dirs); i++) {
		int source = file_open_dir(host, PATH_RUN_EMPTY);

		if (source < 0)
			return log_errno(source, "/" PATH_RUN_EMPTY);
		r = plan_add(plan, source, "/" PATH_RUN_EMPTY,
			     resolver_dirs[i], true);
	}
	return r;
}

int view_plan_load(int host, const char *name, struct view_plan *plan)
{
	char path[VIEW_PATH_SIZE];
	int r;

	memset(plan, 0, sizeof(*plan));
	snprintf(path, sizeof(path), PATH_RUN_NET "/%s/" NET_ETC, name);
	r = plan_add_dir(plan, host, path, name);
	if (r == 0) {
		snprintf(path, sizeof(path), PATH_NETNS_ETC "/%s", name);
		r = plan_add_dir(plan, host, path, name);
	}
	if (r == 0) {
		snprintf(path, sizeof(path), PATH_RUN_NET "/%s", name);
		r = plan_add_hidden(plan, host, path);
	}
	if (r == -E2BIG)
		log_msg(LOG_ERR, "more than %d files for namespace %s",
			VIEW_COVERS_MAX, name);
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
