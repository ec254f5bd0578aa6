/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seal.c - a plan that was found to hold, to be checked again cheaply
 */
#include "lib/session/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"

#define SECOND_NS 1000000000LL

enum { VERSION = 2 };

/*
 * A tick of the clock is 10 ms at most, but some file systems note seconds
 * only, ext4 with small inodes among them.
 */
#define SETTLED_NS (SECOND_NS / 10)
#define SETTLED_COARSE_NS (3 * SECOND_NS)

/* Before and behind the namespace's name. */
static const struct {
	const char *before;
	const char *behind;
} dir_paths[SEAL_DIRS] = {
	{ PATH_NETNS_ETC "/", "" },
	{ PATH_RUN_NET "/", "" },
	{ PATH_RUN_NET "/", "/" NET_ETC },
};

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void dir_path(char out[VIEW_PATH_SIZE], size_t i, const char *name)
{
	snprintf(out, VIEW_PATH_SIZE, "%s%s%s", dir_paths[i].before, name,
		 dir_paths[i].behind);
}

int seal_dirs(int host, const char *name, struct seal_dir out[SEAL_DIRS])
{
	char path[VIEW_PATH_SIZE];
	struct stat st;

	memset(out, 0, SEAL_DIRS * sizeof(*out));
	for (size_t i = 0; i < SEAL_DIRS; i++) {
		/* The last is in the one before. */
		if (i == SEAL_DIRS - 1 && out[i - 1].ino == 0)
			break;
		dir_path(path, i, name);
		if (fstatat(host, path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			return -errno;
		}
		out[i].dev = st.st_dev;
		out[i].ino = st.st_ino;
		out[i].mtime_ns = ns_of(st.st_mtim);
		out[i].ctime_ns = ns_of(st.st_ctim);
	}
	return 0;
}

/* A hidden name, for the file is not to be taken for a handle. */
static void seal_name(char out[NAME_SIZE + 1], const char *name)
{
	snprintf(out, NAME_SIZE + 1, ".%s", name);
}

static int seal_read(int views, const char *name, struct seal *out)
{
	char file[NAME_SIZE + 1];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	seal_name(file, name);
	fd = openat(views, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, out, sizeof(*out));
	if (n < 0)
		return -errno;
	if ((size_t)n < offsetof(struct seal, covers) ||
	    out->version != VERSION || out->n > SEAL_COVERS_MAX ||
	    (size_t)n != offsetof(struct seal, covers[out->n]))
		return -ENOENT;
	return 0;
}

int seal_load(int views, int host, const char *name, struct seal *out)
{
	struct seal_dir now[SEAL_DIRS];
	int r = seal_read(views, name, out);

	if (r == 0)
		r = seal_dirs(host, name, now);
	if (r < 0)
		return r;
	return memcmp(now, out->dirs, sizeof(now)) == 0 ? 0 : -ESTALE;
}

static bool is_same(const struct seal_cover *cover,
		    const struct mnt_place *place)
{
	return place->dev == cover->dev && place->ino == cover->ino;
}

/* An entry and what it covers have the same name: "/etc/NAME". */
static const char *cover_entry(const char *over)
{
	return over + sizeof("/etc/") - 1;
}

static bool source_holds(const struct seal_cover *cover, int host,
			 const char *name)
{
	char path[VIEW_PATH_SIZE + SEAL_PATH_SIZE];
	struct mnt_place place;

	if (cover->dir == SEAL_DIRS)
		return true;
	dir_path(path, cover->dir, name);
	snprintf(path + strlen(path), SEAL_PATH_SIZE, "/%s",
		 cover_entry(cover->over));
	return mnt_place(host, path, &place) == 0 && is_same(cover, &place);
}

static bool cover_holds(const struct seal_cover *cover)
{
	struct mnt_place place;
	int r = mnt_place(AT_FDCWD, cover->over, &place);

	if (cover->ino == 0)
		return r == -ENOENT;
	return r == 0 && place.is_mount_root && place.is_roots &&
	       is_same(cover, &place);
}

bool seal_holds(const struct seal *seal, int host, const char *name)
{
	for (uint32_t i = 0; i < seal->n; i++) {
		if (!cover_holds(&seal->covers[i]) ||
		    !source_holds(&seal->covers[i], host, name))
			return false;
	}
	return true;
}

static bool time_settled(int64_t then, int64_t now)
{
	int64_t age = then % SECOND_NS ? SETTLED_NS : SETTLED_COARSE_NS;

	return then == 0 || then <= now - age;
}

bool seal_settled(const struct seal_dir dirs[SEAL_DIRS])
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < SEAL_DIRS; i++) {
		if (!time_settled(dirs[i].mtime_ns, ns_of(now)) ||
		    !time_settled(dirs[i].ctime_ns, ns_of(now)))
			return false;
	}
	return true;
}

/* Which of the directories has the file that covers? */
static uint32_t cover_dir(const struct view_cover *cover, const char *name)
{
	char path[VIEW_PATH_SIZE];

	for (uint32_t i = 0; i < SEAL_DIRS; i++) {
		size_t len;

		dir_path(path, i, name);
		len = strlen(path);
		if (strncmp(cover->from + 1, path, len) == 0 &&
		    cover->from[1 + len] == '/' &&
		    strcmp(cover->from + 1 + len + 1,
			   cover_entry(cover->over)) == 0)
			return i;
	}
	return SEAL_DIRS;
}

static int covers_note(const struct view_plan *plan, const char *name,
		       struct seal *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct view_cover *cover = plan->covers[i];
		struct seal_cover *note = &out->covers[i];
		struct mnt_place place;
		int r;

		if (strlen(cover->over) >= sizeof(note->over))
			return -E2BIG;
		memcpy(note->over, cover->over, strlen(cover->over) + 1);
		note->dir = cover_dir(cover, name);
		if (mnt_place(AT_FDCWD, cover->over, &place) == -ENOENT)
			continue;
		r = mnt_place(cover->source, "", &place);
		if (r < 0)
			return r;
		note->dev = place.dev;
		note->ino = place.ino;
	}
	out->n = (uint32_t)plan->n;
	return 0;
}

int seal_write(int views, int host, const char *name,
	       const struct seal_dir before[SEAL_DIRS],
	       const struct view_plan *plan)
{
	struct seal seal = { .version = VERSION };
	char file[NAME_SIZE + 1];
	int r;

	if (plan->n > SEAL_COVERS_MAX)
		return 0;
	r = seal_dirs(host, name, seal.dirs);
	if (r < 0)
		return r;
	if (memcmp(seal.dirs, before, sizeof(seal.dirs)) != 0)
		return 0;
	r = covers_note(plan, name, &seal);
	if (r < 0)
		return r == -E2BIG ? 0 : r;
	seal_name(file, name);
	r = file_replace(views, file, 0600, (const char *)&seal,
			 offsetof(struct seal, covers[seal.n]));
	return r < 0 ? r : 1;
}
