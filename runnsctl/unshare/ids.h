/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ids.h - the users and groups of a new user namespace
 */
#ifndef UNSHARE_IDS_H
#define UNSHARE_IDS_H

#include <sys/types.h>

#include "runnsctl/unshare/request.h"

/**
 * struct ids - who the caller is
 *
 * As seen outside: in a user namespace without a map he is nobody.
 */
struct ids {
	uid_t uid;
	gid_t gid;
};

/** ids_load() - before the user namespace is made */
void ids_load(struct ids *ids);

/**
 * ids_map() - give the calling process's new user namespace its map
 *
 * Return: 0; -errno (logged).
 */
int ids_map(const struct ids *ids, const struct unshare_request *request)
	_must_check_;

#endif
