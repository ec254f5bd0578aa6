/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nss.h - users and groups, the only place that asks for them
 *
 * Never to be called after a namespace switch: the name service may open
 * sockets, load objects and read files of the wrong side.
 */
#ifndef RUNNS_NSS_H
#define RUNNS_NSS_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/base.h"
#include "lib/policy/subject.h"

enum { NSS_NAME_SIZE = 257 };

/**
 * struct nss_user - a user as getpwuid(3) knows him
 */
struct nss_user {
	char name[NSS_NAME_SIZE];
	uid_t uid;
	gid_t gid;
};

/**
 * nss_user_by_name() - find the user who logs in as @name
 * nss_user_by_uid() - find the user of a uid
 *
 * Both give the one name that the uid has, whatever name was asked for.
 *
 * Return: 0; -ENOENT if there is none; -EAGAIN if it cannot be told;
 * another -errno.
 */
int nss_user_by_name(const char *name, struct nss_user *out) _must_check_;
int nss_user_by_uid(uid_t uid, struct nss_user *out) _must_check_;

/**
 * struct nss_groups - the groups of a user, asked for when first needed
 */
struct nss_groups {
	struct group_source source;
	const struct nss_user *user;
	gid_t *list;
	int n;
	char primary[NSS_NAME_SIZE];
};

/**
 * nss_groups_init() - a source over @user, which must outlive it
 *
 * Of a user without a name it cannot be told which groups he is in.
 */
void nss_groups_init(struct nss_groups *groups, const struct nss_user *user);

/** nss_groups_free() - give the memory back */
void nss_groups_free(struct nss_groups *groups);

#endif
