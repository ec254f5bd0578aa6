/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * users.c - the names of those whose processes were found
 */
#include "runnsctl/users.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int by_uid(const void *a, const void *b)
{
	uid_t x = *(const uid_t *)a, y = *(const uid_t *)b;

	return (x > y) - (x < y);
}

static int user_by_uid(const void *key, const void *element)
{
	return by_uid(key, &((const struct nss_user *)element)->uid);
}

static void user_read(struct nss_user *user, uid_t uid)
{
	if (nss_user_by_uid(uid, user) == 0)
		return;
	*user = (struct nss_user){ .uid = uid };
	snprintf(user->name, sizeof(user->name), "%u", (unsigned int)uid);
}

int users_read(struct users *out, const struct procs *procs)
{
	_cleanup_free_ uid_t *uids = calloc(procs->n + 1, sizeof(*uids));
	size_t i, n = 0;

	*out = (struct users){ 0 };
	if (!uids)
		return -ENOMEM;
	for (i = 0; i < procs->n; i++)
		uids[i] = procs->list[i].uid;
	qsort(uids, procs->n, sizeof(*uids), by_uid);
	for (i = 0; i < procs->n; i++)
		if (i == 0 || uids[i] != uids[n - 1])
			uids[n++] = uids[i];
	out->list = calloc(n + 1, sizeof(*out->list));
	if (!out->list)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		user_read(&out->list[i], uids[i]);
	out->n = n;
	return 0;
}

const char *users_name(const struct users *users, uid_t uid)
{
	const struct nss_user *user = bsearch(
		&uid, users->list, users->n, sizeof(*users->list), user_by_uid);

	return user ? user->name : "?";
}

void users_free(struct users *users)
{
	free(users->list);
	*users = (struct users){ 0 };
}
