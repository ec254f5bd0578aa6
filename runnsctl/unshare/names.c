/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - names are resolved inside, or not at all
 */
#include "runnsctl/unshare/names.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/base/log.h"
#include "lib/sys/mnt.h"
#include "runnsctl/unshare/copyup.h"

/*
 * Daemons of the host that would ask the host's name servers for a program
 * inside: nscd(8), systemd-resolved(8), avahi-daemon(8).
 */
static const char *const resolver_dirs[] = { "/run/nscd", "/var/run/nscd",
					     "/run/systemd/resolve",
					     "/run/avahi-daemon" };

static int hide(const char *dir)
{
	_cleanup_close_ int empty = -1;
	int r = mnt_is_root(AT_FDCWD, dir);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	empty = mnt_new("tmpfs", true);
	r = empty < 0 ? empty : mnt_place_tree(empty, AT_FDCWD, dir);
	return r < 0 ? log_errno(r, "unshare: cannot hide %s", dir) : 0;
}

static int lay_resolv(const struct names *names)
{
	const struct copyup etc = { .dir = "/etc",
				    .writable = names->copy_etc,
				    .resolv = names->resolv };
	int r = mnt_is_root(AT_FDCWD, "/etc");

	/* A root directory of the user's own may have none. */
	if (r == -ENOENT)
		return 0;
	if (r >= 0)
		r = copyup_mount(&etc);
	if (r == 0 && names->tree >= 0)
		r = mnt_place_tree(names->tree, AT_FDCWD, "/etc/resolv.conf");
	return r < 0 ? log_errno(r, "unshare: /etc/resolv.conf") : 0;
}

int names_mount(const struct names *names)
{
	int r = 0;

	if (names->resolv || names->copy_etc)
		r = lay_resolv(names);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(resolver_dirs); i++)
		r = hide(resolver_dirs[i]);
	return r;
}
