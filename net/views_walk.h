/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * views_walk.h - what views.c and views_walk.c share
 */
#ifndef RUNNS_NET_VIEWS_WALK_H
#define RUNNS_NET_VIEWS_WALK_H

#include "lib/policy/name.h"
#include "lib/session/paths.h"
#include "lib/session/view.h"
#include "net/views.h"

#define VIEWS "/" PATH_RUN_VIEWS

enum {
	VIEWS_LOCK_MS = 5000,
	VIEWS_PATH_SIZE = sizeof(VIEWS) + VIEW_KEY_SIZE + NAME_SIZE + 1,
};

/** views_drop_handle() - take the handle of a mount namespace away */
void views_drop_handle(const char *path);

/**
 * views_mend() - put lost covers back in the view of @name, if it has one
 *
 * Return: 0 or -errno (logged).
 */
int views_mend(const struct host *h, const char *name) _must_check_;

#endif
