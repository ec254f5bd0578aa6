/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * historic.h - the options that runnsctl had before it had commands
 */
#ifndef RUNNSCTL_HISTORIC_H
#define RUNNSCTL_HISTORIC_H

#include <stdbool.h>

/**
 * historic() - do what these words once meant
 * @argv:	of the whole program; argv[1] begins with a dash
 *
 * Return: exit status. Of a program that was to be started EXIT_OWN,
 * EXIT_NOT_EXECUTABLE or EXIT_NOT_FOUND if it does not run.
 */
int historic(int argc, char **argv);

/**
 * historic_netns() - the namespace that a path means
 *
 * Only the directory where namespaces have their names is one: what a path
 * leads to is nobody's to decide but the map's.
 *
 * Return: its last component, within @path; NULL if it is no such path.
 */
const char *historic_netns(const char *path);

/**
 * struct historic_forward - what --forward-port means today
 * @name:	the other namespace, within the text that was read
 * @spec:	for `runnsctl forward -R`
 */
struct historic_forward {
	const char *name;
	char spec[256];
};

/**
 * historic_forward() - read IP:PORT:NETNS:PROTOCOL
 * @text:	is written to
 *
 * Once a program's own socket was put into the namespace when it bound itself
 * to that port.  Now a socket there leads to the port here, at the loopback.
 *
 * Return: is it such a text?  The numbers are for `forward` to judge.
 */
bool historic_forward(char *text, struct historic_forward *out);

#endif
