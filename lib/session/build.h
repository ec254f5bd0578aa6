/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.h - somebody enters a network that is not there yet
 */
#ifndef RUNNS_BUILD_H
#define RUNNS_BUILD_H

#include "lib/base/base.h"

/**
 * struct build_request - what to build
 * @host:	file_host_root()
 * @section:	"" for the section of that name
 * @conf:	another configuration, or NULL
 */
struct build_request {
	int host;
	const char *name;
	const char *section;
	const char *conf;
};

/**
 * build_network() - have a network built, by another process, in time
 *
 * By systemd where it is pid 1, so that what the builder starts does not
 * live in the session; else, and where that did not help, by a child.
 *
 * Return: 0: the namespace exists, by a look at it; -EAGAIN: a build of that
 * name failed less than half a minute ago; another -errno (all logged).
 */
int build_network(const struct build_request *request) _must_check_;

/**
 * build_idle_check() - take a network down if nobody is left in it
 *
 * Does nothing unless the builder marked it so (Linger=no).
 */
void build_idle_check(int host, const char *name);

#endif
