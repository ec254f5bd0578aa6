/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * busmsg.h - messages of D-Bus, as few of them as one question needs
 *
 * The D-Bus specification, "Message Protocol".  Only the machine's own byte
 * order: both ends are on it.
 */
#ifndef RUNNS_BUSMSG_H
#define RUNNS_BUSMSG_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/base.h"
#include "lib/base/buf.h"
#include "lib/policy/slice.h"

enum { BUSMSG_CALL = 1, BUSMSG_RETURN = 2, BUSMSG_ERROR = 3 };

/**
 * struct busmsg - a message that came
 * @answers:	serial of the call that it answers, 0: none
 * @error:	name of the error, within the message
 */
struct busmsg {
	unsigned int type;
	uint32_t answers;
	struct slice error;
};

/**
 * busmsg_call() - append a call without arguments
 * @serial:	not 0
 *
 * It starts no service.  It names no interface, so that no rule about
 * interfaces decides what becomes of it.  The buffer must be at a multiple of
 * eight bytes.
 */
void busmsg_call(struct buf *b, uint32_t serial, const char *destination,
		 const char *path, const char *member);

/**
 * busmsg_size() - how long is the message that begins here?
 * @have:	bytes that there are of it
 *
 * Return: bytes; 0 if more must be there to tell; -EPROTO.
 */
ssize_t busmsg_size(const char *bytes, size_t have) _must_check_;

/**
 * busmsg_parse() - read a whole message
 * @len:	busmsg_size()
 *
 * Return: 0 or -EPROTO.
 */
int busmsg_parse(const char *bytes, size_t len, struct busmsg *out)
	_must_check_;

#endif
