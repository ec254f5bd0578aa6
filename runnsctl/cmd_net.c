/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_net.c - commands that runns-net carries out
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runnsctl/runnsctl.h"

static const char net_program[] = RUNNS_LIBEXECDIR "/runns-net";

int cmd_net(const struct command *command, int argc, char **argv)
{
	_cleanup_free_ char **words = calloc((size_t)argc + 2, sizeof(*words));
	int i;

	(void)command;
	if (!words) {
		cli_error("%s: out of memory", argv[0]);
		return EXIT_FAILED;
	}
	words[0] = (char *)net_program;
	for (i = 0; i < argc; i++)
		words[i + 1] = argv[i];
	fflush(stdout);
	execv(net_program, words);
	if (errno == ENOENT)
		cli_error("%s: %s is not there: RUNNS is installed without its builder",
			  argv[0], net_program);
	else
		cli_error("%s: %s: %s", argv[0], net_program,
			  strerror(errno));
	return EXIT_FAILED;
}
