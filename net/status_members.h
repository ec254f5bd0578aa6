/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_members.h - who is inside a network, for people
 */
#ifndef RUNNS_NET_STATUS_MEMBERS_H
#define RUNNS_NET_STATUS_MEMBERS_H

#include "lib/sys/nss.h"
#include "net/status.h"

enum { STATUS_PROGRAMS_SIZE = 120, STATUS_MEMBERS_MAX = 256 };

/**
 * struct status_member - a user
 * @name:	his, or his number
 * @programs:	names of what he runs, each once, made plain; may be cut
 */
struct status_member {
	uid_t uid;
	char name[NSS_NAME_SIZE];
	unsigned int processes;
	char programs[STATUS_PROGRAMS_SIZE];
};

struct status_members {
	struct status_member *list;
	size_t n;
	size_t others;	/* users beyond the limit */
};

/**
 * status_members() - users with processes in the network, by uid
 *
 * Return: 0 and @out must be freed by status_members_free(); -ENOMEM.
 */
int status_members(const struct status_run *run, const struct status *s,
		   struct status_members *out) _must_check_;

void status_members_free(struct status_members *m);

#endif
