/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outer_again.c - a network has another way out: what hangs on it follows
 */
#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/sys/proc.h"
#include "net/outer.h"

#define SELF "/proc/self/exe"

enum { AGAIN_MS = 60000 };

static int again_any(void *ctx, const char *child)
{
	(void)ctx;
	(void)child;
	return 1;
}

/* `up' of what stands mends what hangs on it. */
static void again_run(const char *name, const char *conf)
{
	const char *argv[] = { SELF, "up", name, NULL, NULL, NULL };
	struct proc_child child = {
		.argv = argv, .timeout_ms = AGAIN_MS, .out_fd = -1,
	};

	if (conf) {
		argv[3] = "--conf";
		argv[4] = conf;
	}
	if (proc_run(&child) != 0)
		log_msg(LOG_WARNING, "%s: what hangs on it was not mended: "
			"'runnsctl up %s' does it", name, name);
}

int outer_again(const struct host *h, const char *name, uint64_t cookie,
		const char *conf)
{
	int any = outer_children(h, name, cookie, again_any, NULL);
	pid_t pid;

	if (any <= 0)
		return any;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		/* A grandchild, for whom nobody has to wait. */
		if (fork() == 0)
			again_run(name, conf);
		_exit(0);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}
