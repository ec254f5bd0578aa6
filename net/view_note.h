/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_note.h - note what those who enter must know of the view: Etc,
 * Propagation
 */
#ifndef RUNNS_NET_VIEW_NOTE_H
#define RUNNS_NET_VIEW_NOTE_H

#include "net/conf.h"
#include "net/host.h"

/**
 * view_note() - write the notes, as @plan says
 *
 * A view that is otherwise is dropped: who is in it stays there.
 *
 * Return: 0; -ENODEV if the kernel has no overlay file system and one is
 * asked for; another -errno; logged.
 */
int view_note(const struct host *h, const struct plan *plan) _must_check_;

#endif
