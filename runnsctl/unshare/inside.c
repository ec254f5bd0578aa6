/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inside.c - what namespaces look like from inside
 */
#include "runnsctl/unshare/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "lib/sys/mnt.h"
#include "lib/sys/ns.h"
#include "runnsctl/unshare/copyup.h"
#include "runnsctl/unshare/names.h"

enum { RANGE_SIZE = 40, CLOCKS_SIZE = 96 };

static const char groups_dir[] = "/sys/fs/cgroup";
static const char ping_range[] = "/proc/sys/net/ipv4/ping_group_range";

void inside_load(struct inside *inside, const struct ids *ids)
{
	char text[RANGE_SIZE];
	unsigned int from, to;

	inside->pings =
		file_read_small(AT_FDCWD, ping_range, text, sizeof(text)) > 0 &&
		sscanf(text, "%u %u", &from, &to) == 2 && from <= ids->gid &&
		ids->gid <= to;
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

/*
 * The offsets hold for whoever comes in after they were written; unshare(2)
 * moves children only.
 */
static int enter_clocks(const struct clocks *clocks)
{
	_cleanup_close_ int fd = -1;
	BUF(text, CLOCKS_SIZE);
	int r;

	buf_addf(&text, "monotonic %lld 0\nboottime %lld 0\n",
		 clocks->monotonic, clocks->boottime);
	r = file_write_small(AT_FDCWD, "/proc/self/timens_offsets", text.text);
	if (r < 0)
		return log_errno(r, "unshare: offsets of clocks");
	fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWTIME) < 0)
		return log_errno(-errno, "unshare: time namespace");
	return 0;
}

int inside_set_up(const struct inside *inside,
		  const struct unshare_request *request)
{
	int r = 0;

	if (request->hostname &&
	    sethostname(request->hostname, strlen(request->hostname)) < 0)
		return log_errno(-errno, "unshare: host name %s",
				 request->hostname);
	if (request->namespaces & CLONE_NEWTIME)
		r = enter_clocks(&request->clocks);
	if (r < 0 || request->network.kind->is_host)
		return r;
	r = ns_loopback_up();
	if (r < 0)
		return log_errno(r, "unshare: loopback");
	if (inside->pings)
		allow_ping();
	return 0;
}

/*
 * Groups as they are seen from a new cgroup namespace; the host's stay where
 * the kernel does not let users mount them, or where they are of version 1.
 */
static int open_cgroup(int namespaces)
{
	struct statfs fs;
	int r = mnt_is_root(AT_FDCWD, groups_dir);

	if (r != 1)
		return r < 0 ? r : -ENOENT;
	if ((namespaces & CLONE_NEWCGROUP) && statfs(groups_dir, &fs) == 0 &&
	    fs.f_type == CGROUP2_SUPER_MAGIC) {
		r = mnt_new("cgroup2", false);
		if (r >= 0)
			return r;
	}
	return mnt_clone(AT_FDCWD, groups_dir, true);
}

/*
 * A new sysfs shows the devices of the new network namespace.  It lies over
 * the host's, which the kernel lets nobody take away here.
 */
static int renew_sys(int namespaces)
{
	_cleanup_close_ int sysfs = mnt_new("sysfs", false);
	_cleanup_close_ int cgroup = -1;
	int r;

	/* The host's is read-only in containers, and this one must be too. */
	if (sysfs == -EPERM)
		sysfs = mnt_new("sysfs", true);
	if (sysfs < 0)
		return sysfs;
	cgroup = open_cgroup(namespaces);
	r = mnt_place_tree(sysfs, AT_FDCWD, "/sys");
	if (r == 0 && cgroup >= 0)
		r = mnt_place_tree(cgroup, AT_FDCWD, groups_dir);
	return r;
}

/* Without a new network namespace there are the host's devices to see. */
static int renew_cgroup(int namespaces)
{
	_cleanup_close_ int cgroup = -1;

	if (!(namespaces & CLONE_NEWCGROUP))
		return 0;
	cgroup = open_cgroup(namespaces);
	return cgroup < 0 ? cgroup
			  : mnt_place_tree(cgroup, AT_FDCWD, groups_dir);
}

/* Masked in some containers; nothing but looks depends on it. */
static void mount_sys(const struct unshare_request *request)
{
	int r = request->network.kind->is_host
			? renew_cgroup(request->namespaces)
			: renew_sys(request->namespaces);

	if (r < 0 && request->verbose)
		log_msg(LOG_INFO, "unshare: /sys stays the host's: %s",
			strerror(-r));
}

/* Return: the instance's resolv.conf as a tree to be placed, or -errno. */
static int clone_resolv(const struct instance *instance)
{
	_cleanup_close_ int dir = instance_inside(instance);

	return dir < 0 ? dir : mnt_clone(dir, "resolv.conf", false);
}

/* What is read by a path of the host's, before the root changes. */
static int open_names(const struct unshare_request *request,
		      struct names *names)
{
	*names =
		(struct names){ .tree = -1,
				.copy_etc = mounts_want_etc(&request->mounts) };
	if (request->network.kind->is_host)
		return 0;
	/* Without a network that brings some, the host's are of no use. */
	if (request->network.kind->start || request->is_named)
		names->resolv = request->network.resolv;
	if (!request->is_named)
		return 0;
	names->tree = clone_resolv(&request->instance);
	return names->tree < 0 ? log_errno(names->tree, "unshare: resolv.conf "
							"of the instance")
			       : 0;
}

static int mount_names(const struct unshare_request *request,
		       const struct names *names)
{
	const struct copyup etc = { .dir = "/etc", .writable = true };
	int r;

	if (!request->network.kind->is_host)
		return names_mount(names);
	if (!names->copy_etc)
		return 0;
	r = copyup_mount(&etc);
	return r < 0 ? log_errno(r, "unshare: --copy-up /etc") : 0;
}

int inside_mount(struct unshare_request *request)
{
	struct names names;
	int r = open_names(request, &names);

	if (r == 0)
		r = mounts_prepare(&request->mounts);
	if (r == 0)
		r = mounts_change_root(&request->mounts);
	if (r == 0)
		r = mount_names(request, &names);
	base_close(&names.tree);
	if (r < 0)
		return r;
	mount_sys(request);
	return mounts_make(&request->mounts);
}
