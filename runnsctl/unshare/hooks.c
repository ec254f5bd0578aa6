/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks.c - commands before and after, outside
 *
 * They run where runnsctl was started: what they set up for the program, and
 * tear down again, is the host's.
 */
#include "runnsctl/unshare/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/start.h"
#include "runnsctl/unshare/attend.h"

enum { NUMBER_SIZE = 12 };

/* What a hook is told, by its environment. */
static int tell(const char *name, const char *value)
{
	return value && setenv(name, value, 1) < 0 ? -errno : 0;
}

/* Return: 0, or EXIT_OWN after a message. */
static int run_before(const struct unshare_request *request,
		      const struct attend *before)
{
	for (size_t i = 0; i < request->pre.n; i++) {
		int status = attend_run(request->pre.list[i], before);

		if (status == 0)
			continue;
		if (status > 0)
			log_msg(LOG_ERR, "unshare: --pre has failed (%d): %s",
				start_status(status), request->pre.list[i]);
		return EXIT_OWN;
	}
	return 0;
}

static void run_after(const struct unshare_request *request, int status,
		      const struct attend *before)
{
	char number[NUMBER_SIZE];

	snprintf(number, sizeof(number), "%d", start_status(status));
	if (tell("RUNNS_STATUS", number) < 0)
		log_msg(LOG_WARNING, "unshare: --post without RUNNS_STATUS");
	for (size_t i = 0; i < request->post.n; i++) {
		int ended = attend_run(request->post.list[i], before);

		if (ended > 0)
			log_msg(LOG_WARNING,
				"unshare: --post has failed (%d): %s",
				start_status(ended), request->post.list[i]);
	}
}

/* Return: status as waitpid(2) gives it. */
static int run_child(struct unshare_request *request,
		     int (*main)(struct unshare_request *request),
		     const struct attend *before)
{
	pid_t child = attend_fork();
	int status;

	if (child < 0) {
		log_errno(child, "unshare: fork");
		return W_EXITCODE(EXIT_OWN, 0);
	}
	if (child == 0) {
		attend_end(before);
		_exit(main(request));
	}
	status = attend(child, -1);
	return status < 0 ? W_EXITCODE(EXIT_OWN, 0) : status;
}

int hooks_run(struct unshare_request *request,
	      int (*main)(struct unshare_request *request))
{
	struct attend before;
	int status;

	if (!request->pre.n && !request->post.n)
		return main(request);
	if (tell("RUNNS_NAME", request->name) < 0)
		return EXIT_OWN;
	attend_begin(&before);
	status = W_EXITCODE(run_before(request, &before), 0);
	if (status == 0 && !request->post.n) {
		attend_end(&before);
		return main(request);
	}
	if (status == 0)
		status = run_child(request, main, &before);
	run_after(request, status, &before);
	attend_end(&before);
	return start_end_as(status);
}
