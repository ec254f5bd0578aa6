/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nss.c - users and groups, the only place that asks for them
 *
 * getpwnam_r(3), getgrnam_r(3), getgrouplist(3).  The reentrant forms leave
 * the static buffers of the program that we are a guest of alone.
 */
#include "lib/sys/nss.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

enum {
	RECORD_SIZE = 1024,
	RECORD_MIN_HEAP = 16 * 1024,
	RECORD_MAX = 32 * 1024 * 1024,	/* a group of very many members */
	GROUPS_START = 64,
	GROUPS_MAX = 65536,		/* NGROUPS_MAX */
};

/* What a look-up says when it found nothing: see getpwnam(3), ERRORS. */
static int absent(int err)
{
	switch (err) {
	case 0:
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
		return -ENOENT;
	default:
		return -err;
	}
}

static int user_copy(const struct passwd *pw, struct nss_user *out)
{
	size_t len = strlen(pw->pw_name);

	if (len == 0 || len >= sizeof(out->name))
		return -EINVAL;
	memcpy(out->name, pw->pw_name, len + 1);
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	return 0;
}

/* @name, or if it is NULL @uid. */
static int user_ask(const char *name, uid_t uid, char *record, size_t size,
		    struct nss_user *out)
{
	struct passwd pw, *found = NULL;
	int r = name ? getpwnam_r(name, &pw, record, size, &found) :
		       getpwuid_r(uid, &pw, record, size, &found);

	if (r == ERANGE)
		return -ERANGE;
	return found ? user_copy(found, out) : absent(r);
}

static int user_find(const char *name, uid_t uid, struct nss_user *out)
{
	char record[RECORD_SIZE];
	int r = user_ask(name, uid, record, sizeof(record), out);

	for (size_t size = RECORD_MIN_HEAP; r == -ERANGE && size <= RECORD_MAX;
	     size *= 4) {
		_cleanup_free_ char *heap = malloc(size);

		if (!heap)
			return -ENOMEM;
		r = user_ask(name, uid, heap, size, out);
	}
	return r;
}

int nss_user_by_uid(uid_t uid, struct nss_user *out)
{
	return user_find(NULL, uid, out);
}

int nss_user_by_name(const char *name, struct nss_user *out)
{
	int r = user_find(name, 0, out);

	return r < 0 ? r : nss_user_by_uid(out->uid, out);
}

static int group_find(const char *name, gid_t gid, struct group *out,
		      char **record)
{
	struct group *found = NULL;

	for (size_t size = RECORD_MIN_HEAP; size <= RECORD_MAX; size *= 4) {
		int r;

		free(*record);
		*record = malloc(size);
		if (!*record)
			return -ENOMEM;
		r = name ? getgrnam_r(name, out, *record, size, &found) :
			   getgrgid_r(gid, out, *record, size, &found);
		if (r == ERANGE)
			continue;
		return found ? 0 : absent(r);
	}
	return -ERANGE;
}

static int groups_load(struct nss_groups *groups)
{
	int n = GROUPS_START;

	while (!groups->list && n <= GROUPS_MAX) {
		_cleanup_free_ gid_t *list = calloc((size_t)n, sizeof(*list));
		int asked = n;

		if (!list)
			return -ENOMEM;
		if (getgrouplist(groups->user->name, groups->user->gid, list,
				 &n) >= 0) {
			groups->list = TAKE_PTR(list);
			groups->n = n;
		} else if (n <= asked) {
			return -EAGAIN;
		}
	}
	return groups->list ? 0 : -E2BIG;
}

static int list_has(struct nss_groups *groups, uint32_t lo, uint32_t hi)
{
	int r = groups->user->name[0] ? groups_load(groups) : -EAGAIN;

	if (r < 0)
		return r;
	for (int i = 0; i < groups->n; i++) {
		if (groups->list[i] >= lo && groups->list[i] <= hi)
			return 1;
	}
	return 0;
}

/*
 * getgrouplist(3) says nothing of a source that failed, it only knows fewer
 * groups then; the group's own list of members does not need it.
 */
static int group_has(struct nss_groups *groups, const char *name, gid_t gid)
{
	_cleanup_free_ char *record = NULL;
	struct group group;
	int r = group_find(name, gid, &group, &record);

	if (r < 0)
		return r;
	for (char **member = group.gr_mem; *member; member++) {
		if (strcmp(*member, groups->user->name) == 0)
			return 1;
	}
	return list_has(groups, group.gr_gid, group.gr_gid);
}

/*
 * A number needs no name for somebody to be found in it; but of a group that
 * is not known it cannot be told who is not (a directory may be down).
 */
static int source_by_gid(void *ctx, uint32_t lo, uint32_t hi)
{
	int known = lo == hi ? group_has(ctx, NULL, lo) : 0;
	int r;

	if (known != 0 && known != -ENOENT)
		return known;
	r = list_has(ctx, lo, hi);
	return r == 0 ? known : r;
}

static int source_by_name(void *ctx, struct slice name)
{
	char text[NSS_NAME_SIZE];

	if (name.len >= sizeof(text))
		return -ENOENT;
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	return group_has(ctx, text, 0);
}

static const char *source_primary(void *ctx)
{
	_cleanup_free_ char *record = NULL;
	struct nss_groups *groups = ctx;
	struct group group;

	if (!groups->primary[0] &&
	    group_find(NULL, groups->user->gid, &group, &record) == 0 &&
	    strlen(group.gr_name) < sizeof(groups->primary))
		memcpy(groups->primary, group.gr_name,
		       strlen(group.gr_name) + 1);
	return groups->primary[0] ? groups->primary : NULL;
}

void nss_groups_init(struct nss_groups *groups, const struct nss_user *user)
{
	memset(groups, 0, sizeof(*groups));
	groups->user = user;
	groups->source = (struct group_source){
		.by_name = source_by_name, .by_gid = source_by_gid,
		.primary = source_primary, .ctx = groups,
	};
}

void nss_groups_free(struct nss_groups *groups)
{
	free(TAKE_PTR(groups->list));
}
