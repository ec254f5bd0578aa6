/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - short questions to the socket service
 */
#ifndef RUNNS_ASK_H
#define RUNNS_ASK_H

#include "lib/base/base.h"
#include "lib/policy/proto.h"

/** ask_wait() - wait until there is a message; 0, -ETIMEDOUT or -errno */
int ask_wait(int socket, int timeout_ms) _must_check_;

/**
 * ask() - send a request that has no body, and hand on what comes
 * @path:	socket of the service
 * @kind:	PROTO_LIST or PROTO_STOP
 * @take:	called for every PROTO_TEXT and PROTO_PIDS
 *
 * Return: 0; 1 if the service has refused; -errno as wire_connect(),
 * -ETIMEDOUT, -EBUSY or -ECONNRESET.
 */
int ask(const char *path, enum proto_kind kind,
	void (*take)(const struct proto_message *m)) _must_check_;

#endif
