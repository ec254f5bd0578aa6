/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * users.h - the names of those whose processes were found
 */
#ifndef RUNNSCTL_USERS_H
#define RUNNSCTL_USERS_H

#include "lib/sys/nss.h"
#include "runnsctl/procs.h"

/**
 * struct users - each of them once, by uid
 */
struct users {
	struct nss_user *list;
	size_t n;
};

/**
 * users_read() - look each uid up once
 *
 * One without a name is shown as its number.
 *
 * Return: 0 or -ENOMEM.
 */
int users_read(struct users *out, const struct procs *procs) _must_check_;

/** users_name() - the name of a uid that is among them */
const char *users_name(const struct users *users, uid_t uid);

/** users_free() - give the memory back; harmless on a zeroed struct */
void users_free(struct users *users);

#endif
