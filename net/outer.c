/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outer.c - the network namespace that a network hangs on
 */
#include "net/outer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/sys/file.h"
#include "lib/sys/ns.h"
#include "net/dir.h"
#include "net/fw.h"
#include "net/record.h"

#define OUTER_CHILD "child."

static void outer_key(char *out, size_t size, const char *parent,
		      uint64_t cookie)
{
	snprintf(out, size, "%016" PRIx64 ".%s", cookie, parent);
}

int outer_open(const struct host *h, const char *parent)
{
	int fd = *parent ? handle_open(h->root, parent) :
			   fcntl(h->ns, F_DUPFD_CLOEXEC, 3);

	if (fd < 0 && !*parent)
		return -errno;
	/* A file whose mount was lost names nothing. */
	return fd == -EBADF ? -ENOENT : fd;
}

static int outer_notes(const struct host *h, const char *key, bool make)
{
	int fd;
	int err = make ? file_make_dir(h->uplink, key, 0700) : 0;

	if (err)
		return err;
	fd = openat(h->uplink, key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int outer_join(const struct outer *o, int ns)
{
	int err = ns_join(ns, NS_NET);

	if (err)
		return log_errno(err, "cannot enter the network namespace %s",
				 o->host.parent);
	fw_at_parent(true);
	return 0;
}

static int outer_enter_parent(struct outer *o, const char *parent,
			      uint64_t cookie)
{
	struct host *there = &o->host;
	int err;

	there->ns = outer_open(o->home, parent);
	if (there->ns == -ENOENT)
		return -ENOENT;
	if (there->ns < 0)
		return host_explain(there->ns, handle_explain, parent);
	err = ns_cookie_of(there->ns, &o->cookie);
	if (err && err != -EOPNOTSUPP)
		return log_errno(err, "cannot look into %s", parent);
	if (cookie && cookie != o->cookie)
		return -ENOENT;
	outer_key(o->key, sizeof(o->key), parent, o->cookie);
	there->uplink = outer_notes(o->home, o->key, true);
	if (there->uplink < 0)
		return log_errno(there->uplink, "cannot make "
				 "/run/runns/uplink/%s", o->key);
	there->parent = parent;
	return outer_join(o, there->ns);
}

/* The directory goes with the last note, unless somebody is at work there. */
static void outer_tidy(const struct outer *o)
{
	char file[sizeof("net.") + NAME_SIZE];
	_cleanup_close_ int lock = -1;

	snprintf(file, sizeof(file), "net.%s", o->host.parent);
	lock = file_lock(o->home->lock, file, 0);
	if (lock >= 0)
		(void)unlinkat(o->home->uplink, o->key, AT_REMOVEDIR);
}

static void outer_close(struct outer *o)
{
	base_close(&o->host.uplink);
	base_close(&o->host.ns);
	if (o->key[0])
		outer_tidy(o);
}

int outer_enter(const struct host *h, const char *parent, uint64_t cookie,
		struct outer *out)
{
	int err;

	*out = (struct outer){ .host = *h, .home = h };
	if (!*parent)
		return 0;
	out->host.parent = parent;
	out->host.uplink = -1;
	err = outer_enter_parent(out, parent, cookie);
	if (err)
		outer_close(out);
	return err;
}

void outer_leave(struct outer *o)
{
	int err;

	if (!o->host.parent[0])
		return;
	err = ns_join(o->home->ns, NS_NET);
	if (err) {
		log_errno(err, "cannot go back to the host's network "
			  "namespace");
		_exit(1);
	}
	fw_at_parent(o->home->parent[0]);
	outer_close(o);
}

static void child_file(char *out, size_t size, const char *child)
{
	snprintf(out, size, OUTER_CHILD "%s", child);
}

/* With its lock held: is the name still the same namespace's? */
static int outer_stands(const struct outer *o)
{
	_cleanup_close_ int now = outer_open(o->home, o->host.parent);
	int same = now < 0 ? now : ns_same(now, o->host.ns);

	if (same == 1)
		return 0;
	return same < 0 ? same : -ENOENT;
}

/* Would it hang on itself?  Files that changed meanwhile could say so. */
static int outer_is_circle(const struct outer *o, const char *child)
{
	char name[NAME_SIZE];
	unsigned int left = PROFILE_PARENTS_MAX;
	struct record r;

	snprintf(name, sizeof(name), "%s", o->host.parent);
	for (; left && *name; left--) {
		if (strcmp(name, child) == 0)
			return -ELOOP;
		if (record_read(o->home, name, &r) < 0)
			return 0;
		memcpy(name, r.parent, sizeof(name));
	}
	return *name ? -ELOOP : 0;
}

int outer_hang(struct outer *o, const char *child)
{
	_cleanup_close_ int lock = host_lock(o->home, "net.", o->host.parent,
					     HOST_LOCK_MS);
	_cleanup_close_ int fd = -1;
	char file[sizeof(OUTER_CHILD) + NAME_SIZE];
	int err;

	if (lock < 0)
		return lock;
	err = outer_stands(o);
	if (err == 0)
		err = outer_is_circle(o, child);
	if (err == 0) {
		/* Somebody else may have removed it while it was empty. */
		base_close(&o->host.uplink);
		o->host.uplink = outer_notes(o->home, o->key, true);
		child_file(file, sizeof(file), child);
		fd = openat(o->host.uplink, file,
			    O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		err = fd < 0 ? -errno : 0;
	}
	if (err)
		return log_errno(err, "%s: cannot hang on Parent=%s", child,
				 o->host.parent);
	return 0;
}

int outer_unhang(const struct outer *o, const char *child)
{
	char file[sizeof(OUTER_CHILD) + NAME_SIZE];

	child_file(file, sizeof(file), child);
	if (o->host.parent[0] && unlinkat(o->host.uplink, file, 0) < 0 &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

struct children {
	const struct host *h;
	const char *parent;
	uint64_t cookie;
	int dir;
	int (*fn)(void *ctx, const char *child);
	void *ctx;
};

/* The note of one that was killed before its record went, or after, is stale. */
static int children_one(void *ctx, const char *file)
{
	const struct children *c = ctx;
	const size_t skip = sizeof(OUTER_CHILD) - 1;
	struct record r;

	if (strncmp(file, OUTER_CHILD, skip) != 0)
		return 0;
	if (record_read(c->h, file + skip, &r) == 0 &&
	    strcmp(r.parent, c->parent) == 0 && r.parent_cookie == c->cookie)
		return c->fn(c->ctx, file + skip);
	(void)unlinkat(c->dir, file, 0);
	return 0;
}

int outer_children(const struct host *h, const char *name, uint64_t cookie,
		   int (*fn)(void *ctx, const char *child), void *ctx)
{
	char key[sizeof(((struct outer *)0)->key)];
	_cleanup_close_ int dir = -1;
	struct children c = {
		.h = h, .parent = name, .cookie = cookie, .fn = fn, .ctx = ctx,
	};

	outer_key(key, sizeof(key), name, cookie);
	dir = outer_notes(h, key, false);
	c.dir = dir;
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	return dir_each(dir, children_one, &c);
}

/* Notes are files, and directories of files. */
static int forget_one(void *ctx, const char *name)
{
	const int *dir = ctx;
	_cleanup_close_ int sub = -1;

	if (unlinkat(*dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	sub = openat(*dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
				 O_CLOEXEC);
	if (sub < 0 || record_clear(sub, "") < 0 ||
	    unlinkat(*dir, name, AT_REMOVEDIR) < 0)
		return -errno;
	return 0;
}

static int forget_key(const struct host *h, const char *key)
{
	_cleanup_close_ int dir = outer_notes(h, key, false);
	int err;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	err = dir_each(dir, forget_one, (void *)&dir);
	if (err == 0 && unlinkat(h->uplink, key, AT_REMOVEDIR) < 0)
		err = -errno;
	return err;
}

int outer_forget(const struct host *h, const char *name, uint64_t cookie)
{
	char key[sizeof(((struct outer *)0)->key)];

	outer_key(key, sizeof(key), name, cookie);
	return forget_key(h, key);
}

struct sweep {
	const struct host *h;
	int (*fn)(const struct host *h);
};

/* The look itself drops notes that are stale. */
static int sweep_child(void *ctx, const char *child)
{
	(void)ctx;
	(void)child;
	return 0;
}

static int sweep_one(void *ctx, const char *key)
{
	const struct sweep *sweep = ctx;
	const char *dot = strchr(key, '.');
	unsigned long long cookie;
	struct outer o;
	int err;

	if (!dot || sscanf(key, "%16llx.", &cookie) != 1 ||
	    !name_is_valid((struct slice){ dot + 1, strlen(dot + 1) }))
		return 0;
	err = outer_enter(sweep->h, dot + 1, cookie, &o);
	if (err == -ENOENT)
		return forget_key(sweep->h, key);
	if (err)
		return err;
	err = outer_children(sweep->h, dot + 1, o.cookie, sweep_child, NULL);
	if (err == 0)
		err = sweep->fn(&o.host);
	outer_leave(&o);
	return err;
}

int outer_sweep(const struct host *h, int (*fn)(const struct host *h))
{
	struct sweep sweep = { .h = h, .fn = fn };
	int err = dir_each(h->uplink, sweep_one, &sweep);

	return err ? log_errno(err, "cannot sweep /run/runns/uplink") : 0;
}
