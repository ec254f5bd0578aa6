/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ids.c - the users and groups of a new user namespace
 *
 * user_namespaces(7).  A process may map its own ids by itself once it has
 * given up setgroups(2): with it he could leave a group that is there to
 * exclude him from a file (CVE-2018-7169).
 */
#include "runnsctl/unshare/ids.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "runnsctl/unshare/hindrance.h"

enum { LINE_SIZE = 40 };

void ids_load(struct ids *ids)
{
	ids->uid = geteuid();
	ids->gid = getegid();
}

static int map_write(const char *path, unsigned int inside,
		     unsigned int outside)
{
	BUF(line, LINE_SIZE);
	int r;

	buf_addf(&line, "%u %u 1", inside, outside);
	r = file_write_small(AT_FDCWD, path, line.text);
	return r < 0 ? hindrance_report(r, path) : 0;
}

static int map_own(const struct ids *ids, bool root)
{
	int r = file_write_small(AT_FDCWD, "/proc/self/setgroups", "deny");

	/* Absent before Linux 3.19 only. */
	if (r < 0)
		return hindrance_report(r, "/proc/self/setgroups");
	r = map_write("/proc/self/uid_map", root ? 0 : ids->uid, ids->uid);
	if (r < 0)
		return r;
	return map_write("/proc/self/gid_map", root ? 0 : ids->gid, ids->gid);
}

int ids_map(const struct ids *ids, const struct unshare_request *request)
{
	return map_own(ids, request->map_root);
}
