/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * segment.h - TCP segments larger than the device's frames, both ways
 *
 * The kernel inside and the engine hand each other up to 64 KiB at once and
 * leave out checksums, which protect nothing between two processes.  To TCP
 * inside they are many small ones: with large ones it would wait for each to
 * be acknowledged, since libslirp has a window of 64 KiB.
 * Pure: no system call, no allocation.
 */
#ifndef ROOTLESS_SEGMENT_H
#define ROOTLESS_SEGMENT_H

#include <linux/virtio_net.h>
#include <stdint.h>

#include "lib/base/base.h"

enum {
	SEGMENT_HEADERS_MAX = 14 + 40 + 60,
	SEGMENT_WIRE = 1500,	/* bytes of a packet, to TCP inside */
	SEGMENT_MTU = 65520,	/* to libslirp, which copies each one */
	SEGMENT_MSS = SEGMENT_MTU - 40,
};

/**
 * segment_complete() - do what the kernel left out of a frame from inside
 * @header:	what it says of the frame; untrusted
 * @frame:	@len bytes, changed
 *
 * TCP's offer to take segments of some size becomes SEGMENT_MSS.
 *
 * Return: 0; -EINVAL if header and frame do not fit.
 */
int segment_complete(const struct virtio_net_hdr *header, uint8_t *frame,
		     size_t len) _must_check_;

/**
 * segment_describe() - tell the kernel inside how to take a frame
 * @frame:	its first bytes, up to SEGMENT_HEADERS_MAX, changed
 * @len:	length of the whole frame
 * @header:	set
 *
 * An offer of libslirp's becomes what fits into SEGMENT_WIRE.
 */
void segment_describe(uint8_t *frame, size_t len,
		      struct virtio_net_hdr *header);

#endif
