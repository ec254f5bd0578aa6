/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_slirp.c - any frames into the engine
 *
 * Pieces of the input, each behind two bytes with its length, are what the
 * device gives one after the other: a header, then a frame.  The network
 * outside is a namespace where nothing answers, so the sockets lead nowhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rootless/engine.h"
#include "rootless/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct engine *start(void)
{
	struct engine_plan plan = {
		.rules = {
			.net = 0x0a000200,
			.mask = 0xffffff00,
			.gateway = 0x0a000202,
			.server = 0x0a000203,
			.prefix6 = 0xfd00000000000000,
			.gateway6 = 2,
			.server6 = 3,
			.ipv6 = true,
			.dns = true,
		},
	};
	static int null = -1, ends[2];

	if (null < 0) {
		/* Where it may not, what is asked is what nobody has. */
		(void)unshare(CLONE_NEWUSER | CLONE_NEWNET);
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (null < 0 || pipe2(ends, O_CLOEXEC) < 0)
			abort();
	}
	plan.tap = null;
	plan.exit = ends[0];
	return engine_open(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct engine *e = start();

	if (!e)
		abort();
	while (size > 2) {
		size_t len = (size_t)data[0] << 8 | data[1];
		uint8_t *piece;

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		piece = malloc(len + 1);
		if (!piece)
			abort();
		memcpy(piece, data, len);
		engine_input(e, piece, len);
		free(piece);
		data += len;
		size -= len;
	}
	engine_close(e);
	return 0;
}
