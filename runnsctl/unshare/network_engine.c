/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_engine.c - networks that a program outside makes
 */
#include "runnsctl/unshare/network_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/log.h"
#include "runnsctl/unshare/engine.h"

void words_add(struct words *w, const char *fmt, ...)
{
	size_t room = sizeof(w->text) - w->used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->text + w->used, room, fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= room || w->n == WORDS_MAX) {
		w->full = true;
		return;
	}
	w->argv[w->n++] = w->text + w->used;
	w->used += (size_t)len + 1;
}

void words_rootless(struct words *w, const struct network *n, int ready)
{
	words_add(w, RUNNS_LIBEXECDIR "/runns-rootless");
	words_add(w, "%s", n->kind->name);
	if (n->arg)
		words_add(w, "%s", n->arg);
	words_add(w, "--userns=%d", n->userns);
	words_add(w, "--netns=%d", n->netns);
	words_add(w, "--ready=%d", ready);
	words_add(w, "--exit=%d", n->end);
	if (n->options.ifname)
		words_add(w, "--ifname=%s", n->options.ifname);
}

int network_ready(int ready[2])
{
	if (pipe2(ready, O_CLOEXEC) < 0)
		return log_errno(-errno, "unshare: cannot make a pipe");
	return 0;
}

static int start(const struct network *n, struct words *w, int ready,
		 const char *package)
{
	struct engine engine = {
		.path = w->argv[0],
		.argv = w->argv,
		.fds = { n->userns, n->netns, n->end, ready },
		.n_fds = 4,
		.out = -1,
	};
	pid_t pid;

	if (w->full)
		return log_errno(-E2BIG, "unshare: too long options");
	pid = engine_start(&engine);
	if (pid == -ENOENT && package)
		return log_errno(-ENOENT, "unshare: --net %s needs the program "
				 "%s: install the package %s", n->kind->name,
				 w->argv[0], package);
	if (pid < 0)
		return log_errno(pid, "unshare: cannot start %s", w->argv[0]);
	return 0;
}

int network_engine(const struct network *n, struct words *w,
		   const int ready[2], const char *package)
{
	int err = start(n, w, ready[1], package);

	/* Only the program has it now: its end is seen. */
	close(ready[1]);
	if (err == 0) {
		err = engine_wait_ready(ready[0]);
		if (err)
			log_msg(LOG_ERR, "unshare: there is no network %s: %s",
				n->kind->name, err == -ETIMEDOUT ?
				"its program takes too long" :
				"its program has ended");
	}
	close(ready[0]);
	return err;
}
