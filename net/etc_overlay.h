/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * etc_overlay.h - note for those who enter whether /etc is an overlay inside
 */
#ifndef RUNNS_NET_ETC_OVERLAY_H
#define RUNNS_NET_ETC_OVERLAY_H

#include "net/conf.h"
#include "net/host.h"

/**
 * etc_overlay_note() - set or remove the mark, as @plan says
 *
 * A view of the other kind is dropped: who is in it stays there.
 *
 * Return: 0; -ENODEV if the kernel has no overlay file system; another
 * -errno; logged.
 */
int etc_overlay_note(const struct host *h, const struct plan *plan)
	_must_check_;

#endif
