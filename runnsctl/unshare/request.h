/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - what the words of runnsctl unshare ask for
 */
#ifndef UNSHARE_REQUEST_H
#define UNSHARE_REQUEST_H

#include <stdbool.h>

#include "runnsctl/unshare/instance.h"
#include "runnsctl/unshare/network.h"

/**
 * struct unshare_request - what is to be made, and what runs in it
 * @command:	row of the table, for messages about wrong usage
 * @namespaces:	CLONE_NEW... that were asked for; user and mount namespace
 *		are made always, the network namespace as the network says
 * @map_root:	the caller is root inside
 * @name:	of an instance, or NULL
 * @state:	directory of an instance, or NULL: by its name
 * @is_named:	there is an instance, which is ours to make
 * @instance:	then that one
 * @hostname:	inside, or NULL
 * @network:	which one, and its options
 * @verbose:	tell how it is done
 * @program:	its name and arguments, the list ends with NULL
 */
struct unshare_request {
	const struct command *command;
	int namespaces;
	bool map_root;
	const char *name;
	const char *state;
	bool is_named;
	struct instance instance;
	const char *hostname;
	struct network network;
	bool verbose;
	char **program;
};

#endif
