/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle.h - names of network namespaces, as ip-netns(8) keeps them
 *
 * A handle is a nsfs bind mount on /run/netns/NAME.
 */
#ifndef RUNNS_HANDLE_H
#define RUNNS_HANDLE_H

#include <stdbool.h>

#include "lib/base/base.h"

/**
 * handle_dir() - open the directory of all handles
 * @run:	the host's /run, by file_open_dir() from file_host_root(), so that
 *		it works inside a session too
 *
 * Return: O_PATH descriptor that the caller closes; -ENOENT; -EPERM if others
 * than root could put handles there; another -errno.
 */
int handle_dir(int run) _must_check_;

/**
 * handle_open() - open the namespace that is published as @name
 * @host:	file_host_root()
 * @name:	a valid name (name_is_valid())
 *
 * Return: descriptor that the caller closes; -ENOENT if the name, or all of
 * /run/netns, is absent; -EPERM if others than root could have put it there;
 * -EBADF if it is not a network namespace, such as a file that a killed
 * builder left, which handle_publish() uses again; another -errno.  Only
 * -ENOENT means "absent".
 */
int handle_open(int host, const char *name) _must_check_;

/**
 * handle_is() - is the open namespace @fd still published as @name?
 * @dir:	handle_dir()
 *
 * Return: 1 or 0.
 */
int handle_is(int dir, const char *name, int fd) _must_check_;

/**
 * handle_explain() - what an error of handle_open() means
 *
 * Return: a constant text.
 */
const char *handle_explain(int err);

/*
 * The rest is for the builder: in the host's mount namespace, as root.
 */

/**
 * handle_prepare() - make /run/netns what iproute2 expects
 *
 * A mount of its own, with a peer group of its own if no handle exists yet:
 * then a new handle is one mount and reaches no session's view.  Takes
 * iproute2's lock on the directory; safe in any number of processes.
 *
 * Return: 0 or -errno.
 */
int handle_prepare(void) _must_check_;

/**
 * handle_publish() - give the calling thread's network namespace a name
 *
 * The name appears complete or not at all; a file left behind by a lost
 * mount is used again.
 *
 * Return: 0; -EEXIST if a namespace has that name; another -errno.
 */
int handle_publish(const char *name) _must_check_;

/**
 * handle_remove() - take the name away
 *
 * The namespace lives on while processes are inside or descriptors open.
 *
 * Return: 0, also if there was none; -errno.
 */
int handle_remove(const char *name) _must_check_;

/**
 * handle_list() - call @fn for every name in /run/netns, in no order
 * @fn:		a value other than 0 ends the listing and is returned
 *
 * Return: 0, what @fn returned, or -errno.  No directory is no names.
 */
int handle_list(int (*fn)(void *ctx, const char *name), void *ctx)
	_must_check_;

#endif
