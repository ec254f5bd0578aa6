/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.h - libslirp between a tap device and the host's sockets
 */
#ifndef ROOTLESS_ENGINE_H
#define ROOTLESS_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/addr.h"
#include "rootless/frame.h"

struct names;

/**
 * struct engine_plan - what an engine works with
 * @rules:	the network inside
 * @outbound:	address to connect from; family 0: any
 * @tap:	the device, not blocking
 * @exit:	it ends with whatever happens here
 * @names:	name servers of the host; NULL if there is no DNS
 */
struct engine_plan {
	struct frame_rules rules;
	struct addr outbound;
	int tap;
	int exit;
	struct names *names;
};

struct engine;

/**
 * engine_open() - an engine that has not begun
 *
 * Return: memory for engine_close(), or NULL.
 */
struct engine *engine_open(const struct engine_plan *plan);

/** engine_close() - end all its connections; harmless on NULL */
void engine_close(struct engine *e);

/**
 * engine_input() - take one frame from inside
 * @bytes:	struct virtio_net_hdr, then the frame; any bytes; changed
 */
void engine_input(struct engine *e, uint8_t *bytes, size_t len);

/**
 * engine_step() - wait until something can be done, and do it
 *
 * Return: 1; 0 when the network has ended; -errno.
 */
int engine_step(struct engine *e) _must_check_;

#endif
