/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outer.h - the network namespace that a network hangs on: the host's, or that
 * of its Parent
 *
 * Whatever the builder does on the host's side (the outer end, its firewall
 * rules, forwarding, routes) it does where its thread stands.  So a network
 * with a Parent is built by a thread that stands in the Parent's namespace,
 * with a struct host that says so.
 *
 * PATH_RUN "/uplink"/COOKIE.PARENT/ has what PATH_RUN "/uplink" has for the
 * host, and a file child.NAME for each network that hangs on the Parent.
 */
#ifndef RUNNS_NET_OUTER_H
#define RUNNS_NET_OUTER_H

#include <stdint.h>

#include "lib/policy/name.h"
#include "net/host.h"

/**
 * struct outer - where the thread stands now
 * @host:	to be used in place of the host
 * @cookie:	of the Parent's namespace; 0 for the host, and where the kernel
 *		does not number namespaces
 *
 * The rest is outer.c's own.
 */
struct outer {
	struct host host;
	uint64_t cookie;

	const struct host *home;
	char key[NAME_SIZE + 20];
};

/**
 * outer_open() - open the namespace that a network hangs on
 * @parent:	its Parent, any name below /run/netns; "" for the host
 *
 * Return: descriptor that the caller closes; -ENOENT if there is no such
 * namespace (any more); another error of handle_open().
 */
int outer_open(const struct host *h, const char *parent) _must_check_;

/**
 * outer_enter() - go there
 * @h:		the host, where the thread stands; outlives @out
 * @cookie:	that the namespace must have; 0: any
 *
 * Return: 0 and outer_leave() must follow; -ENOENT, not logged, if there is no
 * such namespace; -errno, logged.
 */
int outer_enter(const struct host *h, const char *parent, uint64_t cookie,
		struct outer *out) _must_check_;

/** outer_leave() - come back; if the way is barred the process ends */
void outer_leave(struct outer *o);

/**
 * outer_hang() - note that the network @child hangs on the Parent
 *
 * The record of @child, which names the Parent, must have been written.  From
 * here on the Parent cannot be taken down.
 *
 * Return: 0; -ENOENT if the Parent went meanwhile; -ELOOP if that hangs on
 * @child; -errno; logged.
 */
int outer_hang(struct outer *o, const char *child) _must_check_;

/** outer_unhang() - the reverse; 0, also if there is no note, or -errno */
int outer_unhang(const struct outer *o, const char *child) _must_check_;

/**
 * outer_children() - call @fn for each network that hangs on @name
 * @cookie:	of the namespace of @name
 *
 * Return: 0, what @fn returned, or -errno.
 */
int outer_children(const struct host *h, const char *name, uint64_t cookie,
		   int (*fn)(void *ctx, const char *child), void *ctx)
	_must_check_;

/**
 * outer_again() - have what hangs on @name mended, since its way out is new
 * @conf:	configuration in place of runns.conf; or NULL
 *
 * Does not wait for that.
 *
 * Return: 0, also if nothing hangs on it, or -errno.
 */
int outer_again(const struct host *h, const char *name, uint64_t cookie,
		const char *conf) _must_check_;

/**
 * outer_forget() - the namespace @name has gone, and all that was noted of it
 *
 * Return: 0 or -errno.
 */
int outer_forget(const struct host *h, const char *name, uint64_t cookie)
	_must_check_;

/**
 * outer_sweep() - call @fn in each Parent's namespace, and forget those that
 * are gone
 * @fn:		gets the host as it is there
 *
 * Return: 0 or -errno, logged.
 */
int outer_sweep(const struct host *h, int (*fn)(const struct host *h))
	_must_check_;

#endif
