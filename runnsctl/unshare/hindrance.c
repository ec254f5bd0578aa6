/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hindrance.c - why a user cannot have namespaces here, and what to do
 *
 * unshare(2) has two error codes for a dozen reasons; the switches themselves
 * tell more.
 */
#include "runnsctl/unshare/hindrance.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"

enum { VALUE_SIZE = 32, STATUS_SIZE = 4096 };

/**
 * struct hindrance - a sysctl, and the value that forbids
 * @err:	the error that it makes; 0: any
 */
struct hindrance {
	const char *path;
	const char *name;
	const char *forbids;
	const char *allows;
	int err;
};

static const struct hindrance switches[] = {
	{ "/proc/sys/kernel/unprivileged_userns_clone",
	  "kernel.unprivileged_userns_clone", "0", "1", -EPERM },
	{ "/proc/sys/user/max_user_namespaces", "user.max_user_namespaces", "0",
	  "10000", -ENOSPC },
	{ "/proc/sys/user/max_net_namespaces", "user.max_net_namespaces", "0",
	  "10000", -ENOSPC },
	{ "/proc/sys/user/max_mnt_namespaces", "user.max_mnt_namespaces", "0",
	  "10000", -ENOSPC },
	{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
	  "kernel.apparmor_restrict_unprivileged_userns", "1", "0", 0 },
};

static bool is_set(const struct hindrance *h)
{
	char value[VALUE_SIZE];

	return file_read_small(AT_FDCWD, h->path, value, sizeof(value)) > 0 &&
	       strcmp(value, h->forbids) == 0;
}

/* seccomp(2) in mode 2: a filter, as containers and services have them. */
static bool is_filtered(void)
{
	char status[STATUS_SIZE];

	return file_read_small(AT_FDCWD, "/proc/self/status", status,
			       sizeof(status)) > 0 &&
	       strstr(status, "\nSeccomp:\t2");
}

static int report(const struct hindrance *h, int err)
{
	log_msg(LOG_ERR,
		"unshare: %s is %s, which forbids users to have "
		"namespaces: ask the administrator for "
		"\"sysctl -w %s=%s\"",
		h->name, h->forbids, h->name, h->allows);
	return err;
}

int hindrance_report(int err, const char *what)
{
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		const struct hindrance *h = &switches[i];

		if ((!h->err || h->err == err) && is_set(h))
			return report(h, err);
	}
	if (err == -ENOSPC || err == -EUSERS) {
		log_msg(LOG_ERR,
			"unshare: %s: too many namespaces: see "
			"user.max_*_namespaces of sysctl(8), or end some",
			what);
		return err;
	}
	if (is_filtered() && (err == -EPERM || err == -ENOSYS)) {
		log_msg(LOG_ERR,
			"unshare: %s: a filter of system calls "
			"forbids namespaces here: it is the container's or "
			"service's that this runs in",
			what);
		return err;
	}
	if (err == -EPERM) {
		log_msg(LOG_ERR,
			"unshare: %s: Operation not permitted: it "
			"takes the host's root directory (no chroot), ids "
			"that are mapped, and no security module that forbids "
			"it",
			what);
		return err;
	}
	return log_errno(err, "unshare: %s", what);
}
