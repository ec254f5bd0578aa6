/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outer.h - the process that stays outside
 *
 * What has to be done from outside of the new namespaces, and what must live
 * as long as they do, is done by a process that was split off before they
 * were made: it starts the engine of the network and ends it, and it is
 * the keeper of an instance.  It is no child of the program's, and not in its
 * session.  Without a name and with the network none or host there is no such
 * process.
 */
#ifndef UNSHARE_OUTER_H
#define UNSHARE_OUTER_H

#include "runnsctl/unshare/request.h"

/**
 * struct outer - our end of the way to it
 * @socket:	-1: there is none
 * @stays:	it is needed until the namespaces are gone
 */
struct outer {
	int socket;
	bool stays;
};

/**
 * outer_start() - split it off, if it is needed
 *
 * To be called before any namespace is made.  It ends when the calling
 * process ends without having called outer_stay().
 *
 * Return: 0 and @outer->socket, which the caller closes; -errno (logged).
 */
int outer_start(struct outer *outer,
		const struct unshare_request *request) _must_check_;

/**
 * outer_map() - have subordinate ids mapped, for the calling process
 *
 * Return: 0; -errno after a message.
 */
int outer_map(const struct outer *outer) _must_check_;

/**
 * outer_network() - have the network started, from inside of the namespaces
 * @network:	gets what start() has set
 *
 * Return: 0; -errno after a message.
 */
int outer_network(const struct outer *outer,
		  struct network *network) _must_check_;

/**
 * outer_stay() - have it stay until the calling process's mount namespace is
 * gone
 * @dir:	/proc/self/ns
 * @flags:	CLONE_NEW... of all namespaces that were made
 *
 * Return: 0; -errno (logged).
 */
int outer_stay(const struct outer *outer, int dir, int flags) _must_check_;

#endif
