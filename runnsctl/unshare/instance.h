/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instance.h - namespaces that have a name
 *
 * An instance is a directory (place.h) with these files:
 *
 *	lock		locked by who makes the instance, then by its keeper
 *	control		socket of the keeper, who passes the namespaces on
 *	child_pid	pid of some process inside, for nsenter(1)
 *	resolv.conf	what /etc/resolv.conf inside shows; same inode, so that it
 *			is to be written in place
 *
 * The keeper is the process of outer.h.  It is outside, and ends when the
 * last process and the last descriptor of the mount namespace are gone: who
 * holds that descriptor is a member.  No number of a process decides anything.
 */
#ifndef UNSHARE_INSTANCE_H
#define UNSHARE_INSTANCE_H

#include <stdint.h>
#include <sys/types.h>

#include "runnsctl/unshare/namespaces.h"

struct publish;

/**
 * struct instance - one that was found, or that is ours to make
 * @dir:	its directory
 * @lock:	held if it is ours to make, else -1
 * @control:	socket that listens if it is ours to make, else -1
 * @ns:		the namespaces if it was there
 */
struct instance {
	int dir;
	int lock;
	int control;
	struct namespaces ns;
};

/** instance_init() - nothing open */
void instance_init(struct instance *instance);

/** instance_close() - close what is open */
void instance_close(struct instance *instance);

/**
 * instance_open() - find an instance, or begin one
 * @id:		see place_open()
 * @state:	see place_open()
 *
 * Waits for one that is being made, or is about to end.
 *
 * Return: 1 and @instance->ns if it was there; 0 if it is ours to make, and
 * everybody else waits for it; -errno (logged).
 */
int instance_open(struct instance *instance, const char *id,
		  const char *state) _must_check_;

/**
 * instance_connect() - a way to the keeper, for what control.h has
 *
 * Return: descriptor that the caller closes; -ENOENT if there is no such
 * instance; another -errno (logged).
 */
int instance_connect(const char *id, const char *state) _must_check_;

/**
 * struct instance_inside - what the keeper has to know
 * @pid:	of the first process inside
 * @dev:	of the mount namespace
 * @ino:	of the mount namespace
 * @mark:	mark_place() of it
 * @publish:	ports that lead inside
 */
struct instance_inside {
	pid_t pid;
	uint64_t dev;
	uint64_t ino;
	int mark;
	struct publish *publish;
};

/**
 * instance_serve() - pass the namespaces on until nobody is inside
 * @instance:	one that we have made, ns without the mount namespace
 *
 * Then the directory is removed.
 */
void instance_serve(struct instance *instance,
		    const struct instance_inside *inside);

/**
 * instance_inside() - the instance's directory as the calling process's mount
 * namespace has it
 *
 * Return: O_PATH descriptor that the caller closes; -ESTALE if its path leads
 * elsewhere there; another -errno.
 */
int instance_inside(const struct instance *instance) _must_check_;

/** instance_remove() - take its files and its directory away */
void instance_remove(const struct instance *instance);

#endif
