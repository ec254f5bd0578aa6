/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unix_sockets.h - UNIX sockets of a network namespace and who they talk to
 *
 * sock_diag(7).  A socket belongs for ever to the namespace that it was made
 * in; one that a server has accepted to that of the client, with the name of
 * the server's.
 */
#ifndef RUNNSCTL_UNIX_SOCKETS_H
#define RUNNSCTL_UNIX_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"

enum { UNIX_NAME_SIZE = 128 };

/**
 * struct unix_socket - one of them
 * @ino:	its number, as in "socket:[NUMBER]"
 * @peer:	that of the other end; 0: none
 * @listens:	it waits for connections
 * @name:	what it is bound to, raw; '@' first for an abstract one; ""
 */
struct unix_socket {
	uint32_t ino;
	uint32_t peer;
	bool listens;
	char name[UNIX_NAME_SIZE];
};

/**
 * struct unix_sockets - all of one namespace, by number
 */
struct unix_sockets {
	struct unix_socket *list;
	size_t n;
	size_t size;
};

/**
 * unix_sockets_read() - ask the kernel
 * @ns:		network namespace
 *
 * Root only.  The process ends if it cannot come back from there.
 *
 * Return: 0 and @out must be freed, or -errno.
 */
int unix_sockets_read(int ns, struct unix_sockets *out) _must_check_;

/** unix_sockets_find() - the one of that number, or NULL */
const struct unix_socket *unix_sockets_find(const struct unix_sockets *s,
					    uint32_t ino);

/** unix_sockets_listens() - does one wait for connections by that name? */
bool unix_sockets_listens(const struct unix_sockets *s, const char *name);

/** unix_sockets_free() - harmless on a zeroed struct */
void unix_sockets_free(struct unix_sockets *s);

#endif
