/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth_slot.c - how many networks a user has, and what is left of those gone
 *
 * The devices are counted, never the records: who has none has none.  One
 * that a killed builder left bears no alias, and is removed, under the user's
 * lock; so nothing is counted that is of no use to him.
 */
#include "net/veth_slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/session/handle.h"
#include "lib/sys/file.h"
#include "net/dir.h"
#include "net/link.h"
#include "net/pool.h"

#define VETH_NAME_PREFIX "veth-"

enum {
	SLOT_WAIT_MS = 500,	/* the kernel takes devices apart by and by */
	SLOT_POLL_US = 10000,
	SLOT_OTHERS_MAX = 64,	/* records of others that are looked at */
};

void veth_user_name(char out[NAME_SIZE], uid_t uid, uint32_t slot)
{
	snprintf(out, NAME_SIZE, VETH_NAME_PREFIX "%u-%u", (unsigned int)uid,
		 (unsigned int)slot);
}

/* Appends @n to the base 36: at most seven digits. */
static char *slot_digits(char *out, uint32_t n)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	const uint32_t base = sizeof(digits) - 1;
	uint32_t unit = 1;

	while (n / unit >= base)
		unit *= base;
	for (; unit; unit /= base)
		*out++ = digits[n / unit % base];
	return out;
}

void veth_user_device(char out[IFNAMSIZ], uid_t uid, uint32_t slot)
{
	char *end = out + sizeof(VETH_DEVICE_PREFIX) - 1;

	memcpy(out, VETH_DEVICE_PREFIX, sizeof(VETH_DEVICE_PREFIX) - 1);
	end = slot_digits(end, uid);
	*end++ = '.';
	end = slot_digits(end, slot);
	*end = '\0';
}

int veth_slot_lock(const struct host *h, uid_t uid, int timeout_ms)
{
	char number[12];
	char file[sizeof("veth.") + sizeof(number)];

	snprintf(number, sizeof(number), "%u", (unsigned int)uid);
	if (timeout_ms)
		return host_lock(h, "veth.", number, timeout_ms);
	snprintf(file, sizeof(file), "veth.%s", number);
	return file_lock(h->lock, file, 0);
}

int veth_user_seen(struct nl_sock *sk, const struct record *r,
		   struct link *out)
{
	int err = link_find(sk, r->outside, 0, out);

	if (err)
		return err == -ENODEV ? 0 : err;
	return r->state == RECORD_UP && out->ours &&
	       strcmp(out->alias, r->name) == 0;
}

/*
 * First the device, for with the rest goes what holds for it.  The lock is
 * held, so nobody is building.
 */
static int slot_remove(const struct host *h, struct nl_sock *sk,
		       const struct record *r)
{
	struct link l;
	int err = link_find(sk, r->outside, 0, &l);

	if (err == 0 && l.ours &&
	    (!l.alias[0] || strcmp(l.alias, r->name) == 0))
		err = link_delete(sk, l.index);
	if (err && err != -ENODEV)
		return log_errno(err, "cannot remove the device %s",
				 r->outside);
	return build_remove(h, r);
}

/* Somebody may have flushed all rules: nobody will call `up` for this one. */
static int slot_mend(const struct host *h, const struct record *r)
{
	const struct fw_backend *fw = fw_find(r->firewall);

	return fw ? veth_user_guard(h, fw, r) : 0;
}

/* Its record is read again: it may be of another by now. */
static int slot_remove_named(const struct host *h, const char *name,
			     bool in_use)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct record r;
	struct link l;
	int err = record_read(h, name, &r);

	if (err || !r.rootless)
		return err == -ENOENT ? 0 : err;
	err = nl_open(NETLINK_ROUTE, &sk);
	if (err == 0 && !in_use)
		err = veth_user_seen(sk, &r, &l);
	if (err < 0)
		return log_errno(err, "cannot look for device %s", r.outside);
	return err == 1 ? slot_mend(h, &r) : slot_remove(h, sk, &r);
}

int veth_user_gc(const struct host *h, const struct record *r)
{
	_cleanup_close_ int lock = veth_slot_lock(h, r->owner, 0);

	/* Whoever holds it looks after it. */
	if (lock == -ETIMEDOUT)
		return 0;
	if (lock < 0)
		return log_errno(lock, "cannot lock %s", r->name);
	return slot_remove_named(h, r->name, false);
}

int veth_user_down(const struct host *h, const struct record *r)
{
	_cleanup_close_ int lock = veth_slot_lock(h, r->owner, HOST_LOCK_MS);

	return lock < 0 ? lock : slot_remove_named(h, r->name, true);
}

/**
 * struct slot_sweep - a look at the records of all users
 * @others:	of other users', those that were looked at
 * @last:	his highest slot that has one
 */
struct slot_sweep {
	const struct veth_user *u;
	struct nl_sock *sk;
	unsigned int others;
	uint32_t last;
};

static void slot_note(struct slot_sweep *sweep, const char *name)
{
	const char *digits = strrchr(name, '-') + 1;
	uint64_t slot;

	if (num_parse(digits, strlen(digits), VETH_SLOTS, &slot) == 0 &&
	    slot > sweep->last)
		sweep->last = (uint32_t)slot;
}

static int slot_sweep_one(void *ctx, const char *name)
{
	struct slot_sweep *sweep = ctx;
	const struct host *h = sweep->u->h;
	struct record r;
	struct link l;

	if (strncmp(name, VETH_NAME_PREFIX,
		    sizeof(VETH_NAME_PREFIX) - 1) != 0 ||
	    record_read(h, name, &r) < 0 || !r.rootless)
		return 0;
	if (r.owner == sweep->u->uid)
		slot_note(sweep, name);
	else if (sweep->others++ >= SLOT_OTHERS_MAX)
		return 0;
	if (r.state == RECORD_UP &&
	    link_find(sweep->sk, r.outside, 0, &l) != -ENODEV)
		return 0;
	return r.owner == sweep->u->uid ? slot_remove_named(h, name, false) :
					  veth_user_gc(h, &r);
}

/**
 * struct slots - what he has
 * @n:		devices that leave as the one that is asked for, as far as
 *		they had to be counted
 * @free:	the lowest that has none, 0 if all have
 */
struct slots {
	uint32_t n;
	uint32_t free;
};

/* A name that somebody has put there is none of his. */
static bool slot_is_free(const struct veth_user *u, uint32_t slot)
{
	char name[NAME_SIZE];
	struct record r;
	int handle;

	veth_user_name(name, u->uid, slot);
	if (record_read(u->h, name, &r) != -ENOENT)
		return false;
	handle = handle_open(u->h->root, name);
	if (handle >= 0)
		close(handle);
	return handle == -ENOENT;
}

/* -ENODEV: it is not there any more. */
static int slot_count_one(const struct veth_user *u, struct nl_sock *sk,
			  const struct link *l, struct slots *slots)
{
	int err = 0;

	if (l->ours && !l->alias[0])
		err = link_delete(sk, l->index);
	else if (l->ours && strcmp(l->leaves_by, u->uplink) == 0)
		slots->n++;
	return err;
}

/*
 * All that he may use, and all that a larger quota or another uplink has had
 * him use; one more is free if these are not.  An ioctl(2) for a name that
 * does not exist would have the kernel look for a module of that name.
 */
static int slot_count(struct slot_sweep *sweep, struct slots *slots)
{
	const struct veth_user *u = sweep->u;
	uint32_t slot, top;
	int err = record_each(u->h, slot_sweep_one, sweep);

	*slots = (struct slots){ 0 };
	top = (u->quota > sweep->last ? u->quota : sweep->last) + 1;
	for (slot = 1; slot <= top && slot <= VETH_SLOTS && err == 0; slot++) {
		char device[IFNAMSIZ];
		struct link l;

		veth_user_device(device, u->uid, slot);
		err = link_find(sweep->sk, device, 0, &l);
		if (err == 0)
			err = slot_count_one(u, sweep->sk, &l, slots);
		if (err != -ENODEV)
			continue;
		err = 0;
		if (!slots->free && slot_is_free(u, slot))
			slots->free = slot;
		/* With none beyond his quota this one is within it. */
		if (slots->free && sweep->last <= u->quota)
			break;
	}
	return err;
}

int veth_slot_find(const struct veth_user *u, struct nl_sock *sk,
		   uint32_t *slot)
{
	long long deadline = file_now_ms() + SLOT_WAIT_MS;
	struct slot_sweep sweep = { .u = u, .sk = sk };
	struct slots slots;
	int err = slot_count(&sweep, &slots);

	/* One whose last process has just ended is still there. */
	while (err == 0 && slots.n >= u->quota && file_now_ms() < deadline) {
		usleep(SLOT_POLL_US);
		err = slot_count(&sweep, &slots);
	}
	if (err)
		return log_errno(err, "cannot tell how many networks uid %u "
				 "has", (unsigned int)u->uid);
	if (slots.n >= u->quota || !slots.free) {
		log_msg(LOG_ERR, "uid %u has %u networks of his own already, "
			"as many as runns.map allows", (unsigned int)u->uid,
			(unsigned int)slots.n);
		return -EDQUOT;
	}
	*slot = slots.free;
	return 0;
}
