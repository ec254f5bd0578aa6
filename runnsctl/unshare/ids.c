/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ids.c - the users and groups of a new user namespace
 *
 * user_namespaces(7).  A process may map its own ids by itself once it has
 * given up setgroups(2): with it he could leave a group that is there to
 * exclude him from a file (CVE-2018-7169).  Where newgidmap(1) maps the ids
 * of /etc/subgid it is left, for the administrator has said so there.
 */
#include "runnsctl/unshare/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "lib/sys/nss.h"
#include "runnsctl/unshare/engine.h"
#include "runnsctl/unshare/hindrance.h"

enum { LINE_SIZE = 40, NUMBER_SIZE = 12, NUMBERS = 3 * IDMAP_LINES_MAX + 1 };

/** struct subids - where subordinate ids come from, and who maps them */
struct subids {
	const char *file;
	const char *program;
};

static const struct subids for_users = { "/etc/subuid", "newuidmap" };
static const struct subids for_groups = { "/etc/subgid", "newgidmap" };

static bool parse_id(const char *text, size_t len, unsigned int *out)
{
	uint64_t value;

	if (num_parse(text, len, UINT32_MAX - 1, &value) < 0)
		return false;
	*out = (unsigned int)value;
	return true;
}

const char *ids_parse(struct ids *ids, const char *arg)
{
	size_t len = strcspn(arg, ":");

	if (ids->is_set)
		return "is there twice, as --map-root or --map-user";
	if (!parse_id(arg, len, &ids->inside_uid))
		return "is neither UID nor UID:GID";
	ids->inside_gid = ids->inside_uid;
	if (arg[len] == ':' &&
	    !parse_id(arg + len + 1, strlen(arg + len + 1), &ids->inside_gid))
		return "is neither UID nor UID:GID";
	ids->is_set = true;
	return NULL;
}

/* --- subordinate ids -------------------------------------------------------- */

/* Return: 0 with the caller's ranges, or -errno after a message. */
static int ranges_load(const struct subids *what, const struct nss_user *user,
		       struct subid_ranges *ranges)
{
	_cleanup_close_ int fd =
		open(what->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (fd < 0)
		return log_errno(-errno, "unshare: %s", what->file);
	r = file_read_all(fd, SUBID_FILE_MAX, &text, &len);
	if (r < 0)
		return log_errno(r, "unshare: %s", what->file);
	subid_parse((struct slice){ text, len },
		    (struct slice){ user->name, strlen(user->name) }, user->uid,
		    ranges);
	if (ranges->bad_line)
		log_msg(LOG_WARNING,
			"unshare: %s:%u: left out: it is no range "
			"of ids",
			what->file, ranges->bad_line);
	if (ranges->n > 0)
		return 0;
	log_msg(LOG_ERR,
		"unshare: --map-auto: %s has no ids for %s: ask the "
		"administrator for some (usermod --add-subuids, "
		"--add-subgids)",
		what->file, user->name[0] ? user->name : "you");
	return -ENOENT;
}

static int map_load(const struct subids *what, const struct nss_user *user,
		    unsigned int own, unsigned int inside, struct idmap *map)
{
	struct subid_ranges ranges;
	int r = ranges_load(what, user, &ranges);

	if (r < 0)
		return r;
	r = idmap_layout(map, own, inside, &ranges);
	return r < 0 ? log_errno(r, "unshare: %s: too many ranges", what->file)
		     : 0;
}

int ids_load(struct ids *ids)
{
	struct nss_user user;
	int r;

	ids->uid = geteuid();
	ids->gid = getegid();
	if (!ids->is_set) {
		ids->inside_uid = ids->uid;
		ids->inside_gid = ids->gid;
	}
	if (!ids->is_auto)
		return 0;
	r = nss_user_by_uid(ids->uid, &user);
	if (r == -ENOENT)
		user = (struct nss_user){ .uid = ids->uid };
	else if (r < 0)
		return log_errno(r, "unshare: uid %u", ids->uid);
	r = map_load(&for_users, &user, ids->uid, ids->inside_uid, &ids->uids);
	if (r < 0)
		return r;
	return map_load(&for_groups, &user, ids->gid, ids->inside_gid,
			&ids->gids);
}

/* --- the map ---------------------------------------------------------------- */

static int map_write(const char *path, unsigned int inside,
		     unsigned int outside)
{
	BUF(line, LINE_SIZE);
	int r;

	buf_addf(&line, "%u %u 1", inside, outside);
	r = file_write_small(AT_FDCWD, path, line.text);
	return r < 0 ? hindrance_report(r, path) : 0;
}

int ids_map_own(const struct ids *ids)
{
	int r = file_write_small(AT_FDCWD, "/proc/self/setgroups", "deny");

	if (r < 0)
		return hindrance_report(r, "/proc/self/setgroups");
	r = map_write("/proc/self/uid_map", ids->inside_uid, ids->uid);
	if (r < 0)
		return r;
	return map_write("/proc/self/gid_map", ids->inside_gid, ids->gid);
}

/** struct words - a command line of numbers */
struct words {
	char text[NUMBERS][NUMBER_SIZE];
	char *list[NUMBERS + 2];
	size_t n;
};

static void word_add(struct words *w, unsigned int number)
{
	snprintf(w->text[w->n], NUMBER_SIZE, "%u", number);
	/* Behind the name of the program. */
	w->list[w->n + 1] = w->text[w->n];
	w->n++;
}

/* Return: its pid, or -errno after a message. */
static pid_t mapper_start(const struct subids *what, pid_t pid,
			  const struct idmap *map)
{
	_cleanup_free_ struct words *w = calloc(1, sizeof(*w));
	struct engine mapper = { .path = what->program, .out = STDERR_FILENO };
	pid_t child;

	if (!w)
		return log_errno(-ENOMEM, "unshare: %s", what->program);
	w->list[0] = (char *)what->program;
	word_add(w, (unsigned int)pid);
	for (size_t i = 0; i < map->n; i++) {
		word_add(w, map->list[i].inside);
		word_add(w, map->list[i].outside);
		word_add(w, map->list[i].count);
	}
	mapper.argv = w->list;
	child = engine_start(&mapper);
	/* EACCES also stands for a directory of PATH that is closed. */
	if (child == -ENOENT || child == -EACCES)
		log_msg(LOG_ERR,
			"unshare: --map-auto: %s is not there, or may not be "
			"executed (Debian has it in the package uidmap)",
			what->program);
	else if (child < 0)
		log_errno(child, "unshare: %s", what->program);
	return child;
}

/* Return: 0, or -errno after a message. */
static int mapper_wait(const struct subids *what, pid_t child)
{
	int status;

	if (child < 0)
		return child;
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return log_errno(-errno, "unshare: %s", what->program);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	log_msg(LOG_ERR,
		"unshare: --map-auto: %s has not written the map: it must be "
		"set-user-ID root or have file capabilities, and NoNewPrivs "
		"may not be set",
		what->program);
	return -EPERM;
}

int ids_map_auto(const struct ids *ids, pid_t pid)
{
	pid_t users = mapper_start(&for_users, pid, &ids->uids);
	pid_t groups = mapper_start(&for_groups, pid, &ids->gids);
	int r = mapper_wait(&for_users, users);
	int s = mapper_wait(&for_groups, groups);

	return r < 0 ? r : s;
}
