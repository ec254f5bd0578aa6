/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inside.h - what namespaces look like from inside
 */
#ifndef UNSHARE_INSIDE_H
#define UNSHARE_INSIDE_H

#include "runnsctl/unshare/ids.h"
#include "runnsctl/unshare/request.h"

/**
 * struct inside - what has to be read before
 * @pings:	the caller may use sockets of ICMP echo outside (icmp(7))
 */
struct inside {
	bool pings;
};

/** inside_load() - before the namespaces are made */
void inside_load(struct inside *inside, const struct ids *ids);

/**
 * inside_set_up() - loopback, host name, ping
 *
 * Return: 0; -errno (logged).
 */
int inside_set_up(const struct inside *inside,
		  const struct unshare_request *request) _must_check_;

/**
 * inside_mount() - have the files tell about the new namespaces
 *
 * After the network has been started, whose name servers are written.
 *
 * Return: 0; -errno (logged).
 */
int inside_mount(const struct unshare_request *request) _must_check_;

#endif
