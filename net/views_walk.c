/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * views_walk.c - a visit to every view: dropping, refreshing, looking after
 */
#include "net/views_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/session/usage.h"
#include "lib/session/view.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"

enum {
	IDLE_S = 600,
	STAMP_SIZE = VIEWS_PATH_SIZE + NAME_MAX,
};

/**
 * struct walk - a visit to every view
 * @only:	a name, or NULL for all
 * @cookie:	0 for any
 */
struct walk {
	const struct host *h;
	const char *only;
	uint64_t cookie;
	int (*fn)(const struct walk *w, const char *key, const char *name);
};

/**
 * struct visit - one directory of views
 * @left:	whether a view is still in it
 */
struct visit {
	const struct walk *w;
	const char *key;
	int dir;
	bool left;
};

static int visit_view(void *ctx, const char *name)
{
	const struct visit *v = ctx;

	if (name[0] == '.' || (v->w->only && strcmp(v->w->only, name) != 0))
		return 0;
	return v->w->fn(v->w, v->key, name);
}

static int visit_look(void *ctx, const char *name)
{
	struct visit *v = ctx;

	v->left = v->left || name[0] != '.';
	return 0;
}

/* Seals without a view, and what a killed writer of one left. */
static int visit_clear(void *ctx, const char *name)
{
	const struct visit *v = ctx;

	return unlinkat(v->dir, name, 0) < 0 ? -errno : 0;
}

static int walk_key(const struct walk *w, int views, const char *key)
{
	_cleanup_close_ int dir = openat(views, key, O_RDONLY | O_DIRECTORY |
						     O_NOFOLLOW | O_CLOEXEC);
	struct visit v = { .w = w, .key = key, .dir = dir };
	int r;

	if (dir < 0)
		return 0;
	r = file_each(dir, visit_view, &v);
	if (r == 0)
		r = file_each(dir, visit_look, &v);
	if (r < 0 || v.left)
		return r;
	r = file_each(dir, visit_clear, &v);
	/* Somebody may make a view in it just now. */
	if (r == 0 && unlinkat(views, key, AT_REMOVEDIR) < 0 &&
	    errno != ENOTEMPTY && errno != EBUSY && errno != ENOENT)
		r = -errno;
	return r;
}

struct keys {
	const struct walk *w;
	int views;
};

static int visit_key(void *ctx, const char *key)
{
	const struct keys *keys = ctx;

	if (strlen(key) != VIEW_KEY_SIZE - 1)
		return 0;
	return walk_key(keys->w, keys->views, key);
}

static int walk_all(const struct walk *w)
{
	_cleanup_close_ int views = open(VIEWS, O_RDONLY | O_DIRECTORY |
							O_CLOEXEC);
	struct keys keys = { .w = w, .views = views };
	char key[VIEW_KEY_SIZE];

	if (views < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!w->cookie)
		return file_each(views, visit_key, &keys);
	view_key(w->cookie, key);
	return walk_key(w, views, key);
}

/* The seal beside the handle also tells when somebody was last seen inside. */
static void stamp_path(char out[STAMP_SIZE], const char *key, const char *name)
{
	snprintf(out, STAMP_SIZE, VIEWS "/%s/.%s", key, name);
}

static int drop_one(const struct walk *w, const char *key, const char *name)
{
	char path[STAMP_SIZE];

	(void)w;
	snprintf(path, sizeof(path), VIEWS "/%s/%s", key, name);
	views_drop_handle(path);
	stamp_path(path, key, name);
	unlink(path);
	return 0;
}

int views_drop(const struct host *h, uint64_t cookie, const char *name)
{
	const struct walk w = {
		.h = h, .only = name, .cookie = cookie, .fn = drop_one,
	};
	int r = walk_all(&w);

	return r < 0 ? log_errno(r, "%s: cannot drop its view", name) : 0;
}

static int refresh_one(const struct walk *w, const char *key,
		       const char *name)
{
	(void)key;
	return views_mend(w->h, name);
}

int views_refresh(const struct host *h, const char *name)
{
	const struct walk w = { .h = h, .only = name, .fn = refresh_one };

	return walk_all(&w);
}

/* Is @key still the cookie of the namespace that has that name now? */
static bool is_current(const struct host *h, const char *key, const char *name)
{
	_cleanup_close_ int handle = handle_open(h->root, name);
	char now[VIEW_KEY_SIZE];
	uint64_t cookie;

	if (handle < 0 || ns_cookie_of(handle, &cookie) < 0)
		return false;
	view_key(cookie, now);
	return strcmp(now, key) == 0;
}

static bool is_idle(const char *key, const char *name, int view)
{
	char path[STAMP_SIZE];
	struct stat st;

	stamp_path(path, key, name);
	if (usage_any(view, NS_MNT) != 0 || stat(path, &st) < 0) {
		_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT |
						    O_NOFOLLOW | O_CLOEXEC,
					      0600);

		if (fd < 0 || futimens(fd, NULL) < 0)
			log_msg(LOG_WARNING, "cannot note the use of %s", path);
		return false;
	}
	return time(NULL) - st.st_mtime > IDLE_S;
}

static int gc_one(const struct walk *w, const char *key, const char *name)
{
	char path[STAMP_SIZE];
	_cleanup_close_ int view = -1;

	snprintf(path, sizeof(path), VIEWS "/%s/%s", key, name);
	view = ns_open(AT_FDCWD, path, NS_MNT);
	if (view >= 0 && is_current(w->h, key, name) &&
	    !is_idle(key, name, view))
		return 0;
	return drop_one(w, key, name);
}

int views_gc(const struct host *h)
{
	_cleanup_close_ int lock = host_lock(h, "views", "",
					       VIEWS_LOCK_MS);
	const struct walk w = { .h = h, .fn = gc_one };
	int r = lock < 0 ? lock : walk_all(&w);

	return r < 0 ? log_errno(r, "cannot look after the views") : 0;
}
