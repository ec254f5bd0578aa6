/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ids.h - the users and groups of a new user namespace
 */
#ifndef UNSHARE_IDS_H
#define UNSHARE_IDS_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/policy/subid.h"

/**
 * struct ids - who the caller is, and who is to be who inside
 * @uid:	of the caller, as seen outside: in a user namespace without a
 *		map he is nobody
 * @gid:	likewise
 * @is_set:	@inside_uid and @inside_gid were asked for; else they are the
 *		same as outside
 * @is_auto:	map subordinate ids as well, by newuidmap(1)
 * @uids:	then the map, set by ids_load()
 * @gids:	likewise
 */
struct ids {
	uid_t uid;
	gid_t gid;
	bool is_set;
	uid_t inside_uid;
	gid_t inside_gid;
	bool is_auto;
	struct idmap uids;
	struct idmap gids;
};

/**
 * ids_parse() - read UID or UID:GID
 *
 * Return: NULL, or what is wrong with it.
 */
const char *ids_parse(struct ids *ids, const char *arg);

/**
 * ids_load() - before the user namespace is made
 *
 * Return: 0; -errno after a message.
 */
int ids_load(struct ids *ids) _must_check_;

/**
 * ids_map_own() - map the caller's own ids, in the new user namespace
 *
 * Return: 0; -errno after a message.
 */
int ids_map_own(const struct ids *ids) _must_check_;

/**
 * ids_map_auto() - map subordinate ids as well, from outside
 * @pid:	process in the new user namespace, which waits
 *
 * Return: 0; -errno after a message.
 */
int ids_map_auto(const struct ids *ids, pid_t pid) _must_check_;

#endif
