/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_forward.c - runnsctl forward: its options and operands
 */
#include <string.h>

#include "runnsctl/forward/relay.h"
#include "runnsctl/forward/run.h"
#include "runnsctl/runnsctl.h"

const struct cli_option cmd_forward_options[] = {
	{ 'n', "name", "NAME",
	  "the other network; default: that of runns.map" },
	{ 'R', "reverse", NULL, "listen there, connect from here" },
	{ 'v', "verbose", NULL, "say when it is ready, and what fails" },
	{ 0 },
};

static int take(void *ctx, int code, char *arg)
{
	struct forward_request *request = ctx;

	if (code == 'n')
		request->far.netns = arg;
	else if (code == 'R')
		request->reverse = true;
	else
		request->verbose = true;
	return 0;
}

int cmd_forward(const struct command *command, int argc, char **argv)
{
	struct forward_spec specs[RELAY_FORWARDS_MAX];
	struct forward_request request = { .specs = specs };
	int first = cli_parse(command, argc, argv, take, &request);

	if (first < 0)
		return EXIT_USAGE;
	if (first == argc || argc - first > RELAY_FORWARDS_MAX)
		return cli_usage_error(command,
				       "forward: 1 to %d forwards expected",
				       RELAY_FORWARDS_MAX);
	for (int i = first; i < argc; i++) {
		struct slice text = { argv[i], strlen(argv[i]) };
		const char *why = forward_parse(text, &specs[request.n++]);

		if (why)
			return cli_usage_error(command, "forward: %s: %s",
					       argv[i], why);
	}
	return forward_run(&request);
}
