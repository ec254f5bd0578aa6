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
 * inside_set_up() - loopback, host name, clocks, ping
 *
 * Return: 0; -errno (logged).
 */
int inside_set_up(const struct inside *inside,
		  const struct unshare_request *request) _must_check_;

/**
 * inside_mount() - all mounts, those that tell about the new namespaces and
 * those that were asked for
 * @request:	its mounts are changed
 *
 * After the network has been started, whose name servers are written.
 *
 * Return: 0; -errno (logged).
 */
int inside_mount(struct unshare_request *request) _must_check_;

#endif
