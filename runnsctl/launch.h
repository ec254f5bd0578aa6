/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * launch.h - a program in a namespace, by runns-helper
 *
 * runnsctl has no rights of its own: it looks for the way to the helper, which
 * decides and acts.
 */
#ifndef RUNNSCTL_LAUNCH_H
#define RUNNSCTL_LAUNCH_H

#include <stdbool.h>

/**
 * struct launch - what is to be started, and how
 * @what:	what messages begin with, "run"
 * @name:	the namespace; NULL: the one that the map gives to sessions
 * @resolv:	file in place of the namespace's resolv.conf, or NULL
 * @socket:	socket of the service that is to be used, or NULL
 * @pty:	on a new terminal
 * @detach:	in the background, in a session of its own
 * @verbose:	tell which way is taken
 * @program:	its name and arguments, the list ends with NULL
 */
struct launch {
	const char *what;
	const char *name;
	const char *resolv;
	const char *socket;
	bool pty;
	bool detach;
	bool verbose;
	char **program;
};

/**
 * launch_run() - start it
 *
 * Does not return if the calling process became the helper.
 *
 * Return: exit status: the program's own, or 0 once it runs with @detach;
 * EXIT_OWN, EXIT_NOT_EXECUTABLE or EXIT_NOT_FOUND after a message.
 */
int launch_run(const struct launch *l);

#endif
