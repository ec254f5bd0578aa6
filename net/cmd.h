/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd.h - the commands of runns-net
 */
#ifndef RUNNS_NET_CMD_H
#define RUNNS_NET_CMD_H

#include <stdbool.h>

#include "net/host.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/**
 * struct options - of all commands; each uses those that make sense to it
 * @conf:	configuration in place of /etc/runns.conf, or NULL
 * @section:	to be used as a pattern, or NULL
 * @login:	a login asks
 * @idle:	only look whether the network is idle
 */
struct options {
	const char *conf;
	const char *section;
	bool login;
	bool all;
	bool kill;
	bool idle;
	bool json;
	bool quiet;
	bool verbose;
	bool dry_run;
};

/**
 * struct command - one command
 * @run:	returns the program's exit status
 */
struct command {
	const char *name;
	int (*run)(const struct host *h, const struct options *o, char **names,
		   int n);
	const char *args;
	const char *description;
};

int cmd_up(const struct host *h, const struct options *o, char **names, int n);
int cmd_down(const struct host *h, const struct options *o, char **names,
	     int n);
int cmd_status(const struct host *h, const struct options *o, char **names,
	       int n);
int cmd_gc(const struct host *h, const struct options *o, char **names, int n);
int cmd_view(const struct host *h, const struct options *o, char **names,
	     int n);
int cmd_refresh(const struct host *h, const struct options *o, char **names,
		int n);

/**
 * down_one() - take one network down; the lock "net.NAME" must be held
 * @kill:	end the processes inside
 * @idle_only:	leave it alone, without a word, if it is in use
 *
 * Return: 0, also if there is none; -EBUSY; -EPERM if it is not ours; -errno;
 * logged.
 */
int down_one(const struct host *h, const char *name, bool kill, bool idle_only)
	_must_check_;

/**
 * gc_one() - clear what a killed builder left of @name
 *
 * Return: 0 or -errno, logged.
 */
int gc_one(const struct host *h, const char *name) _must_check_;

#endif
