/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * views.h - making, mending and dropping prepared views
 *
 * What a view is stands in lib/session/view.h.  All of this runs in the
 * host's namespaces, as root, and returns there.
 */
#ifndef RUNNS_NET_VIEWS_H
#define RUNNS_NET_VIEWS_H

#include <stdint.h>

#include "lib/base/base.h"
#include "net/host.h"

/**
 * views_make() - make the view of @name, or mend it if there is one
 *
 * Return: 0; -ENOENT if there is no such namespace; -EOPNOTSUPP where the
 * kernel, or a mount table whose root is not shared, cannot have views;
 * another -errno (all logged).
 */
int views_make(const struct host *h, const char *name) _must_check_;

/**
 * views_refresh() - put lost covers back in every view, or in that of @name
 * @name:	NULL for all
 *
 * Return: 0 or the first -errno (logged).
 */
int views_refresh(const struct host *h, const char *name) _must_check_;

/**
 * views_lost() - call @fn for each cover that the view of @name has lost
 * @fn:		as for view_lost(); runs in that view, where it must open
 *		nothing
 *
 * Return: 0, also where there is no view; what @fn returned; -errno (logged).
 */
int views_lost(const struct host *h, const char *name,
	       int (*fn)(void *ctx, const char *over), void *ctx)
	_must_check_;

/**
 * views_drop() - forget the view of @name
 * @cookie:	of the network namespace that it was made for; 0 for any
 *
 * Who is inside stays inside.
 *
 * Return: 0 or -errno (logged).
 */
int views_drop(const struct host *h, uint64_t cookie, const char *name)
	_must_check_;

/**
 * views_gc() - drop views of namespaces that are gone, and idle ones
 *
 * Idle is a view that nobody has been in for ten minutes.
 *
 * Return: 0 or -errno (logged).
 */
int views_gc(const struct host *h) _must_check_;

#endif
