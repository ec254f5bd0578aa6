/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uplink6.c - forwarding of IPv6 on the devices of default routes
 *
 * The note comes first, then the drop, then forwarding; back in reverse.
 */
#include "net/uplink6.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "net/dir.h"
#include "net/fw.h"
#include "net/link.h"
#include "net/record.h"
#include "net/route6.h"
#include "net/sysctl.h"

#define SIX_PREFIX "six."
#define SIX_NAME ".name"
#define SIX_FORWARD "force_forwarding"

enum { SIX_SIZE = 24 };

/* What one call works with. */
struct six {
	const struct host *h;
	struct nl_sock *sk;
	const struct fw_backend *fw;	/* of the network */
	const char *name;	/* of the network; NULL: those without record */
	struct route_uplink keep[ROUTE_UPLINKS_MAX];
	int n_keep;		/* these it uses */
};

static bool six_all_forward(void)
{
	return sysctl_get("ipv6", "all", "forwarding") == 1;
}

static int six_open(const struct host *h, const char *key)
{
	int fd = openat(h->uplink, key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Name of the device when it was noted; it may be gone. */
static int six_name(int dir, char out[IFNAMSIZ])
{
	ssize_t n = readlinkat(dir, SIX_NAME, out, IFNAMSIZ - 1);

	if (n < 0)
		return -errno;
	out[n] = '\0';
	return 0;
}

/* Networks that were built before the other firewall was chosen had theirs. */
static int six_close(const char *device)
{
	const struct fw_backend *fw;
	unsigned int i;
	int err = 0;

	for (i = 0; err == 0 && (fw = fw_each_backend(i)); i++) {
		if (fw->probe(false) > 0)
			err = fw->close6(device);
	}
	return err;
}

static int six_note(int dir, const char *device)
{
	char old[IFNAMSIZ];

	if (six_name(dir, old) == 0) {
		if (strcmp(old, device) == 0)
			return 0;
		/* Renamed: the drop goes by the name. */
		if (unlinkat(dir, SIX_NAME, 0) < 0)
			return -errno;
	}
	return symlinkat(device, dir, SIX_NAME) < 0 ? -errno : 0;
}

static int six_join(const struct six *s, int index)
{
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int file = -1;
	char key[SIX_SIZE];
	struct link l;
	int err = link_find(s->sk, NULL, index, &l);
	int now = err ? 0 : sysctl_get("ipv6", l.name, SIX_FORWARD);

	snprintf(key, sizeof(key), SIX_PREFIX "%d", index);
	dir = six_open(s->h, key);
	/* Somebody else lets it forward: that stays his.  Or it has no IPv6. */
	if ((now == 1 && dir == -ENOENT) || now == -ENOENT)
		return 0;
	if (err == 0 && dir == -ENOENT) {
		err = file_make_dir(s->h->uplink, key, 0700);
		dir = err ? err : six_open(s->h, key);
	}
	if (err == 0 && dir < 0)
		err = dir;
	if (err == 0)
		err = six_note(dir, l.name);
	if (err == 0) {
		file = openat(dir, s->name, O_WRONLY | O_CREAT | O_CLOEXEC,
			      0600);
		err = file < 0 ? -errno : s->fw->open6(l.name);
	}
	return err ? err : sysctl_set("ipv6", l.name, SIX_FORWARD, 1);
}

static int six_is_user(void *ctx, const char *name)
{
	(void)ctx;
	return name[0] != '.';
}

/* Nobody uses it any more. */
static int six_restore(const struct six *s, const char *key, int dir)
{
	char name[IFNAMSIZ] = "";
	uint64_t index = 0;
	struct link l;
	int err = six_name(dir, name);

	/* Without a name nothing was changed yet. */
	if (err == 0) {
		err = num_parse(key + sizeof(SIX_PREFIX) - 1,
				strlen(key) - sizeof(SIX_PREFIX) + 1,
				INT32_MAX, &index);
		if (err == 0)
			err = link_find(s->sk, NULL, (int)index, &l);
		if (err == 0)
			err = sysctl_set("ipv6", l.name, SIX_FORWARD, 0);
		if (err == 0 || err == -ENODEV || err == -ENOENT)
			err = six_close(name);
	} else if (err == -ENOENT) {
		err = 0;
	}
	if (err == 0)
		err = record_clear(dir, "");
	if (err == 0 && unlinkat(s->h->uplink, key, AT_REMOVEDIR) < 0)
		err = -errno;
	return err;
}

static bool six_is_kept(const struct six *s, const char *key)
{
	char kept[SIX_SIZE];
	int i;

	for (i = 0; i < s->n_keep; i++) {
		snprintf(kept, sizeof(kept), SIX_PREFIX "%d",
			 s->keep[i].index);
		if (strcmp(key, kept) == 0)
			return true;
	}
	return false;
}

static int six_leave_one(void *ctx, const char *key)
{
	const struct six *s = ctx;
	_cleanup_close_ int dir = -1;
	int err = 0;

	if (strncmp(key, SIX_PREFIX, sizeof(SIX_PREFIX) - 1) != 0 ||
	    six_is_kept(s, key))
		return 0;
	dir = six_open(s->h, key);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (s->name) {
		if (unlinkat(dir, s->name, 0) < 0 && errno != ENOENT)
			err = -errno;
	} else {
		err = record_drop_stale(s->h, dir);
	}
	if (err == 0)
		err = dir_each(dir, six_is_user, NULL);
	if (err)
		return err < 0 ? err : 0;
	return six_restore(s, key, dir);
}

/* Somebody else has made the host a router: our drop is in his way. */
static int six_withdraw_one(void *ctx, const char *key)
{
	const struct six *s = ctx;
	_cleanup_close_ int dir = -1;
	char name[IFNAMSIZ];

	if (strncmp(key, SIX_PREFIX, sizeof(SIX_PREFIX) - 1) != 0)
		return 0;
	dir = six_open(s->h, key);
	if (dir < 0 || six_name(dir, name) < 0)
		return 0;
	return six_close(name);
}

/* Finds out which uplinks it uses. */
static int six_find(struct six *s, int only)
{
	int i;

	s->n_keep = route6_uplinks(s->sk, s->keep);
	if (s->n_keep < 0 || !only)
		return s->n_keep < 0 ? s->n_keep : 0;
	for (i = 0; i < s->n_keep; i++) {
		if (s->keep[i].index == only)
			break;
	}
	s->keep[0] = i < s->n_keep ? s->keep[i] :
				     (struct route_uplink){ .index = only };
	s->n_keep = 1;
	return 0;
}

static int six_use(const struct six *s)
{
	int err = 0;
	int i;

	if (six_all_forward())
		return dir_each(s->h->uplink, six_withdraw_one, (void *)s);
	for (i = 0; i < s->n_keep && err == 0; i++)
		err = six_join(s, s->keep[i].index);
	return err;
}

static void six_begin(struct six *s, const struct uplink_user *user)
{
	*s = (struct six){
		.h = user->h, .sk = user->sk, .fw = user->fw,
		.name = user->name,
	};
}

int uplink6_use(const struct uplink_user *user, int only, struct addr *gateway)
{
	_cleanup_close_ int lock = host_lock(user->h, "fw", "", HOST_LOCK_MS);
	struct six s;
	int err;

	six_begin(&s, user);
	err = lock < 0 ? lock : six_find(&s, only);
	if (err == 0)
		err = six_use(&s);
	if (err)
		return log_errno(err, "cannot open the way out of %s for IPv6",
				 user->name);
	*gateway = only ? s.keep[0].gateway : (struct addr){ 0 };
	return 0;
}

int uplink6_move(const struct uplink_user *user, int only)
{
	_cleanup_close_ int lock = host_lock(user->h, "fw", "", HOST_LOCK_MS);
	struct six s;
	int err;

	six_begin(&s, user);
	err = lock < 0 ? lock : six_find(&s, only);
	/* Without any default route it will come back. */
	if (err == 0 && s.n_keep > 0)
		err = dir_each(s.h->uplink, six_leave_one, &s);
	if (err)
		return log_errno(err, "cannot leave the uplinks that %s used "
				 "for IPv6 before", user->name);
	return 0;
}

static int six_leave(const struct host *h, struct nl_sock *sk,
		     const char *name)
{
	struct six s = { .h = h, .sk = sk, .name = name };
	_cleanup_close_ int lock = host_lock(h, "fw", "", HOST_LOCK_MS);

	return lock < 0 ? lock : dir_each(h->uplink, six_leave_one, &s);
}

int uplink6_leave(const struct host *h, struct nl_sock *sk, const char *name)
{
	int err = six_leave(h, sk, name);

	if (err)
		return log_errno(err, "cannot put the uplinks of %s back",
				 name);
	return 0;
}

int uplink6_sweep(const struct host *h, struct nl_sock *sk)
{
	int err = six_leave(h, sk, NULL);

	if (err)
		return log_errno(err, "cannot sweep /run/runns/uplink");
	return 0;
}
