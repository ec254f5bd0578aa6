/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rundir.c - directories below /run/runns, made when they are first needed
 */
#include "lib/session/rundir.h"

#include "lib/sys/file.h"

static int dir_make(int above, const char *name, mode_t mode)
{
	int r = file_make_dir(above, name, mode);

	return r < 0 ? r : file_open_dir(above, name);
}

int rundir_open(int host, const char *name, mode_t mode)
{
	_cleanup_close_ int run = file_open_dir(host, "run");
	_cleanup_close_ int runns = run < 0 ? run :
				    dir_make(run, "runns", 0755);

	return runns < 0 ? runns : dir_make(runns, name, mode);
}
