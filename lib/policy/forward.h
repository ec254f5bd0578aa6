/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forward.h - what `runnsctl forward` is told to forward
 */
#ifndef RUNNS_FORWARD_H
#define RUNNS_FORWARD_H

#include "lib/policy/addr.h"

enum {
	FORWARD_HOST_SIZE = 254,	/* a name of the DNS, and its end */
	FORWARD_LISTEN_SIZE = ADDR_TEXT_SIZE + 8,
};

/**
 * struct forward_spec - one forward: from where to where
 * @udp:	datagrams, not connections
 * @any:	listen at all addresses; @addr is unspecified then
 * @addr:	where to listen
 * @port:	from 1
 * @host:	where to connect to: a name, or an address as inet_pton(3)
 *		reads it, always terminated
 * @host_port:	from 1
 */
struct forward_spec {
	bool udp;
	bool any;
	struct addr addr;
	uint16_t port;
	uint16_t host_port;
	char host[FORWARD_HOST_SIZE];
};

/**
 * forward_parse() - read [ADDR:]PORT:HOST:PORT[/tcp|/udp]
 * @text:	IPv6 addresses stand in brackets; ADDR is an address,
 *		"localhost" (127.0.0.1, also the default) or "*"
 * @out:	set on success only
 *
 * Return: NULL, or what is wrong with it (a constant text).
 */
const char *forward_parse(struct slice text, struct forward_spec *out)
	_must_check_;

/**
 * forward_listen_format() - where @spec listens, as it is written
 * @out:	"127.0.0.1:80", "[::1]:80" or "*:80"
 */
void forward_listen_format(const struct forward_spec *spec,
			   char out[FORWARD_LISTEN_SIZE]);

#endif
