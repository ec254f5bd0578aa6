/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mnt.c - the mount operations that a view is made of
 */
#include "lib/sys/mnt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "lib/base/num.h"
#include "lib/sys/file.h"

/* From <sys/mount.h>, which cannot stand beside <linux/mount.h>. */
extern int mount(const char *source, const char *target, const char *type,
		 unsigned long flags, const void *data);
extern int umount2(const char *target, int flags);

enum {
	UMOUNT_DETACH = 0x2,	/* MNT_DETACH */
	UMOUNT_NO_LINK = 0x8,	/* UMOUNT_NOFOLLOW */
	MOUNT_REC = 0x4000,	/* MS_REC */
	MOUNT_SLAVE = 0x80000,	/* MS_SLAVE */
	FDINFO_SIZE = 1024,
};

/* Newer than the headers that we build with: statmount(2), ioctl_nsfs(2). */
#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

#define NSFS_GET_MNTNS_ID _IOR(0xb7, 0x5, uint64_t)
#define STATMOUNT_BASIC 0x2U

struct statmount_request {
	uint32_t size;
	uint32_t spare;
	uint64_t mnt_id;
	uint64_t param;
	uint64_t mnt_ns_id;
};

struct statmount_answer {
	uint32_t size;
	uint32_t options;
	uint64_t mask;
	uint32_t dev_major, dev_minor;
	uint64_t magic;
	uint32_t sb_flags, type;
	uint64_t mnt_id, parent_id;
	uint32_t old_id, old_parent_id;
	uint64_t attributes, propagation, peer, master, from;
	uint64_t rest[64];
};

static int place_statx(int dir, const char *path, unsigned int mask,
		       struct statx *stx)
{
	int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT |
		    AT_STATX_DONT_SYNC;

	if (!*path)
		flags |= AT_EMPTY_PATH;
	return statx(dir, path, flags, mask | STATX_INO | STATX_TYPE, stx) < 0 ?
		       -errno : 0;
}

int mnt_place(int dir, const char *path, struct mnt_place *out)
{
	struct statx stx;
	int r = place_statx(dir, path, STATX_MNT_ID | STATX_MNT_ID_UNIQUE |
			    STATX_UID | STATX_MODE, &stx);

	if (r < 0)
		return r;
	out->mnt_id = stx.stx_mnt_id;
	out->dev = (uint64_t)stx.stx_dev_major << 32 | stx.stx_dev_minor;
	out->ino = stx.stx_ino;
	out->is_mount_root = stx.stx_attributes & STATX_ATTR_MOUNT_ROOT;
	out->is_roots = stx.stx_mask & STATX_UID && stx.stx_mask & STATX_MODE &&
			stx.stx_uid == 0 &&
			!(stx.stx_mode & (S_IWGRP | S_IWOTH));
	return 0;
}

int mnt_is_root(int dir, const char *path)
{
	struct mnt_place place;
	int r = mnt_place(dir, path, &place);

	return r < 0 ? r : place.is_mount_root;
}

/*
 * Reading mountinfo: one line at a time is cut at its blanks, in place.
 * "ID PARENT MAJ:MIN ROOT POINT OPTIONS [shared:N] [master:N] - TYPE ..."
 */

static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
					(s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

static char *field_next(char **line)
{
	char *field = *line;
	char *end;

	if (!field)
		return NULL;
	end = strchr(field, ' ');
	if (end)
		*end++ = '\0';
	*line = end;
	return field;
}

static int id_read(const char *text, int *id)
{
	uint64_t value;
	int r = text ? num_parse(text, strlen(text), INT32_MAX, &value) :
		       -EPROTO;

	if (r == 0)
		*id = (int)value;
	return r;
}

static void group_read(const char *field, struct mnt_groups *groups)
{
	static const char shared[] = "shared:", master[] = "master:";
	uint64_t value;

	if (strlen(field) < sizeof(shared) ||
	    num_parse(field + sizeof(shared) - 1,
		      strlen(field) - (sizeof(shared) - 1), UINT32_MAX,
		      &value) < 0)
		return;
	if (strncmp(field, shared, sizeof(shared) - 1) == 0)
		groups->peer = value;
	else if (strncmp(field, master, sizeof(master) - 1) == 0)
		groups->master = value;
}

static int line_parse(char *text, struct mnt_line *out)
{
	char *options, *field;
	int r;

	memset(out, 0, sizeof(*out));
	r = id_read(field_next(&text), &out->id);
	if (r == 0)
		r = id_read(field_next(&text), &out->parent);
	if (r < 0)
		return r;
	field_next(&text);
	out->root = field_next(&text);
	out->point = field_next(&text);
	options = field_next(&text);
	while ((field = field_next(&text)) && strcmp(field, "-") != 0)
		group_read(field, &out->groups);
	out->type = field_next(&text);
	out->source = field_next(&text);
	if (!out->type || !out->source)
		return -EPROTO;
	unescape(out->root);
	unescape(out->point);
	out->read_only = strncmp(options, "ro", 2) == 0 &&
			 (options[2] == ',' || options[2] == '\0');
	return 0;
}

static int text_read(const char *path, char **text)
{
	FILE *f = fopen(path, "re");
	size_t size = 0;
	ssize_t n;

	if (!f)
		return -errno;
	*text = NULL;
	errno = 0;
	n = getdelim(text, &size, '\0', f);
	if (n < 0 && errno == 0)
		errno = EPROTO;
	fclose(f);
	if (n >= 0)
		return 0;
	free(TAKE_PTR(*text));
	return -errno;
}

int mnt_table_load(struct mnt_table *out)
{
	size_t lines = 1;
	char *line, *end;
	int r;

	memset(out, 0, sizeof(*out));
	r = text_read("/proc/thread-self/mountinfo", &out->text);
	if (r < 0)
		return r;
	for (const char *p = out->text; *p; p++)
		lines += *p == '\n';
	out->lines = calloc(lines, sizeof(*out->lines));
	r = out->lines ? 0 : -ENOMEM;
	for (line = out->text; r == 0 && *line; line = end) {
		end = strchr(line, '\n');
		if (!end)
			r = -EPROTO;
		else
			*end++ = '\0';
		if (r == 0)
			r = line_parse(line, &out->lines[out->n++]);
	}
	if (r < 0)
		mnt_table_free(out);
	return r;
}

void mnt_table_free(struct mnt_table *table)
{
	free(table->lines);
	free(table->text);
	memset(table, 0, sizeof(*table));
}

static int groups_by_statmount(int dir, const char *path, int host_mnt,
			       struct mnt_groups *out)
{
	struct statmount_answer answer = { 0 };
	struct statmount_request request = {
		.size = sizeof(request), .param = STATMOUNT_BASIC,
	};
	struct statx stx;
	int r = place_statx(dir, path, STATX_MNT_ID_UNIQUE, &stx);

	if (r < 0)
		return r;
	if (!(stx.stx_mask & STATX_MNT_ID_UNIQUE))
		return -EOPNOTSUPP;
	request.mnt_id = stx.stx_mnt_id;
	if (host_mnt >= 0 &&
	    ioctl(host_mnt, NSFS_GET_MNTNS_ID, &request.mnt_ns_id) < 0)
		return -EOPNOTSUPP;
	if (syscall(SYS_statmount, &request, &answer, sizeof(answer), 0U) < 0)
		return -errno;
	out->peer = answer.peer;
	out->master = answer.master;
	return 0;
}

static int groups_by_mountinfo(int dir, const char *path, int host_mnt,
			       struct mnt_groups *out)
{
	FILE *f = fopen(host_mnt >= 0 ? "/proc/1/mountinfo" :
					"/proc/thread-self/mountinfo", "re");
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	struct mnt_line line;
	struct statx stx;
	int r;

	if (!f)
		return -errno;
	r = place_statx(dir, path, STATX_MNT_ID, &stx);
	while (r == 0) {
		ssize_t n = getline(&text, &size, f);

		if (n <= 0) {
			r = -ENOENT;
			break;
		}
		text[n - 1] = '\0';
		r = line_parse(text, &line);
		if (r == 0 && (uint64_t)line.id == stx.stx_mnt_id) {
			*out = line.groups;
			break;
		}
	}
	fclose(f);
	return r;
}

int mnt_groups(int dir, const char *path, int host_mnt,
	       struct mnt_groups *out)
{
	int r = groups_by_statmount(dir, path, host_mnt, out);

	return r == 0 || r == -ENOENT ?
		       r : groups_by_mountinfo(dir, path, host_mnt, out);
}

int mnt_clone(int dir, const char *path, bool recursive)
{
	unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			     AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
	long fd = syscall(SYS_open_tree, dir, path,
			  recursive ? flags | AT_RECURSIVE : flags);

	return fd < 0 ? -errno : (int)fd;
}

int mnt_place_tree(int tree, int dir, const char *path)
{
	_cleanup_close_ int at = openat(dir, path,
					O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (at < 0)
		return -errno;
	return syscall(SYS_move_mount, tree, "", at, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ?
		       -errno : 0;
}

int mnt_covered(int dir, const char *path, int source)
{
	struct mnt_place top, want;
	int r = mnt_place(dir, path, &top);

	if (r == 0)
		r = mnt_place(source, "", &want);
	if (r < 0)
		return r;
	return top.is_mount_root && top.dev == want.dev && top.ino == want.ino;
}

int mnt_slave_all(void)
{
	return mount(NULL, "/", NULL, MOUNT_REC | MOUNT_SLAVE, NULL) < 0 ?
		       -errno : 0;
}

int mnt_detach(const char *path)
{
	if (umount2(path, UMOUNT_DETACH | UMOUNT_NO_LINK) == 0)
		return 1;
	return errno == EINVAL || errno == ENOENT ? 0 : -errno;
}

int mnt_detach_at(int top)
{
	char path[sizeof("/proc/thread-self/fd/") + 12];

	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", top);
	if (umount2(path, UMOUNT_DETACH) == 0)
		return 1;
	return errno == EINVAL ? 0 : -errno;
}

int mnt_new(const char *type, bool read_only)
{
	_cleanup_close_ int fs = (int)syscall(SYS_fsopen, type,
					      FSOPEN_CLOEXEC);
	unsigned int flags = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			     MOUNT_ATTR_NOEXEC;
	long fd;

	if (fs < 0)
		return -errno;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	if (read_only)
		flags |= MOUNT_ATTR_RDONLY;
	fd = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, flags);
	return fd < 0 ? -errno : (int)fd;
}

/* As mountinfo numbers mounts (proc_pid_fdinfo(5)). */
static int fdinfo_mount(int fd)
{
	char path[sizeof("/proc/self/fdinfo/2147483647")];
	char text[FDINFO_SIZE];
	const char *id;
	uint64_t n;
	int r;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	r = (int)file_read_small(AT_FDCWD, path, text, sizeof(text));
	if (r < 0)
		return r;
	id = strstr(text, "mnt_id:\t");
	if (!id)
		return -EPROTO;
	id += strlen("mnt_id:\t");
	r = num_parse(id, strcspn(id, "\n"), INT32_MAX, &n);
	return r < 0 ? r : (int)n;
}

int mnt_type_begins(int fd, const char *type)
{
	int id = fdinfo_mount(fd);
	int r = -ENOENT;
	struct mnt_table table;

	if (id < 0)
		return id;
	if (mnt_table_load(&table) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < table.n; i++) {
		if (table.lines[i].id == id)
			r = strncmp(table.lines[i].type, type,
				    strlen(type)) == 0;
	}
	mnt_table_free(&table);
	return r;
}
