/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * publish.h - ports of the host that lead to programs inside
 *
 * Each is carried by a process of its own outside, with the machinery of
 * runnsctl forward: it listens in the host's network, and an end inside makes
 * the sockets that it connects with.  So they work alike with every network.
 */
#ifndef UNSHARE_PUBLISH_H
#define UNSHARE_PUBLISH_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/policy/forward.h"

enum {
	PUBLISH_MAX = 64,
	PUBLISH_TEXT_SIZE = FORWARD_LISTEN_SIZE + 16,
};

/** struct port - one of them, and who carries it */
struct port {
	struct forward_spec spec;
	pid_t pid;
};

/**
 * struct publish - those of one network namespace
 * @userns:	descriptor of the user namespace
 * @netns:	descriptor of the network namespace
 * @end:	their end is when this polls
 */
struct publish {
	int userns;
	int netns;
	int end;
	struct port ports[PUBLISH_MAX];
	size_t n;
};

/**
 * publish_parse() - read [ADDR:]HOST:PORT[/tcp|/udp]
 *
 * Return: NULL, or what is wrong with it (a constant text).
 */
const char *publish_parse(const char *text,
			  struct forward_spec *spec) _must_check_;

/** publish_format() - the same text, with all that was left out */
void publish_format(const struct forward_spec *spec,
		    char out[PUBLISH_TEXT_SIZE]);

/**
 * publish_add() - from now on @spec leads inside
 *
 * Return: 0; -EEXIST if it does already; -E2BIG; -errno of bind(2).
 */
int publish_add(struct publish *p,
		const struct forward_spec *spec) _must_check_;

/** publish_remove() - and no more; 0 or -ENOENT */
int publish_remove(struct publish *p,
		   const struct forward_spec *spec) _must_check_;

/** publish_reap() - forget those whose process has ended */
void publish_reap(struct publish *p);

#endif
