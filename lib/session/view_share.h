/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_share.h - directories below which mounts go both ways: Propagation
 */
#ifndef RUNNS_VIEW_SHARE_H
#define RUNNS_VIEW_SHARE_H

#include "lib/session/view.h"

/** struct view_share - copies of the mounts at these directories */
struct view_share {
	int trees[VIEW_SHARED_MAX];
	size_t n;
};

/**
 * view_share_take() - copy them, as peers, where mounts still propagate
 *
 * Return: 0, and view_share_free() in any case; -errno, logged.
 */
int view_share_take(const struct view_plan *plan, struct view_share *out)
	_must_check_;

/**
 * view_share_place() - lay them over those of the view; 0 or -errno, logged
 *
 * And cut the view off the host's mounts, if the plan says so.
 */
int view_share_place(const struct view_plan *plan,
		     const struct view_share *share) _must_check_;

void view_share_free(struct view_share *share);

/**
 * view_share_read() - take what the builder has noted into the plan
 * @net:	directory of the network
 *
 * Return: 0 or -errno.
 */
int view_share_read(int net, struct view_plan *plan) _must_check_;

#endif
