/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - what the words of runnsctl unshare ask for
 */
#ifndef UNSHARE_REQUEST_H
#define UNSHARE_REQUEST_H

#include <stdbool.h>

#include "runnsctl/unshare/ids.h"
#include "runnsctl/unshare/instance.h"
#include "runnsctl/unshare/mounts.h"
#include "runnsctl/unshare/network.h"
#include "runnsctl/unshare/publish.h"

enum { COMMANDS_MAX = 32 };

/** struct commands - of the shell's, in order */
struct commands {
	const char *list[COMMANDS_MAX];
	size_t n;
};

/** struct ports - that lead inside */
struct ports {
	struct forward_spec list[PUBLISH_MAX];
	size_t n;
};

/**
 * struct clocks - of a time namespace, in seconds
 * @monotonic:	how far CLOCK_MONOTONIC is ahead inside
 * @boottime:	how far CLOCK_BOOTTIME is ahead inside
 */
struct clocks {
	long long monotonic;
	long long boottime;
};

/**
 * struct unshare_request - what is to be made, and what runs in it
 * @command:	row of the table, for messages about wrong usage
 * @namespaces:	CLONE_NEW... that were asked for; user and mount namespace
 *		are made always, the network namespace as the network says
 * @ids:	who is who inside
 * @name:	of an instance, or NULL
 * @state:	directory of an instance, or NULL: by its name
 * @is_named:	there is an instance, which is ours to make
 * @instance:	then that one
 * @hostname:	inside, or NULL
 * @network:	which one, and its options
 * @ports:	that lead inside
 * @mounts:	what --root, --bind and the like say
 * @pre:	commands before, outside
 * @post:	commands after, outside
 * @exec:	commands inside, before the program
 * @verbose:	tell how it is done
 * @program:	its name and arguments, the list ends with NULL; NULL if
 *		nothing follows the commands
 */
struct unshare_request {
	const struct command *command;
	int namespaces;
	struct ids ids;
	const char *name;
	const char *state;
	bool is_named;
	struct instance instance;
	const char *hostname;
	struct clocks clocks;
	struct network network;
	struct ports ports;
	struct mounts mounts;
	struct commands pre;
	struct commands post;
	struct commands exec;
	bool verbose;
	char **program;
};

#endif
