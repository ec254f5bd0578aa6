/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - the host's namespaces, and our directories below /run/runns
 */
#ifndef RUNNS_NET_HOST_H
#define RUNNS_NET_HOST_H

#include "lib/base/base.h"

/**
 * struct host - what every command starts from
 * @root:	the host's root directory
 * @ns:		the host's network namespace, where the thread stands
 * @parent:	"", or the namespace that stands for the host's: see outer.h
 * @net:	PATH_RUN_NET, and so on
 */
struct host {
	int root;
	int ns;
	int net;
	int lock;
	int pool;
	int views;
	int request;
	int failed;
	int uplink;
	int vpn;
	const char *parent;
};

/* A host that has nothing open, so that host_close() is harmless. */
#define HOST_CLOSED \
	{ .root = -1, .ns = -1, .net = -1, .lock = -1, .pool = -1, \
	  .views = -1, .request = -1, .failed = -1, .uplink = -1, \
	  .vpn = -1, .parent = "" }

/**
 * host_enter() - go where the host's processes are
 *
 * Network and mount namespaces of pid 1; the working directory becomes the
 * host's root.  Refused to all but root of the initial user namespace.
 *
 * Return: 0 or -errno, logged.
 */
int host_enter(void) _must_check_;

/**
 * host_open() - open our directories, and make those that are missing
 *
 * Return: 0 or -errno, logged; host_close() in any case.
 */
int host_open(struct host *h) _must_check_;

void host_close(struct host *h);

/**
 * host_explain() - report a failure that has a text of its own
 * @explain:	file_explain(), handle_explain()
 *
 * Return: @err.
 */
int host_explain(int err, const char *(*explain)(int err), const char *what);

/**
 * host_lock() - take one of the locks, waiting at most @timeout_ms
 * @what:	"historic.", "net.", "pool", "fw", "uplink": these are taken in
 *		this order, and "net." of a network before that of its Parent;
 *		"vpn." is held by a supervisor; "veth." of a user comes before
 *		"pool", and with "net." it is only tried
 * @name:	of a network, or ""
 *
 * Return: descriptor that holds it; -ETIMEDOUT; -errno; logged.
 */
int host_lock(const struct host *h, const char *what, const char *name,
	      int timeout_ms) _must_check_;

enum { HOST_LOCK_MS = 25000 };

#endif
