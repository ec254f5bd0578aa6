/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.h - new namespaces
 */
#ifndef UNSHARE_MAKE_H
#define UNSHARE_MAKE_H

#include <stdbool.h>

#include "runnsctl/unshare/init.h"
#include "runnsctl/unshare/request.h"

/**
 * struct made - what there is besides
 * @has_init:	there is a pid namespace, and
 * @init:	its first process, which waits for init_run()
 */
struct made {
	bool has_init;
	struct init init;
};

/**
 * make_namespaces() - the calling process is in them afterwards
 * @request:	of an instance that is ours to make, or of none
 *
 * Return: 0; -errno after a message, and then nothing of the user's may run.
 */
int make_namespaces(struct unshare_request *request,
		    struct made *made) _must_check_;

#endif
