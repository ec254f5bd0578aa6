/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.c - new namespaces
 *
 * - What must be asked outside is asked, and who must stay there splits off.
 * - All namespaces are made at once; then the caller is nobody until the map
 *   is written.
 * - The network is started and proved usable before anything of the user's
 *   runs: what fails ends it all, and never leaves him in the host's.
 * - Mounts come after it, since they show its name servers; and last whoever
 *   stays outside learns what it waits for.
 */
#include "runnsctl/unshare/make.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "runnsctl/unshare/hindrance.h"
#include "runnsctl/unshare/inside.h"
#include "runnsctl/unshare/outer.h"
#include "runnsctl/unshare/steps.h"

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

static int map_ids(const struct unshare_request *request,
		   const struct outer *outer)
{
	return request->ids.is_auto ? outer_map(outer)
				    : ids_map_own(&request->ids);
}

static int start_init(struct unshare_request *request,
		      const struct outer *outer, struct made *made)
{
	const struct init_work work = {
		.outer = request->is_named ? outer->socket : -1,
		.program = steps_run,
		.request = request,
	};

	if (!(request->namespaces & CLONE_NEWPID))
		return 0;
	made->has_init = true;
	return init_start(&made->init, &work);
}

/* In the namespaces, with a map. */
static int furnish(struct unshare_request *request, const struct outer *outer,
		   const struct inside *inside, struct made *made)
{
	/* By a path that a new root may not have. */
	_cleanup_close_ int dir =
		open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = dir < 0 ? log_errno(-errno, "unshare: /proc/self/ns") : 0;

	if (r == 0)
		r = inside_set_up(inside, request);
	if (r == 0)
		r = outer_network(outer, &request->network);
	if (r == 0)
		r = write_resolv(request);
	if (r == 0)
		r = inside_mount(request);
	if (r == 0)
		r = start_init(request, outer, made);
	if (r == 0)
		r = outer_stay(outer, dir, all_namespaces(request));
	return r;
}

/* From now on the lock and the socket are the keeper's alone. */
static void hand_over(struct instance *instance)
{
	base_close(&instance->lock);
	base_close(&instance->control);
	instance->lock = instance->control = -1;
}

int make_namespaces(struct unshare_request *request, struct made *made)
{
	struct outer outer = { .socket = -1 };
	struct inside inside;
	int r = ids_load(&request->ids);

	made->has_init = false;
	if (r == 0) {
		inside_load(&inside, &request->ids);
		r = outer_start(&outer, request);
	}
	if (r < 0 && request->is_named)
		instance_remove(&request->instance);
	hand_over(&request->instance);
	if (r == 0 && unshare(all_namespaces(request)) < 0)
		r = hindrance_report(-errno, "no new namespaces");
	if (r == 0)
		r = map_ids(request, &outer);
	if (r == 0)
		r = furnish(request, &outer, &inside, made);
	base_close(&outer.socket);
	return r;
}
