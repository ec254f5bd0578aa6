/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_members.c - who is inside a network, for people
 */
#include "net/status_members.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"

enum { COMM_SIZE = 32 };

#define MORE ", ..."

static struct status_member *member_of(struct status_members *m, uid_t uid)
{
	struct nss_user user;
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->list[i].uid == uid)
			return &m->list[i];
	}
	if (m->n == STATUS_MEMBERS_MAX) {
		m->others++;
		return NULL;
	}
	m->list[m->n] = (struct status_member){ .uid = uid };
	if (nss_user_by_uid(uid, &user) == 0)
		snprintf(m->list[m->n].name, NSS_NAME_SIZE, "%s", user.name);
	else
		snprintf(m->list[m->n].name, NSS_NAME_SIZE, "%u",
			 (unsigned int)uid);
	return &m->list[m->n++];
}

/* Is @name one of those in "a, b, c"? */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *p = list;

	while ((p = strstr(p, name))) {
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ',' || p[len] == '\0'))
			return true;
		p++;
	}
	return false;
}

/* Processes call themselves what they like. */
static void add_program(struct status_member *m, const char *comm)
{
	size_t used = strlen(m->programs);
	char name[2 * COMM_SIZE];
	int n;

	log_escape(name, sizeof(name), comm, strlen(comm));
	if (!name[0] || is_listed(m->programs, name) ||
	    is_listed(m->programs, "..."))
		return;
	if (used + strlen(name) + sizeof(", " MORE) > sizeof(m->programs)) {
		snprintf(m->programs + used, sizeof(m->programs) - used, "%s",
			 MORE);
		return;
	}
	n = snprintf(m->programs + used, sizeof(m->programs) - used, "%s%s",
		     used ? ", " : "", name);
	if (n < 0)
		m->programs[used] = '\0';
}

static void member_add(void *ctx, pid_t pid)
{
	struct status_member *member;
	_cleanup_close_ int dir = -1;
	char path[32], comm[COMM_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fstat(dir, &st) < 0 ||
	    file_read_small(dir, "comm", comm, sizeof(comm)) < 0)
		return;
	member = member_of(ctx, st.st_uid);
	if (!member)
		return;
	member->processes++;
	add_program(member, comm);
}

static int member_compare(const void *a, const void *b)
{
	const struct status_member *x = a, *y = b;

	return (x->uid > y->uid) - (x->uid < y->uid);
}

int status_members(const struct status_run *run, const struct status *s,
		   struct status_members *out)
{
	*out = (struct status_members){ 0 };
	out->list = calloc(STATUS_MEMBERS_MAX, sizeof(*out->list));
	if (!out->list)
		return log_errno(-ENOMEM, "cannot list who is inside");
	tally_each(&run->tally, s->ns, member_add, out);
	if (out->n)
		qsort(out->list, out->n, sizeof(*out->list), member_compare);
	return 0;
}

void status_members_free(struct status_members *m)
{
	free(m->list);
	*m = (struct status_members){ 0 };
}
