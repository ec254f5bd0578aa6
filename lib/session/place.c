/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.c - a thread goes where the map decided
 */
#include "lib/session/place.h"

#include <errno.h>

#include "lib/session/build.h"
#include "lib/session/enter.h"

enum { ENTER_TRIES = 3 };	/* a namespace may go away while we enter */

int place_enter(const struct place_request *request, struct origin *origin)
{
	static const enum enter_target targets[] = {
		[MAP_HOST] = ENTER_HOST, [MAP_PRIVATE] = ENTER_PRIVATE,
		[MAP_NAME] = ENTER_NAME,
	};
	const struct decision *decision = request->decision;
	struct enter_request enter_request = {
		.host = request->host, .target = targets[decision->session],
		.name = decision->name, .uid = request->uid,
		.make_view = true, .keep_cwd = request->keep_cwd,
	};
	struct build_request build = {
		.host = request->host, .name = decision->name,
		.section = decision->section, .conf = request->conf,
	};
	int r = -EAGAIN;

	for (int i = 0; r == -EAGAIN && i < ENTER_TRIES; i++) {
		r = enter(&enter_request, origin);
		/* -EBADF: a killed builder left a file, for the next to use. */
		if ((r != -ENOENT && r != -EBADF) || !decision->create)
			continue;
		r = build_network(&build);
		if (r == -EAGAIN)
			return -ENETDOWN;
		if (r == 0)
			r = enter(&enter_request, origin);
		if (r == -ENOENT)
			r = -EAGAIN;
	}
	return r;
}

const char *place_name(const struct decision *decision)
{
	return decision->session == MAP_NAME ? decision->name :
	       decision->session == MAP_HOST ? "host" : "+";
}
