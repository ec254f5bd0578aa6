/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uplink.c - forwarding on the devices that networks leave by, and no others
 *
 * What was before is written down before anything is changed.
 */
#include "net/uplink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "net/dir.h"
#include "net/link.h"
#include "net/record.h"
#include "net/route6_steer.h"
#include "net/sysctl.h"

#define UPLINK_BEFORE ".before"

/**
 * struct uplink - one device, as it was found
 * @opened:	we turned forwarding on
 * @all:	whether the whole host forwarded then
 * @firewall:	backend that drops for us
 */
struct uplink {
	int index;
	int dir;
	char name[IFNAMSIZ];
	int opened;
	int all;
	char firewall[16];
};

static int uplink_forwards(const char *device)
{
	return sysctl_get("ipv4", device, "forwarding");
}

static int uplink_write(const struct uplink *u)
{
	BUF(b, 128);

	buf_addf(&b, "%s %s %d %d\n", u->name, u->firewall, u->opened,
		 u->all);
	if (buf_status(&b) < 0)
		return -EMSGSIZE;
	return file_replace(u->dir, UPLINK_BEFORE, 0600, b.text, b.len);
}

/* -ENOENT: not known yet; the directory may be there all the same. */
static int uplink_read(struct uplink *u)
{
	char text[128];
	ssize_t n = file_read_small(u->dir, UPLINK_BEFORE, text,
				    sizeof(text));

	if (n < 0)
		return (int)n;
	if (sscanf(text, "%15s %15s %d %d", u->name, u->firewall, &u->opened,
		   &u->all) != 4)
		return -EINVAL;
	return 0;
}

static int uplink_open_dir(const struct host *h, int index, bool make)
{
	char number[12];
	int err;

	snprintf(number, sizeof(number), "%d", index);
	err = make ? file_make_dir(h->uplink, number, 0700) : 0;
	if (err == 0) {
		err = openat(h->uplink, number,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (err < 0)
			err = -errno;
	}
	return err;
}

/* Somebody else has made the host a router: our drop is in his way. */
static int uplink_withdraw(struct uplink *u)
{
	const struct fw_backend *fw = fw_find(u->firewall);
	int err;

	if (!u->opened || u->all || uplink_forwards("all") != 1)
		return 0;
	err = fw ? fw->close(u->name) : 0;
	if (err)
		return err;
	u->opened = 0;
	return uplink_write(u);
}

/* What is there before we change anything. */
static int uplink_note(const struct uplink_user *user, struct uplink *u)
{
	int now = uplink_forwards(u->name);
	int all = uplink_forwards("all");

	if (now < 0 || all < 0)
		return now < 0 ? now : all;
	snprintf(u->firewall, sizeof(u->firewall), "%s", user->fw->name);
	u->opened = !now;
	u->all = all;
	return uplink_write(u);
}

/*
 * It forwarded by itself, or for somebody else, and now does not: what is to
 * be put back is what is there now.
 */
static int uplink_renew(const struct uplink_user *user, struct uplink *u)
{
	int now = u->opened ? 1 : uplink_forwards(u->name);

	if (now)
		return now < 0 ? now : 0;
	return uplink_note(user, u);
}

/* First the drop, then forwarding. */
static int uplink_open(const struct uplink_user *user, struct uplink *u)
{
	int err;

	if (!u->opened)
		return 0;
	err = user->fw->open(u->name);
	if (err == 0)
		err = sysctl_set("ipv4", u->name, "forwarding", 1);
	return err;
}

/* Is the device one that a network of ours uses already? */
static bool uplink_is_known(const struct host *h, int index)
{
	_cleanup_close_ int dir = uplink_open_dir(h, index, false);

	return dir >= 0;
}

/* Our drop goes by the name; the old one may be another uplink's by now. */
static int uplink_rename(const struct uplink_user *user, struct uplink *u,
			 const char *name)
{
	const struct fw_backend *fw = fw_find(u->firewall);
	struct uplink old = *u;
	struct link l;
	int err;

	memcpy(u->name, name, sizeof(u->name));
	err = u->opened && fw ? fw->open(u->name) : 0;
	if (err == 0)
		err = uplink_write(u);
	if (err || !u->opened || !fw ||
	    (link_find(user->sk, old.name, 0, &l) == 0 &&
	     uplink_is_known(user->h, l.index)))
		return err;
	return fw->close(old.name);
}

static int uplink_join(const struct uplink_user *user, int index)
{
	_cleanup_close_ int dir = uplink_open_dir(user->h, index, true);
	_cleanup_close_ int file = -1;
	struct uplink u = { .index = index, .dir = dir };
	struct link l;
	int err = dir < 0 ? dir : link_find(user->sk, NULL, index, &l);

	if (err == 0)
		err = uplink_read(&u);
	if (err == -ENOENT || err == -EINVAL) {
		memcpy(u.name, l.name, sizeof(u.name));
		err = uplink_note(user, &u);
	} else if (err == 0 && strcmp(u.name, l.name) != 0) {
		err = uplink_rename(user, &u, l.name);
	}
	if (err == 0)
		err = uplink_withdraw(&u);
	if (err == 0)
		err = uplink_renew(user, &u);
	if (err == 0) {
		file = openat(dir, user->name,
			      O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		err = file < 0 ? -errno : uplink_open(user, &u);
	}
	if (err)
		return log_errno(err, "cannot let %s leave by device %d",
				 user->name, index);
	return 0;
}

static int uplink_wanted(const struct uplink_user *user, const char *wanted,
			 struct route_uplink *out)
{
	struct route_uplink all[ROUTE_UPLINKS_MAX];
	struct link l;
	int err = link_find(user->sk, wanted, 0, &l);
	int i, n;

	if (err)
		return log_errno(err, "%s: InterfaceOut=%s: the host has no "
				 "such device", user->name, wanted);
	*out = (struct route_uplink){ .index = l.index };
	n = route_uplinks(user->sk, all);
	if (n < 0)
		return log_errno(n, "cannot list the host's default routes");
	for (i = 0; i < n; i++) {
		if (all[i].index == l.index)
			*out = all[i];
	}
	return uplink_join(user, l.index);
}

/* The devices of default routes; all of them are asked for only if needed. */
static int uplink_defaults(const struct uplink_user *user)
{
	struct route_uplink all[ROUTE_UPLINKS_MAX];
	int n = route_uplink_now(user->sk, all);
	bool known = n > 0 && !user->stands;
	int err = 0;
	int i;

	for (i = 0; i < n; i++)
		known = known && uplink_is_known(user->h, all[i].index);
	for (i = 0; i < n && err == 0; i++)
		err = uplink_join(user, all[i].index);
	if (n >= 0 && !known)
		n = route_uplinks(user->sk, all);
	if (n < 0)
		return log_errno(n, "cannot list the host's default routes");
	for (i = 0; i < n && err == 0 && !known; i++)
		err = uplink_join(user, all[i].index);
	return err;
}

int uplink_use(const struct uplink_user *user, const char *wanted,
	       struct route_uplink *out)
{
	_cleanup_close_ int lock = host_lock(user->h, "fw", "", HOST_LOCK_MS);

	if (lock < 0)
		return lock;
	return *wanted ? uplink_wanted(user, wanted, out) :
			 uplink_defaults(user);
}

static bool uplink_is_noted(const struct host *h, int index, const char *name)
{
	_cleanup_close_ int dir = uplink_open_dir(h, index, false);

	return dir >= 0 && faccessat(dir, name, F_OK, 0) == 0;
}

static int uplink_is_user(void *ctx, const char *name)
{
	(void)ctx;
	return name[0] != '.';
}

/* 1 if a network is noted, 0 if not, or -errno. */
static int uplink_in_use(const struct uplink *u)
{
	return dir_each(u->dir, uplink_is_user, NULL);
}

static int uplink_remove(const struct host *h, const struct uplink *u)
{
	char number[12];

	snprintf(number, sizeof(number), "%d", u->index);
	if (record_clear(u->dir, "") < 0 ||
	    unlinkat(h->uplink, number, AT_REMOVEDIR) < 0)
		return -errno;
	return 0;
}

/* The table of the uplink; what leads there are rules of networks. */
static int uplink_forget_table(struct nl_sock *sk, int index)
{
	int err = route_forget(sk, index);

	return err ? err : route6_forget(sk, index);
}

/* Back to what was; the drop goes last. */
static int uplink_restore(const struct host *h, struct nl_sock *sk,
			  struct uplink *u)
{
	const struct fw_backend *fw = fw_find(u->firewall);
	struct link l;
	int err = uplink_withdraw(u);

	if (err == 0 && u->opened) {
		err = link_find(sk, NULL, u->index, &l);
		if (err == 0)
			err = sysctl_set("ipv4", l.name, "forwarding", 0);
		else if (err == -ENODEV)
			err = 0;
	}
	if (err == 0 && u->opened && fw)
		err = fw->close(u->name);
	if (err == 0)
		err = uplink_forget_table(sk, u->index);
	return err ? err : uplink_remove(h, u);
}

static int uplink_drop(const struct host *h, struct nl_sock *sk, int index,
		       const char *name)
{
	_cleanup_close_ int dir = uplink_open_dir(h, index, false);
	struct uplink u = { .index = index, .dir = dir };
	int err;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (name && unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	err = uplink_in_use(&u);
	if (err)
		return err < 0 ? err : 0;
	err = uplink_read(&u);
	if (err == 0)
		return uplink_restore(h, sk, &u);
	/* Without a note of what was before nothing has been changed yet. */
	if (err == -ENOENT || err == -EINVAL)
		err = uplink_forget_table(sk, index);
	return err ? err : uplink_remove(h, &u);
}

struct uplink_walk {
	int (*fn)(void *ctx, int index);
	void *ctx;
};

static int uplink_walk_one(void *ctx, const char *name)
{
	const struct uplink_walk *walk = ctx;
	uint64_t index;

	if (num_parse(name, strlen(name), INT32_MAX, &index) < 0)
		return 0;
	return walk->fn(walk->ctx, (int)index);
}

/* Calls @fn with the index of every device that is noted. */
static int uplink_each(const struct host *h,
		       int (*fn)(void *ctx, int index), void *ctx)
{
	struct uplink_walk walk = { .fn = fn, .ctx = ctx };

	return dir_each(h->uplink, uplink_walk_one, &walk);
}

static int uplink_leave_one(void *ctx, int index)
{
	const struct uplink_user *user = ctx;

	return uplink_drop(user->h, user->sk, index, user->name);
}

int uplink_leave(const struct uplink_user *user)
{
	_cleanup_close_ int lock = host_lock(user->h, "fw", "", HOST_LOCK_MS);
	int err;

	if (lock < 0)
		return lock;
	err = uplink_each(user->h, uplink_leave_one, (void *)user);
	if (err)
		return log_errno(err, "cannot put the uplinks of %s back",
				 user->name);
	return 0;
}

struct uplink_move {
	const struct uplink_user *user;
	const struct route_steer *steer;
	struct route_uplink keep[2 * ROUTE_UPLINKS_MAX];
	int n;
	bool listed;
};

static bool uplink_is_kept(const struct uplink_move *move, int index)
{
	int i;

	for (i = 0; i < move->n; i++) {
		if (move->keep[i].index == index)
			return true;
	}
	return false;
}

/* Those of all default routes; listing them takes long, and is rarely asked. */
static int uplink_keep_all(struct uplink_move *move)
{
	int n = 0;

	if (!move->listed && !move->steer->uplink.index)
		n = route_uplinks(move->user->sk, move->keep + move->n);
	if (n < 0)
		return n;
	move->n += n;
	move->listed = true;
	return 0;
}

static int uplink_move_one(void *ctx, int index)
{
	struct uplink_move *move = ctx;
	const struct uplink_user *user = move->user;
	int err;

	if (uplink_is_kept(move, index) ||
	    !uplink_is_noted(user->h, index, user->name))
		return 0;
	err = uplink_keep_all(move);
	/* Without any default route it will come back. */
	if (err || move->n == 0 || uplink_is_kept(move, index))
		return err;
	err = route_unsteer(user->sk, move->steer->outside,
			    &move->steer->inside, index);
	if (err == 0 && move->steer->inside6.family)
		err = route6_unsteer(user->sk, move->steer->outside,
				     &move->steer->inside6, index);
	return err ? err : uplink_drop(user->h, user->sk, index, user->name);
}

int uplink_move(const struct uplink_user *user,
		const struct route_steer *steer)
{
	_cleanup_close_ int lock = host_lock(user->h, "fw", "", HOST_LOCK_MS);
	struct uplink_move move = { .user = user, .steer = steer, .n = 1 };
	int err;

	if (lock < 0)
		return lock;
	if (steer->uplink.index)
		move.keep[0] = steer->uplink;
	else
		move.n = route_uplink_now(user->sk, move.keep);
	err = move.n < 0 ? move.n : uplink_each(user->h, uplink_move_one, &move);
	if (err)
		return log_errno(err, "cannot leave the uplinks that %s used "
				 "before", user->name);
	return 0;
}

/* Notes of networks that have no record. */
static int uplink_sweep_one(void *ctx, int index)
{
	const struct uplink_user *user = ctx;
	_cleanup_close_ int dir = uplink_open_dir(user->h, index, false);
	struct uplink u = { .index = index, .dir = dir };
	int err;

	if (dir < 0)
		return dir;
	err = record_drop_stale(user->h, dir);
	if (err == 0 && uplink_read(&u) == 0)
		err = uplink_withdraw(&u);
	return err ? err : uplink_drop(user->h, user->sk, index, NULL);
}

int uplink_sweep(const struct host *h, struct nl_sock *sk)
{
	struct uplink_user user = { .h = h, .sk = sk };
	_cleanup_close_ int lock = host_lock(h, "fw", "", HOST_LOCK_MS);
	int err;

	if (lock < 0)
		return lock;
	err = uplink_each(h, uplink_sweep_one, &user);
	if (err)
		return log_errno(err, "cannot sweep /run/runns/uplink");
	return 0;
}
