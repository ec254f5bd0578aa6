/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.h - an entry in progress, shared by enter.c and enter_view.c only
 */
#ifndef RUNNS_ENTRY_H
#define RUNNS_ENTRY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/session/enter.h"
#include "lib/session/seal.h"
#include "lib/session/view.h"

/**
 * struct entry - what is known so far; descriptors are -1 until they are open
 * @thread:	the calling thread (proc_open_thread(), its error included)
 * @handles:	directory in which names are looked up
 * @handle:	the network namespace to be entered; -1 for a new one
 * @runns:	PATH_RUN, -1 if it is absent
 * @views:	directory of the views of the network namespace
 * @host_mnt:	the host's mount namespace, where the thread is in another
 * @in_host:	the thread stands in the host's mount namespace ...
 * @in_view:	... or in a prepared view of ours
 * @host_peer:	peer group of the host's root mount, 0 if it is not shared
 * @cookie:	of the network namespace, once @has_cookie
 * @plan:	what must be seen, once @has_plan
 * @dirs:	the directories as they were before @plan was read from them
 * @is_settled:	seal_settled() of them, then
 * @cwd:	path of the working directory, "" if it is the root
 */
struct entry {
	const struct enter_request *request;
	struct origin *origin;
	int thread;
	int handles;
	int handle;
	int runns;
	int views;
	int host_mnt;
	bool in_host;
	bool in_view;
	uint64_t host_peer;
	bool has_cookie;
	uint64_t cookie;
	bool has_plan;
	struct view_plan plan;
	struct seal_dir dirs[SEAL_DIRS];
	bool is_settled;
	char cwd[PATH_MAX];
};

/**
 * entry_view() - give the thread, inside the network namespace, its view
 *
 * Return: 0 or -errno (logged); the mounts may then be half-way.
 */
int entry_view(struct entry *e) _must_check_;

#endif
