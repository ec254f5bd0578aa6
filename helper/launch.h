/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch.h - one program starts in another network
 *
 * What the set-user-ID helper and the socket service share: may he, go there,
 * become him.  In this order:
 *
 *	launch_authorise()	as root, on the side of the host's names
 *	launch_enter()		the namespace and its view
 *	cred_drop()		lib/sys/cred.h
 *	launch_settle()		as the user
 *	exec_program()		lib/sys/exec.h
 */
#ifndef RUNNS_LAUNCH_H
#define RUNNS_LAUNCH_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "helper/resolv.h"
#include "lib/base/base.h"
#include "lib/base/log.h"
#include "lib/policy/decide.h"
#include "lib/session/origin.h"
#include "lib/session/veth.h"

/**
 * struct launch - what is asked for, and how far it is
 * @uid:	who asks; nothing else identifies him
 * @name:	the namespace, or "host", that he asks for; NULL: the SESSION
 *		of his rule
 * @resolv:	his own resolv.conf(5); without text, none
 * @own_ns:	0, or a network namespace of his own that is to be connected,
 *		with nothing started
 * @told:	what he is to be told of that
 * @host:	file_host_root(), set by launch_authorise()
 * @decision:	set by launch_authorise()
 * @origin:	where the process came from
 * @cwd:	path of the working directory there
 * @cwd_is_held: the process is in it by descriptor
 * @say:	tells him, set by the program
 * @sink:	of the library's own messages ...
 * @may_know:	... which are told him too from when it is known that he may
 *		use the network: before, they could tell what he may not see
 */
struct launch {
	uid_t uid;
	const char *name;
	struct resolv resolv;
	int own_ns;
	char told[VETH_TEXT_SIZE];
	int host;
	struct decision decision;
	struct origin origin;
	char cwd[PATH_MAX];
	bool cwd_is_held;
	void (*say)(const char *fmt, ...) _printf_(1, 2);
	struct log_sink sink;
	bool may_know;
};

/**
 * launch_authorise() - may he, by the map?
 *
 * Needs root's rights for reading only.  What he may not, and what does not
 * exist, are refused in the same words.  From now on the thread's messages
 * are this launch's, which must live as long.
 *
 * Return: 0; -errno after he was told why not.
 */
int launch_authorise(struct launch *launch) _must_check_;

/**
 * launch_enter() - take the calling process there
 *
 * The working directory waits for launch_settle().
 *
 * Return: 0; -errno after he was told, and then nothing of his may run.
 */
int launch_enter(struct launch *launch) _must_check_;

/**
 * launch_settle() - take up the working directory, as the user
 *
 * What is left of the host is descriptors that execve(2) closes.  Messages are
 * about his own program from here, and for him alone.
 *
 * Return: 0; -ENOENT after he was told that the network does not have it.
 */
int launch_settle(struct launch *launch) _must_check_;

#endif
