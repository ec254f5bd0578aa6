/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inside.c - what namespaces look like from inside
 */
#include "runnsctl/unshare/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "runnsctl/unshare/names.h"

enum { RANGE_SIZE = 40 };

static const char ping_range[] = "/proc/sys/net/ipv4/ping_group_range";

void inside_load(struct inside *inside, const struct ids *ids)
{
	char text[RANGE_SIZE];
	unsigned int from, to;

	inside->pings = file_read_small(AT_FDCWD, ping_range, text,
					sizeof(text)) > 0 &&
			sscanf(text, "%u %u", &from, &to) == 2 &&
			from <= ids->gid && ids->gid <= to;
}

/* Not worth a refusal: without it ping(8) says what is missing. */
static void allow_ping(void)
{
	BUF(range, RANGE_SIZE);

	buf_addf(&range, "%u %u", (unsigned int)getegid(),
		 (unsigned int)getegid());
	if (file_write_small(AT_FDCWD, ping_range, range.text) < 0)
		log_msg(LOG_DEBUG, "unshare: %s stays as it is", ping_range);
}

int inside_set_up(const struct inside *inside,
		  const struct unshare_request *request)
{
	int r;

	if (request->hostname &&
	    sethostname(request->hostname, strlen(request->hostname)) < 0)
		return log_errno(-errno, "unshare: host name %s",
				 request->hostname);
	if (request->network.kind->is_host)
		return 0;
	r = ns_loopback_up();
	if (r < 0)
		return log_errno(r, "unshare: loopback");
	if (inside->pings)
		allow_ping();
	return 0;
}

/*
 * A new sysfs shows the devices of the new network namespace.  It lies over
 * the host's, which the kernel lets nobody take away here.
 */
static int renew_sys(void)
{
	_cleanup_close_ int sysfs = mnt_new("sysfs", false);
	_cleanup_close_ int cgroup = -1;
	int r;

	/* The host's is read-only in containers, and this one must be too. */
	if (sysfs == -EPERM)
		sysfs = mnt_new("sysfs", true);
	if (sysfs < 0)
		return sysfs;
	if (mnt_is_root(AT_FDCWD, "/sys/fs/cgroup") == 1)
		cgroup = mnt_clone(AT_FDCWD, "/sys/fs/cgroup", true);
	r = mnt_place_tree(sysfs, AT_FDCWD, "/sys");
	if (r == 0 && cgroup >= 0)
		r = mnt_place_tree(cgroup, AT_FDCWD, "/sys/fs/cgroup");
	return r;
}

/* Return: 0, or -errno (logged). */
static int mount_names(const struct unshare_request *request)
{
	_cleanup_close_ int dir = -1;
	struct names names = { .dir = -1 };

	/* Without a network that brings some, the host's are of no use. */
	if (request->network.kind->start || request->is_named)
		names.resolv = request->network.resolv;
	if (request->is_named) {
		dir = instance_inside(&request->instance);
		if (dir < 0)
			return log_errno(dir, "unshare: directory of the "
					 "instance");
		names.dir = dir;
	}
	return names_mount(&names);
}

int inside_mount(const struct unshare_request *request)
{
	int r;

	if (request->network.kind->is_host)
		return 0;
	r = mount_names(request);
	if (r < 0)
		return r;
	r = renew_sys();
	/* Masked in some containers; nothing but looks depends on it. */
	if (r < 0 && request->verbose)
		log_msg(LOG_INFO, "unshare: /sys shows the host's devices: %s",
			strerror(-r));
	return 0;
}
