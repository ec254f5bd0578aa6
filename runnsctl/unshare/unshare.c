/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unshare.c - a program in namespaces of the caller's own
 *
 * The calling process itself becomes the program: nothing stands between, so
 * that exit status, signals and job control need no help.  The order:
 *
 * - What must be asked outside is asked, and who must stay there splits off.
 * - All namespaces are made at once; then the caller is nobody until the map
 *   is written.
 * - The network is started and proved usable before anything of the user's
 *   runs: what fails ends it all, and never leaves him in the host's.
 */
#include "runnsctl/unshare/unshare.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "lib/sys/exec.h"
#include "lib/sys/file.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/unshare/hindrance.h"
#include "runnsctl/unshare/ids.h"
#include "runnsctl/unshare/inside.h"
#include "runnsctl/unshare/outer.h"

/* Return: CLONE_NEW... of all that are made. */
static int all_namespaces(const struct unshare_request *request)
{
	int flags = request->namespaces | CLONE_NEWUSER | CLONE_NEWNS;

	if (!request->network.kind->is_host)
		flags |= CLONE_NEWNET;
	return flags;
}

static int write_resolv(const struct unshare_request *request)
{
	const struct network *n = &request->network;
	int r;

	if (!request->is_named)
		return 0;
	r = file_update(request->instance.dir, "resolv.conf", 0644, n->resolv,
			strlen(n->resolv));
	return r < 0 ? log_errno(r, "unshare: resolv.conf") : 0;
}

static int make(struct unshare_request *request, const struct outer *outer)
{
	int flags = all_namespaces(request);
	struct inside inside;
	struct ids ids;
	int r;

	ids_load(&ids);
	inside_load(&inside, &ids);
	if (unshare(flags) < 0)
		return hindrance_report(-errno, "no new namespaces");
	r = ids_map(&ids, request);
	if (r == 0)
		r = inside_set_up(&inside, request);
	if (r == 0)
		r = outer_network(outer, &request->network);
	if (r == 0)
		r = write_resolv(request);
	if (r == 0)
		r = inside_mount(request);
	if (r == 0)
		r = outer_stay(outer, flags);
	return r;
}

/* From now on the lock and the socket are the keeper's alone. */
static void hand_over(struct instance *instance)
{
	base_close(&instance->lock);
	base_close(&instance->control);
	instance->lock = instance->control = -1;
}

static int make_all(struct unshare_request *request)
{
	struct outer outer;
	int r = outer_start(&outer, request);

	if (r < 0 && request->is_named)
		instance_remove(&request->instance);
	hand_over(&request->instance);
	if (r == 0)
		r = make(request, &outer);
	base_close(&outer.socket);
	return r;
}

/*
 * The way to it inside, since the descriptor of the old one leads to the
 * host's mounts.
 */
static void return_to(const char *directory)
{
	if (!directory || chdir(directory) < 0)
		log_msg(LOG_DEBUG, "unshare: the working directory is /");
}

static int enter(struct unshare_request *request)
{
	_cleanup_free_ char *directory = getcwd(NULL, 0);
	int r = 0;

	instance_init(&request->instance);
	if (request->name || request->state)
		r = instance_open(&request->instance, request->name,
				  request->state);
	if (r == 1) {
		r = namespaces_join(&request->instance.ns);
	} else if (r == 0) {
		request->is_named = request->instance.dir >= 0;
		r = make_all(request);
	}
	instance_close(&request->instance);
	if (r == 0)
		return_to(directory);
	return r;
}

/*
 * In a process of its own, which makes the instance and keeps it until
 * somebody else does: @ready is written to then, and read to its end.
 */
static void maker_run(struct unshare_request *request, int ready)
{
	char byte;

	if (make_all(request) < 0 || send(ready, "", 1, MSG_NOSIGNAL) != 1)
		_exit(EXIT_OWN);
	while (read(ready, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(EXIT_OK);
}

/* Return: 0 with a socket in @ready that ends the maker when closed. */
static int maker_start(struct unshare_request *request, int *ready, pid_t *maker)
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
	hand_over(&request->instance);
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

int unshare_run(struct unshare_request *request)
{
	if (enter(request) < 0)
		return EXIT_OWN;
	return exec_program(request->program, environ);
}
