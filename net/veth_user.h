/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth_user.h - a user's own network namespace gets a device and a way out
 *
 * The namespace has no name and is kept by his processes; so what is kept
 * here is taken back when its device has gone with it, or by `down`.  The
 * SLOTth network of a user is called veth-UID-SLOT, its device on the host
 * rn-uUID.SLOT, both numbers to the base 36.  So the kernel, which gives a
 * name once, counts what he has, and nothing else is asked.
 */
#ifndef RUNNS_NET_VETH_USER_H
#define RUNNS_NET_VETH_USER_H

#include "lib/policy/map.h"
#include "net/build.h"
#include "net/pool.h"

enum { VETH_SLOTS = MAP_VETH_MAX };

#define VETH_DEVICE_PREFIX POOL_LINK_PREFIX "u"

/**
 * struct veth_user - what is asked for
 * @ns:		his namespace, proved to be his
 * @quota:	how many he may have that leave by @uplink
 * @uplink:	device to leave by, "" for the host's default route
 */
struct veth_user {
	const struct host *h;
	const struct conf *conf;
	uid_t uid;
	int ns;
	uint32_t quota;
	char uplink[PROFILE_IFNAME_MAX + 1];
};

/** veth_user_name() - veth-UID-SLOT */
void veth_user_name(char out[NAME_SIZE], uid_t uid, uint32_t slot);

/** veth_user_device() - rn-uUID.SLOT, which fits whatever they are */
void veth_user_device(char out[IFNAMSIZ], uid_t uid, uint32_t slot);

/**
 * veth_user_make() - make one, all or nothing
 * @b:		zeroed; its plan and record tell what was made
 *
 * What is left of others whose namespaces are gone is taken back first.
 *
 * Return: 0; -EDQUOT if he has as many as he may; -EEXIST if there is an eth0
 * inside; -errno; logged.
 */
int veth_user_make(const struct veth_user *u, struct build *b) _must_check_;

/**
 * veth_user_seen() - is its device there, and whole?
 * @out:	the host's end
 *
 * Return: 1, 0 or -errno.
 */
int veth_user_seen(struct nl_sock *sk, const struct record *r,
		   struct link *out) _must_check_;

/**
 * veth_user_guard() - have the firewall know it, also if it does already
 *
 * Return: 0 or -errno, logged.
 */
int veth_user_guard(const struct host *h, const struct fw_backend *fw,
		    const struct record *r) _must_check_;

/**
 * veth_user_gc() - take back what is left of it; of one in use, put back what
 *		    the firewall has lost
 * veth_user_down() - take it away from him
 *
 * Return: 0 or -errno, logged.
 */
int veth_user_gc(const struct host *h, const struct record *r) _must_check_;
int veth_user_down(const struct host *h, const struct record *r) _must_check_;

#endif
