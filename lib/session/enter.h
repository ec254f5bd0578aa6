/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter.h - a thread goes into a namespace, and comes back
 *
 * The pipeline that the PAM module and the helper share: network namespace,
 * then what belongs to it of the file system, then the proof.  Either all of
 * it holds afterwards or the thread is where it was.
 */
#ifndef RUNNS_ENTER_H
#define RUNNS_ENTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/base.h"

enum enter_target {
	ENTER_NAME,	/* a namespace by name */
	ENTER_PRIVATE,	/* a new one, for this session alone */
	ENTER_HOST,	/* the host's own */
};

/**
 * struct enter_request - where to
 * @host:	file_host_root()
 * @uid:	whose session it is, for /run/user/UID
 * @make_view:	start the program that prepares a view when there is none
 */
struct enter_request {
	int host;
	enum enter_target target;
	const char *name;
	uid_t uid;
	bool make_view;
};

/**
 * struct enter_saved - one thing that is needed to go back
 * @fd:		-1 when it is not kept
 *
 * The file's numbers tell whether the descriptor is still ours: programs
 * close what they do not know, and use the number again.
 */
struct enter_saved {
	int fd;
	uint64_t dev;
	uint64_t ino;
};

/**
 * struct enter_origin - the way back
 * @moved_net:	the network namespace was changed
 * @moved_mnt:	the mount namespace was changed
 */
struct enter_origin {
	struct enter_saved net, mnt, root, cwd;
	bool moved_net;
	bool moved_mnt;
};

/**
 * enter() - take the calling thread into a namespace
 * @origin:	set; enter_leave() goes back, enter_forget() only frees
 *
 * Needs CAP_SYS_ADMIN, CAP_SYS_CHROOT and CAP_NET_ADMIN in the initial user
 * namespace.
 *
 * Return: 0: everything that belongs to the namespace holds; -ENOENT: there
 * is no namespace of that name; another negative errno (logged); the thread
 * is then where it was, and @origin holds nothing; -ENOTRECOVERABLE: it
 * could not be brought back, and must not start anybody's session.
 */
int enter(const struct enter_request *request, struct enter_origin *origin)
	_must_check_;

/**
 * enter_leave() - take the calling thread back to @origin
 *
 * Frees @origin.
 *
 * Return: 0; -EBADF if the descriptors were closed or replaced meanwhile;
 * another -errno (all logged).
 */
int enter_leave(struct enter_origin *origin) _must_check_;

/** enter_forget() - close what @origin holds, and stay */
void enter_forget(struct enter_origin *origin);

#endif
