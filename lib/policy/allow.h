/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow.h - where a network may go in spite of its walls: Allow of
 * runns.conf(5)
 */
#ifndef RUNNS_ALLOW_H
#define RUNNS_ALLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/addr.h"
#include "lib/policy/slice.h"

enum {
	ALLOW_MAX = 32,		/* of one network */
	ALLOW_TEXT_SIZE = ADDR_TEXT_SIZE + 16,
};

enum allow_kind {
	ALLOW_NET,	/* all of a network */
	ALLOW_PORT,	/* a port of an address */
	ALLOW_HOST,	/* a port of the host's own */
	ALLOW_LAN,	/* what the uplink is connected to */
};

/**
 * struct allow - one destination
 * @net:	of ALLOW_NET; of ALLOW_PORT the address, with its whole length
 * @port:	of ALLOW_PORT and ALLOW_HOST, by UDP or TCP
 */
struct allow {
	enum allow_kind kind;
	struct addr_net net;
	uint16_t port;
	bool udp;
};

/**
 * struct allow_fault - what is wrong with a word
 * @at:		the part of it in question
 * @why:	what was expected of that part
 */
struct allow_fault {
	struct slice at;
	const char *why;
};

/**
 * allow_parse() - read ADDRESS[/LENGTH], ADDRESS:PORT/PROTO,
 * [ADDRESS6]:PORT/PROTO, host:PORT/PROTO or lan
 * @fault:	set on failure
 *
 * Return: 0, or -EINVAL.
 */
int allow_parse(struct slice word, struct allow *out,
		struct allow_fault *fault) _must_check_;

/** allow_format() - as allow_parse() reads it */
void allow_format(const struct allow *a, char out[ALLOW_TEXT_SIZE]);

/**
 * struct allow_list - destinations, none of which holds another
 */
struct allow_list {
	struct allow list[ALLOW_MAX];
	size_t n;
};

/**
 * allow_add() - add one to a list
 *
 * One that the list covers is left out, those that it covers go.
 *
 * Return: 0; -ENOSPC.
 */
int allow_add(struct allow_list *l, const struct allow *a) _must_check_;

/** allow_has() - is there one of this kind in the list? */
bool allow_has(const struct allow_list *l, enum allow_kind kind);

#endif
