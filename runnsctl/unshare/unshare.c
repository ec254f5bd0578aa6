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

#include "lib/base/log.h"
#include "lib/sys/exec.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/unshare/hindrance.h"
#include "runnsctl/unshare/ids.h"
#include "runnsctl/unshare/inside.h"
#include "runnsctl/unshare/outer.h"

static int make_namespaces(const struct unshare_request *request)
{
	int flags = request->namespaces | CLONE_NEWUSER | CLONE_NEWNS;

	if (!request->network.kind->is_host)
		flags |= CLONE_NEWNET;
	if (unshare(flags) < 0)
		return hindrance_report(-errno, "no new namespaces");
	return 0;
}

static int enter(struct unshare_request *request, const struct outer *outer)
{
	struct inside inside;
	struct ids ids;
	int r;

	ids_load(&ids);
	inside_load(&inside, &ids);
	r = make_namespaces(request);
	if (r == 0)
		r = ids_map(&ids, request);
	if (r == 0)
		r = inside_set_up(&inside, request);
	if (r == 0)
		r = outer_network(outer, &request->network);
	if (r == 0)
		r = inside_mount(request);
	if (r == 0)
		r = outer_stay(outer);
	return r;
}

int unshare_run(struct unshare_request *request)
{
	struct outer outer;
	int r = outer_start(&outer, request);

	if (r == 0)
		r = enter(request, &outer);
	base_close(&outer.socket);
	if (r < 0)
		return EXIT_OWN;
	return exec_program(request->program, environ);
}
