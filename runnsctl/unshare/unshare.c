/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unshare.c - a program in namespaces of the caller's own
 *
 * The calling process itself becomes the program wherever the kernel allows
 * it: nothing stands between, so that exit status, signals and job control
 * need no help.  A pid namespace takes a child, and --post somebody to run
 * it: then the calling process stands for the program.
 */
#include "runnsctl/unshare/unshare.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/start.h"
#include "runnsctl/unshare/attend.h"
#include "runnsctl/unshare/hooks.h"
#include "runnsctl/unshare/make.h"
#include "runnsctl/unshare/steps.h"

/*
 * The way to it inside, since the descriptor of the old one leads to the
 * host's mounts.
 */
static void return_to(const char *directory)
{
	if ((!directory || chdir(directory) < 0) && chdir("/") < 0)
		log_msg(LOG_DEBUG, "unshare: no working directory");
}

/* Return: exit status of the program. */
static int run_joined(struct unshare_request *request)
{
	struct attend before;
	pid_t child;
	int status;

	if (request->instance.ns.fd[NAMESPACE_PID] < 0)
		return steps_run(request);
	attend_begin(&before);
	child = attend_fork();
	if (child == 0) {
		attend_end(&before);
		_exit(steps_run(request));
	}
	/* Its first process is gone, and takes nobody any more. */
	if (child < 0)
		log_errno(child, "unshare: cannot join");
	status = child < 0 ? child : attend(child, -1);
	attend_end(&before);
	return status < 0 ? EXIT_OWN : start_end_as(status);
}

static int join(struct unshare_request *request, const char *directory)
{
	if (request->verbose)
		log_msg(LOG_INFO, "unshare: joins the instance");
	if (namespaces_join(&request->instance.ns) < 0)
		return EXIT_OWN;
	return_to(directory);
	return run_joined(request);
}

static int begin(struct unshare_request *request, const char *directory)
{
	struct made made;
	int status;

	if (make_namespaces(request, &made) < 0)
		return EXIT_OWN;
	return_to(directory);
	if (!made.has_init)
		return steps_run(request);
	status = init_run(&made.init);
	attend_end(&made.init.before);
	return status < 0 ? EXIT_OWN : start_end_as(status);
}

static int run(struct unshare_request *request)
{
	_cleanup_free_ char *directory = getcwd(NULL, 0);
	int r = 0;

	instance_init(&request->instance);
	if (request->name || request->state)
		r = instance_open(&request->instance, request->name,
				  request->state);
	if (r < 0)
		return EXIT_OWN;
	if (r == 1)
		return join(request, directory);
	request->is_named = request->instance.dir >= 0;
	return begin(request, directory);
}

int unshare_run(struct unshare_request *request)
{
	return hooks_run(request, run);
}

/*
 * In a process of its own, which makes the instance and keeps it until
 * somebody else does: @ready is written to then, and read to its end.
 */
static void maker_run(struct unshare_request *request, int ready)
{
	struct made made;
	char byte;

	if (make_namespaces(request, &made) < 0 ||
	    send(ready, "", 1, MSG_NOSIGNAL) != 1)
		_exit(EXIT_OWN);
	while (read(ready, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(EXIT_OK);
}

/* Return: 0 with a socket in @ready that ends the maker when closed. */
static int maker_start(struct unshare_request *request, int *ready,
		       pid_t *maker)
{
	int ends[2];
	char byte;
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return log_errno(-errno, "unshare: socketpair");
	*ready = ends[0];
	*maker = fork();
	if (*maker == 0) {
		close(ends[0]);
		maker_run(request, ends[1]);
	}
	close(ends[1]);
	if (*maker < 0)
		return log_errno(-errno, "unshare: fork");
	/* The maker's, and then the keeper's. */
	instance_close(&request->instance);
	do
		n = read(ends[0], &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -EPIPE;
}

int unshare_open(struct unshare_request *request)
{
	_cleanup_close_ int ready = -1;
	pid_t maker = -1;
	int r = instance_open(&request->instance, request->name,
			      request->state);

	if (r == 0) {
		request->is_named = true;
		r = maker_start(request, &ready, &maker);
		if (r == 0)
			r = instance_open(&request->instance, request->name,
					  request->state);
	}
	base_close(&ready);
	ready = -1;
	while (maker > 0 && waitpid(maker, NULL, 0) < 0 && errno == EINTR)
		;
	if (r < 0)
		instance_close(&request->instance);
	return r < 0 ? r : 0;
}
