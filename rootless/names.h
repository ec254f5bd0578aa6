/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - which name servers the host has, for an engine that sees no file
 *
 * libslirp looks into /etc/resolv.conf when somebody inside asks a name
 * server.  The engine's root directory is its own; there the file has what a
 * keeper outside, a process without contact to the network inside, read last.
 */
#ifndef ROOTLESS_NAMES_H
#define ROOTLESS_NAMES_H

#include <stdint.h>

#include "lib/base/base.h"
#include "lib/base/buf.h"

enum { NAMES_TEXT_SIZE = 256 };

/**
 * struct names - the engine's side
 * @keeper:	socket to the keeper
 * @file:	its own /etc/resolv.conf, open for writing
 * @asked_ms:	when it asked last, on the monotonic clock
 * @changes:	how often the text was another
 * @text:	what is in the file
 */
struct names {
	int keeper;
	int file;
	int64_t asked_ms;
	int64_t changes;
	char text[NAMES_TEXT_SIZE];
};

/**
 * names_filter() - what libslirp may read of a resolv.conf
 * @out:	"nameserver" lines with plain addresses, three at most
 */
void names_filter(const char *text, size_t len, struct buf *out);

/**
 * names_answer() - the keeper's side: answer one question
 *
 * Return: 1; 0 at the end; -errno.
 */
int names_answer(int engine) _must_check_;

/**
 * names_refresh() - bring the file up to date, once a second at most
 * @now_ms:	the monotonic clock
 *
 * A keeper that does not answer leaves it as it is.
 */
void names_refresh(struct names *names, int64_t now_ms);

#endif
