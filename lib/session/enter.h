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
#include "lib/session/origin.h"

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
 * @keep_cwd:	do not look after the working directory, the caller will
 */
struct enter_request {
	int host;
	enum enter_target target;
	const char *name;
	uid_t uid;
	bool make_view;
	bool keep_cwd;
};

/**
 * enter() - take the calling thread into a namespace
 * @origin:	set; origin_return() goes back, origin_forget() only frees
 *
 * Needs CAP_SYS_ADMIN, CAP_SYS_CHROOT and CAP_NET_ADMIN in the initial user
 * namespace.
 *
 * Return: 0: everything that belongs to the namespace holds; -ENOENT: there
 * is no namespace of that name; -EAGAIN: it went away meanwhile; another
 * negative errno (logged); the thread is then where it was, and @origin holds
 * nothing; -ENOTRECOVERABLE: it could not be brought back, and must not start
 * anybody's session.
 */
int enter(const struct enter_request *request, struct origin *origin)
	_must_check_;

#endif
