/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolv.h - a resolv.conf(5) of the caller's own, for one program
 */
#ifndef RUNNS_RESOLV_H
#define RUNNS_RESOLV_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/base.h"
#include "lib/session/origin.h"

enum { RESOLV_MAX = 65536 };

/**
 * struct resolv - its text
 * @trusted:	only root can have written it
 */
struct resolv {
	char *text;
	size_t len;
	bool trusted;
};

/**
 * resolv_read() - read it from a descriptor that the caller has opened
 * @fd:		closed
 * @host:	file_host_root()
 *
 * So the file was opened with his rights.  To be called while the process
 * still counts as his: his file system may never answer.
 *
 * Return: 0 and @out->text must be freed; -EBADF; -EINVAL if it is not a
 * regular file; -EFBIG; another -errno.
 */
int resolv_read(int fd, int host, struct resolv *out) _must_check_;

/**
 * resolv_is_barred() - does the namespace insist on its own name servers?
 * @host:	file_host_root()
 *
 * Return: 1 (StrictDNS), 0 or -errno.
 */
int resolv_is_barred(int host, const char *name) _must_check_;

/**
 * resolv_lay() - let the calling process alone see it
 * @origin:	told that the mounts are others from then on
 *
 * Return: 0 or -errno (logged); the mounts may then be half-way.
 */
int resolv_lay(const struct resolv *resolv, struct origin *origin)
	_must_check_;

#endif
