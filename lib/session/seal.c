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

enum { VERSION = 1, SETTLED_NS = 100 * 1000 * 1000 };

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
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int seal_dirs(int host, const char *name, struct seal_dir out[SEAL_DIRS])
{
	char path[VIEW_PATH_SIZE];
	struct stat st;

	memset(out, 0, SEAL_DIRS * sizeof(*out));
	for (size_t i = 0; i < SEAL_DIRS; i++) {
		snprintf(path, sizeof(path), "%s%s%s", dir_paths[i].before,
			 name, dir_paths[i].behind);
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

static bool cover_holds(const struct seal_cover *cover)
{
	struct mnt_place place;
	int r = mnt_place(AT_FDCWD, cover->over, &place);

	if (cover->ino == 0)
		return r == -ENOENT;
	return r == 0 && place.is_mount_root && place.dev == cover->dev &&
	       place.ino == cover->ino && place.is_roots;
}

bool seal_holds(const struct seal *seal)
{
	for (uint32_t i = 0; i < seal->n; i++) {
		if (!cover_holds(&seal->covers[i]))
			return false;
	}
	return true;
}

static bool is_settled(const struct seal_dir dirs[SEAL_DIRS])
{
	struct timespec now;
	int64_t limit;

	clock_gettime(CLOCK_REALTIME, &now);
	limit = ns_of(now) - SETTLED_NS;
	for (size_t i = 0; i < SEAL_DIRS; i++) {
		if (dirs[i].mtime_ns > limit || dirs[i].ctime_ns > limit)
			return false;
	}
	return true;
}

static int covers_note(const struct view_plan *plan, struct seal *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct view_cover *cover = plan->covers[i];
		struct seal_cover *note = &out->covers[i];
		struct mnt_place place;
		int r;

		if (strlen(cover->over) >= sizeof(note->over))
			return -E2BIG;
		memcpy(note->over, cover->over, strlen(cover->over) + 1);
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

	if (plan->n > SEAL_COVERS_MAX || !is_settled(before))
		return 0;
	r = seal_dirs(host, name, seal.dirs);
	if (r < 0)
		return r;
	if (memcmp(seal.dirs, before, sizeof(seal.dirs)) != 0)
		return 0;
	r = covers_note(plan, &seal);
	if (r < 0)
		return r == -E2BIG ? 0 : r;
	seal_name(file, name);
	r = file_replace(views, file, 0600, (const char *)&seal,
			 offsetof(struct seal, covers[seal.n]));
	return r < 0 ? r : 1;
}
