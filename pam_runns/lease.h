/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lease.h - what an open session keeps until it is closed
 *
 * A lease belongs to one thread of one process.  It is kept with the PAM
 * handle, so that it is found again at close and freed by pam_end(3); in a
 * forked child, where pam_end(3) is often called too, it only gives its
 * memory back.
 */
#ifndef RUNNS_LEASE_H
#define RUNNS_LEASE_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "lib/base/base.h"
#include "lib/policy/name.h"
#include "lib/session/origin.h"

/**
 * lease_keep() - keep the way back with the PAM handle
 * @origin:	taken over, also on failure, when it is gone back
 * @name:	namespace, or what the map says instead of one
 *
 * Return: 0; -ENOMEM, with the thread back at @origin; -ENOTRECOVERABLE if it
 * could not be brought back.
 */
int lease_keep(pam_handle_t *pamh, struct origin *origin, const char *name)
	_must_check_;

/**
 * lease_settle() - go back from sessions that another thread has ended
 *
 * To be called before a session is opened: what the thread stands in must be
 * what the program believes.
 *
 * Return: 0; -ENOTRECOVERABLE if a way back failed, now or earlier: the
 * thread must start nobody's session.
 */
int lease_settle(void) _must_check_;

/**
 * lease_find() - the namespace of the session that is open on this handle
 * @is_inside:	set to whether the calling thread stands there: it opened that
 *		session, and no other since
 *
 * Return: its name, the handle's property; NULL if none is open in this
 * process.
 */
const char *lease_find(pam_handle_t *pamh, bool *is_inside);

/**
 * lease_close() - go back, and forget the session
 *
 * Of several sessions that one thread has open any may be closed first: the
 * way back is then handed to the one that was opened after it.
 *
 * Return: 0, also if no session of this process is open; -EPERM in another
 * thread than the one that opened it; what origin_return() says.
 */
int lease_close(pam_handle_t *pamh) _must_check_;

#endif
