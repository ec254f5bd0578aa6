/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_run.c - runnsctl run and shell
 */
#include <errno.h>
#include <string.h>

#include "runnsctl/launch.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/shell.h"

enum { OPT_RESOLV = 256, OPT_PTY, OPT_DETACH };

const struct cli_option cmd_run_options[] = {
	{ 'n', "name", "NAME", "the namespace" },
	{ OPT_RESOLV, "resolv", "FILE", "in place of its resolv.conf" },
	{ OPT_PTY, "pty", NULL, "give the program a new terminal" },
	{ OPT_DETACH, "detach", NULL, "return as soon as it runs" },
	{ 'v', "verbose", NULL, "tell how it is started" },
	{ 0 },
};

const struct cli_option cmd_shell_options[] = {
	{ 'n', "name", "NAME", "the namespace" },
	{ 'l', "login", NULL, "a login shell" },
	{ 'v', "verbose", NULL, "tell how it is started" },
	{ 0 },
};

/**
 * struct options - what the words before the program say
 */
struct options {
	const struct command *command;
	struct launch launch;
	bool login;
	bool help;
};

/* A value that is given twice is a mistake: which one was meant? */
static int take_value(const struct options *o, const char **value, char *arg,
		      const char *option)
{
	if (*value)
		return cli_usage_error(o->command, "%s: %s is there twice",
				       o->command->name, option);
	*value = arg;
	return 0;
}

static int take_option(void *ctx, int code, char *arg)
{
	struct options *o = ctx;

	switch (code) {
	case 'n':
		return take_value(o, &o->launch.name, arg, "-n");
	case OPT_RESOLV:
		return take_value(o, &o->launch.resolv, arg, "--resolv");
	case OPT_PTY:
		o->launch.pty = true;
		return 0;
	case OPT_DETACH:
		o->launch.detach = true;
		return 0;
	case 'l':
		o->login = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	default:
		o->launch.verbose = true;
		return 0;
	}
}

/* Return: index of the first operand, or -1 after a usage error. */
static int read_options(struct options *o, const struct command *command,
			int argc, char **argv)
{
	*o = (struct options){
		.command = command,
		.launch = { .what = command->name },
	};
	return cli_parse(command, argc, argv, take_option, o);
}

int cmd_run(const struct command *command, int argc, char **argv)
{
	struct options o;
	int first = read_options(&o, command, argc, argv);

	if (first < 0)
		return EXIT_OWN;
	if (o.help) {
		cli_help(command);
		return EXIT_OK;
	}
	if (first == argc)
		return cli_usage_error(command, "run: PROGRAM expected");
	o.launch.program = argv + first;
	return launch_run(&o.launch);
}

int cmd_shell(const struct command *command, int argc, char **argv)
{
	struct options o;
	int first = read_options(&o, command, argc, argv);
	const char *shell;
	char *program[3] = { 0 };

	if (first < 0)
		return EXIT_OWN;
	if (o.help) {
		cli_help(command);
		return EXIT_OK;
	}
	if (first < argc)
		return cli_usage_error(command, "shell: takes no program, run does");
	shell = shell_find();
	if (!shell) {
		cli_error("shell: uid %u has no account: set SHELL",
			  (unsigned int)getuid());
		return EXIT_OWN;
	}
	program[0] = (char *)shell;
	if (o.login)
		program[1] = (char *)"-l";
	o.launch.program = program;
	return launch_run(&o.launch);
}
