/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runnsctl.c - runnsctl(8): the table of commands
 *
 * Links libc only; what needs netlink or a firewall is runns-net, a program
 * of its own that gets the same words.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "runnsctl/historic.h"
#include "runnsctl/historic_net.h"
#include "runnsctl/out.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/vpnns.h"

/* runns-net reads these; here they are for help and completion. */
enum {
	OPT_ALL = 256,
	OPT_KILL,
	OPT_SECTION,
	OPT_CONF,
	OPT_DRY_RUN,
	OPT_JSON,
	OPT_WAIT,
	OPT_WATCH,
	OPT_DOT
};

static const struct cli_option up_options[] = {
	{ OPT_ALL, "all", NULL, "all networks of runns.conf" },
	{ OPT_SECTION, "section", "SECTION", "use SECTION as a pattern" },
	{ OPT_CONF, "conf", "FILE", "in place of runns.conf" },
	{ OPT_DRY_RUN, "dry-run", NULL, "only tell the steps" },
	{ OPT_WAIT, "wait", NULL, "until VPNs are up, =SECONDS at most (30)" },
	{ 'q', "quiet", NULL, "tell errors only" },
	{ 'v', "verbose", NULL, "tell every step" },
	{ 0 },
};

static const struct cli_option down_options[] = {
	{ OPT_ALL, "all", NULL, "all networks that are up" },
	{ OPT_KILL, "kill", NULL, "end the processes inside: TERM, 5 s, KILL" },
	{ OPT_WAIT, "wait", NULL, "for what hangs on it, =SECONDS at most (30)" },
	{ 'q', "quiet", NULL, "tell errors only" },
	{ 0 },
};

static const struct cli_option status_options[] = {
	{ OPT_JSON, "json", NULL, "as JSON" },
	{ OPT_DOT, "dot", NULL, "as a drawing for dot(1) of Graphviz" },
	{ OPT_WATCH, "watch", NULL, "again and again, every =SECONDS (2)" },
	{ 0 },
};

static int cmd_help(const struct command *command, int argc, char **argv);
static int cmd_commands(const struct command *command, int argc, char **argv);
static int cmd_options(const struct command *command, int argc, char **argv);

static const struct command commands[] = {
	{ "run", "[--] PROGRAM [ARGUMENT...]", "Start a program in a namespace",
	  "The map must allow the namespace; without -n it is the one that the\n"
	  "map gives your sessions. Ends as the program does; 125: it was not\n"
	  "started, 126: it cannot be executed, 127: it was not found.",
	  cmd_run_options, .starts = true, .run = cmd_run },
	{ "shell", "", "Start your shell in a namespace",
	  "$SHELL, or the shell of your account. Ends as run does.",
	  cmd_shell_options, .starts = true, .run = cmd_shell },
	{ "list", "[NAME]", "Show processes in namespaces",
	  "Your own; root sees everybody's. With NAME only those in that one.",
	  cmd_list_options, .run = cmd_list },
	{ "audit", "[USER...]", "Find processes outside of their users' networks",
	  "Root asks about all users or USERs, others about themselves. Exits 1\n"
	  "if there is any finding.",
	  cmd_audit_options, .run = cmd_audit },
	{ "doctor", "", "Find what keeps RUNNS from working here, and the mend",
	  "Kernel, PAM, sshd, files, sysctls, firewalls, network managers. Needs\n"
	  "root. Exits 1 if there is any finding.",
	  cmd_doctor_options, .run = cmd_doctor },
	{ "up", "NAME...|--all", "Build networks of runns.conf(5)",
	  "A network appears complete or not at all. One that is up already is\n"
	  "mended where needed. Needs root.",
	  up_options, .run = cmd_net },
	{ "down", "NAME...|--all", "Remove networks that up has built",
	  "Refuses, and names the processes, while any is inside. Needs root.",
	  down_options, .run = cmd_net },
	{ "reattach", "NAME UPLINK", "Let a network leave by another device",
	  "Sessions and their processes stay. Until the next up, which goes by\n"
	  "runns.conf(5) again. Needs root.",
	  .run = cmd_net },
	{ "status", "[NAME...]", "Show networks: addresses, uplink, processes",
	  "Needs root.", status_options, .run = cmd_net },
	{ "gc", "", "Remove what crashes have left behind",
	  "Also takes down networks with Linger=no that nobody is in.\n"
	  "Needs root.",
	  .run = cmd_net },
	{ "refresh", "[NAME...]", "Put back what lies over files of /etc",
	  "After the host has replaced a file that members of a network see\n"
	  "another of. Needs root.",
	  .run = cmd_net },
	{ "check", "[FILE...]", "Find errors in runns.map and runns.conf",
	  "Without FILE the installed files are checked, and who may write to\n"
	  "them. Exits 1 if there is any finding.",
	  cmd_check_options, .run = cmd_check },
	{ "explain", "USER [SERVICE]", "Tell where a session of USER would live, and why",
	  "SERVICE is the PAM service that opens the session (default: login).",
	  cmd_explain_options, .run = cmd_explain },
	{ "forward", "[ADDR:]PORT:HOST:PORT[/udp]...",
	  "Forward ports between this network and another",
	  "Listens at ADDR (default: 127.0.0.1, all: *) and PORT here, and connects\n"
	  "to HOST and PORT from the other network. IPv6 addresses stand in brackets.\n"
	  "Runs until it is interrupted.",
	  cmd_forward_options, .run = cmd_forward },
	{ "unshare", "[--] [PROGRAM [ARGUMENT...]]",
	  "Start a program in namespaces of your own, without any privilege",
	  "User, mount and network namespace, and those that options name. Without\n"
	  "PROGRAM your shell. Ends as the program does; 125: it was not started,\n"
	  "126: it cannot be executed, 127: it was not found.",
	  cmd_unshare_options, .starts = true, .run = cmd_unshare },
	{ "attach", "", "Carry the packets of a VPN into namespaces of your own",
	  "For openconnect --script-tun --script \"runnsctl attach --name ID\". With\n"
	  "the VPN the network of the instance goes. Started by anything else it\n"
	  "fails.",
	  cmd_attach_options, .run = cmd_attach },
	{ "publish", "[ADDR:]HOST:PORT[/udp]...|--list",
	  "Let ports of the host lead into an instance of unshare",
	  "Listens at ADDR (default: 127.0.0.1, all: *) and HOST outside; PORT is\n"
	  "where a program inside listens at its 127.0.0.1 or at all addresses.",
	  cmd_publish_options, .run = cmd_publish },
	{ "help", "[COMMAND]", "Show help", "", .run = cmd_help },
	{ "__forward-far", "", "The other end of forward", "",
	  .run = cmd_forward_far },
	{ "__names", "", "Names of namespaces", "", .run = cmd_names },
	{ "__kinds", "", "Kinds of networks", "", .run = cmd_kinds },
	{ "__commands", "", "Names of commands", "", .run = cmd_commands },
	{ "__options", "COMMAND", "Options of a command", "",
	  .run = cmd_options },
	{ "__bin", "NAME", "Look after the program of a network", "",
	  .run = cmd_net },
	{ "__vpn", "NAME", "Look after the VPNs of a network", "",
	  .run = cmd_net },
	{ "__start", "REPORT TERMINAL PROGRAM...", "Last steps of run", "",
	  .starts = true, .run = cmd_start },
};

static bool is_hidden(const struct command *command)
{
	return strncmp(command->name, "__", 2) == 0;
}

const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

void command_each(void (*fn)(const struct command *command))
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!is_hidden(&commands[i]))
			fn(&commands[i]);
}

static void show_synopsis(const struct command *command)
{
	printf("  %-9s %s\n", command->name, command->synopsis);
}

static void show_completion(const struct command *command)
{
	printf("%s\t%s\n", command->name, command->synopsis);
}

static void help_all(FILE *to)
{
	fputs("usage: runnsctl COMMAND [ARGUMENT...]\n"
	      "       runnsctl help [COMMAND] | -h | --help\n"
	      "       runnsctl -V | --version\n", to);
	if (to != stdout)
		return;
	puts("\nWhich network each user lives in: runns.map(5).\n"
	     "What each network is: runns.conf(5).\n\nCommands:");
	command_each(show_synopsis);
	puts("\nOptions of former versions: runnsctl --program PROGRAM\n"
	     "--set-netns /run/netns/NAME [-- ARGUMENT...], see runnsctl(8).");
}

static int unknown_command(const char *name)
{
	return cli_usage_error(NULL, "%s: no such command in version " PACKAGE_VERSION,
			       name);
}

static int cmd_help(const struct command *command, int argc, char **argv)
{
	const struct command *about;

	if (argc > 2)
		return cli_usage_error(command, "help: one COMMAND expected");
	if (argc < 2) {
		help_all(stdout);
		return EXIT_OK;
	}
	about = command_find(argv[1]);
	if (!about || is_hidden(about))
		return unknown_command(argv[1]);
	cli_help(about);
	return EXIT_OK;
}

static int cmd_commands(const struct command *command, int argc, char **argv)
{
	(void)command;
	(void)argc;
	(void)argv;
	command_each(show_completion);
	return EXIT_OK;
}

static int cmd_options(const struct command *command, int argc, char **argv)
{
	const struct command *of = argc == 2 ? command_find(argv[1]) : NULL;
	const struct cli_option *o;

	if (!of)
		return cli_usage_error(command, "__options: COMMAND expected");
	for (o = of->options; o && o->name; o++)
		printf("--%s\t%s\n", o->name, o->text);
	return EXIT_OK;
}

static bool wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

static int run_command(int argc, char **argv)
{
	const struct command *command = command_find(argv[0]);

	if (!command)
		return unknown_command(argv[0]);
	if (!command->starts && wants_help(argc, argv)) {
		cli_help(command);
		return EXIT_OK;
	}
	return command->run(command, argc, argv);
}

static int run(int argc, char **argv)
{
	if (argc < 2) {
		help_all(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		help_all(stdout);
		return EXIT_OK;
	}
	if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0) {
		puts("runnsctl " PACKAGE_VERSION);
		return EXIT_OK;
	}
	if (argv[1][0] == '-')
		return historic(argc, argv);
	return run_command(argc - 1, argv + 1);
}

/* The names that the program has. */
static int run_as(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "";

	if (strcmp(name, "build-net") == 0)
		return historic_build_net(argc, argv);
	if (strcmp(name, "clean-net") == 0)
		return historic_clean_net(argc, argv);
	if (strcmp(name, "vpnns") == 0)
		return vpnns(argc, argv);
	return run(argc, argv);
}

int main(int argc, char **argv)
{
	int status, r;

	cli_use_stderr();
	status = run_as(argc, argv);
	r = out_close();
	if (r < 0) {
		cli_error("standard output: %s", strerror(-r));
		return EXIT_FAILED;
	}
	return status;
}
