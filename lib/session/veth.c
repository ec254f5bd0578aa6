/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth.c - a user's own network namespace is connected by the builder
 *
 * What the builder says goes into memory first: a pipe of the user's that
 * nobody reads would keep it, and the locks that it holds, for ever.
 */
#include "lib/session/veth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "config.h"
#include "lib/sys/proc.h"

enum { VETH_TIMEOUT_MS = 30000 };

static const char runns_net[] = RUNNS_LIBEXECDIR "/runns-net";

static void veth_read(int fd, char told[VETH_TEXT_SIZE])
{
	ssize_t n = pread(fd, told, VETH_TEXT_SIZE - 1, 0);

	told[n > 0 ? n : 0] = '\0';
}

int veth_connect(int ns, uid_t uid, char told[VETH_TEXT_SIZE])
{
	_cleanup_close_ int out = memfd_create("runns-veth", MFD_CLOEXEC);
	char number[12];
	const char *const argv[] = {
		runns_net, "--quiet", "__veth", number, NULL,
	};
	struct proc_child child = {
		.argv = argv, .host = true, .detach = true,
		.timeout_ms = VETH_TIMEOUT_MS, .in_fd = ns, .out_fd = out,
	};
	int r = out < 0 ? -errno : 0;

	told[0] = '\0';
	snprintf(number, sizeof(number), "%u", (unsigned int)uid);
	if (r == 0) {
		r = proc_run(&child);
		veth_read(out, told);
	}
	/* Killed, too slow or not there: nobody else says so. */
	if (r != 0 && !told[0])
		snprintf(told, VETH_TEXT_SIZE, "the builder of networks %s\n",
			 r < 0 ? strerror(-r) : "ended without a word");
	return r;
}
