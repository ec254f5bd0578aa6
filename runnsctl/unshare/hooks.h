/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks.h - commands before and after, outside
 */
#ifndef UNSHARE_HOOKS_H
#define UNSHARE_HOOKS_H

#include "runnsctl/unshare/request.h"

/**
 * hooks_run() - call @main between the hooks of @request
 * @main:	becomes the program, or returns an exit status after a message
 *
 * Without a hook that comes after, in the calling process; else in a child.
 * The later ones run however it ended, also if one of the earlier ones failed.
 *
 * Return: exit status.
 */
int hooks_run(struct unshare_request *request,
	      int (*main)(struct unshare_request *request)) _must_check_;

#endif
