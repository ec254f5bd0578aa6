/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach.h - a VPN's packets, into an instance of the caller's own
 */
#ifndef RUNNSCTL_ATTACH_H
#define RUNNSCTL_ATTACH_H

#include "runnsctl/runnsctl.h"

/**
 * struct attach_request - what is wanted
 * @name:	of the instance, which is made if it is not there
 * @state:	its directory, or NULL: by its name
 * @hostname:	inside, if it is made, or NULL
 * @script:	sets addresses and routes, or NULL
 */
struct attach_request {
	const struct command *command;
	const char *name;
	const char *state;
	const char *hostname;
	const char *script;
};

/**
 * attach_run() - become the program that carries the packets
 *
 * Return: exit status, after a message.
 */
int attach_run(const struct attach_request *attach);

#endif
