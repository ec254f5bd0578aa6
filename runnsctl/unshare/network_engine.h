/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_engine.h - networks that a program outside makes
 */
#ifndef UNSHARE_NETWORK_ENGINE_H
#define UNSHARE_NETWORK_ENGINE_H

#include "lib/base/base.h"
#include "runnsctl/unshare/network.h"

enum { WORDS_MAX = 40, WORDS_SIZE = 2048 };

/**
 * struct words - the words that a program is started with
 * @full:	some did not fit
 */
struct words {
	char *argv[WORDS_MAX + 1];
	size_t n;
	char text[WORDS_SIZE];
	size_t used;
	bool full;
};

/** words_add() - one word more, formatted */
void words_add(struct words *w, const char *fmt, ...) _printf_(2, 3);

/**
 * words_rootless() - begin with our own engine, in its mode of @n's kind
 * @ready:	what it writes to when the network can be used
 */
void words_rootless(struct words *w, const struct network *n, int ready);

/**
 * network_engine() - start a program and wait until the network can be used
 * @w:		its words; the first is its path, or a name looked for in PATH
 * @ready:	the pipe that it writes to then, as pipe2(2) gave it; closed
 * @package:	what is to be installed if there is no such program, or NULL
 *
 * It inherits @n's descriptors and @ready[1] under their numbers.
 *
 * Return: 0; -errno after a message.
 */
int network_engine(const struct network *n, struct words *w,
		   const int ready[2], const char *package) _must_check_;

/** network_ready() - make the pipe; 0 or -errno after a message */
int network_ready(int ready[2]) _must_check_;

#endif
