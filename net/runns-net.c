/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runns-net.c - builds and removes networks; runnsctl starts it
 *
 * All that needs netlink or a firewall's library is in this program, so that
 * neither a login nor a launch ever loads them.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "net/cmd.h"
#include "net/crew.h"

static const struct command commands[] = {
	{ "up", cmd_up, "NAME...|--all",
	  "build networks, or mend those that stand" },
	{ "down", cmd_down, "NAME...|--all [--kill]",
	  "take networks down" },
	{ "reattach", cmd_reattach, "NAME UPLINK",
	  "let a network leave by another device" },
	{ "status", cmd_status, "[NAME...] [--json|--dot|--watch]",
	  "say what is there" },
	{ "gc", cmd_gc, "[--idle] [NAME...]",
	  "clear what killed builders have left" },
	{ "view", cmd_view, "NAME...",
	  "prepare what those who log in will see" },
	{ "refresh", cmd_refresh, "[NAME...]",
	  "put files back that cover those of /etc" },
	{ "__blocks", cmd_blocks, "",
	  "name chains that drop what networks forward" },
	{ "__bin", cmd_bin, "NAME [--daemon]",
	  "look after the program of a network" },
	{ "__vpn", cmd_vpn, "NAME [--daemon]",
	  "look after the VPNs of a network" },
	{ "__veth", cmd_veth, "UID <NAMESPACE",
	  "connect a namespace of a user's own" },
	{ "build-net", cmd_build_net, "[NAME]",
	  "build one network, under the next free name" },
	{ "clean-net", cmd_clean_net, "NAME [--kill]",
	  "take one network down, after a question" },
};

enum { WAIT_S = 30, WAIT_MAX_S = 86400, WATCH_S = 2, WATCH_MAX_S = 86400 };

enum {
	OPT_CONF = 256,
	OPT_SECTION,
	OPT_LOGIN,
	OPT_ALL,
	OPT_KILL,
	OPT_IDLE,
	OPT_JSON,
	OPT_DRY_RUN,
	OPT_INTERFACE_IN,
	OPT_UPLINK,
	OPT_RESOLVE,
	OPT_FORWARD_OFF,
	OPT_DAEMON,
	OPT_WAIT,
	OPT_WATCH,
	OPT_DOT,
};

static const struct option long_options[] = {
	{ "conf", required_argument, NULL, OPT_CONF },
	{ "section", required_argument, NULL, OPT_SECTION },
	{ "login", no_argument, NULL, OPT_LOGIN },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "kill", no_argument, NULL, OPT_KILL },
	{ "idle", no_argument, NULL, OPT_IDLE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "interface-in", required_argument, NULL, OPT_INTERFACE_IN },
	{ "uplink", required_argument, NULL, OPT_UPLINK },
	{ "resolve", required_argument, NULL, OPT_RESOLVE },
	{ "forward-off", no_argument, NULL, OPT_FORWARD_OFF },
	{ "daemon", no_argument, NULL, OPT_DAEMON },
	{ "wait", optional_argument, NULL, OPT_WAIT },
	{ "watch", optional_argument, NULL, OPT_WATCH },
	{ "dot", no_argument, NULL, OPT_DOT },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* To the caller, and to the log where nobody looks on. */
static void sink_write(void *ctx, int priority, const char *line)
{
	const struct options *o = ctx;

	if (!o->quiet || priority < LOG_WARNING)
		fprintf(stderr, "runnsctl: %s\n", line);
	if (!isatty(STDERR_FILENO))
		syslog(LOG_DAEMON | priority, "%s", line);
}

static void usage(FILE *to)
{
	size_t i;

	fputs("usage: runnsctl COMMAND [OPTION...] [NAME...]\n", to);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %-7s %-24s %s\n", commands[i].name,
			commands[i].args, commands[i].description);
	fputs("options: --conf FILE, --section SECTION, --dry-run, -q, -v\n",
	      to);
}

static int option_wait(struct options *o)
{
	uint64_t seconds = WAIT_S;

	if (optarg && num_parse(optarg, strlen(optarg), WAIT_MAX_S,
				&seconds) < 0) {
		usage(stderr);
		return EXIT_USAGE;
	}
	o->wait = true;
	o->wait_s = (unsigned int)seconds;
	return -1;
}

static int option_watch(struct options *o)
{
	uint64_t seconds = WATCH_S;

	if (optarg && (num_parse(optarg, strlen(optarg), WATCH_MAX_S,
				 &seconds) < 0 || seconds == 0)) {
		usage(stderr);
		return EXIT_USAGE;
	}
	o->watch = true;
	o->watch_s = (unsigned int)seconds;
	return -1;
}

/* -1: go on; else the exit status. */
static int option_set(struct options *o, int opt)
{
	switch (opt) {
	case OPT_CONF:
		o->conf = optarg;
		break;
	case OPT_SECTION:
		o->section = optarg;
		break;
	case OPT_LOGIN:
		o->login = true;
		break;
	case OPT_ALL:
		o->all = true;
		break;
	case OPT_KILL:
		o->kill = true;
		break;
	case OPT_IDLE:
		o->idle = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_DRY_RUN:
		o->dry_run = true;
		break;
	case OPT_INTERFACE_IN:
		o->override.interface_in = optarg;
		break;
	case OPT_UPLINK:
		o->override.uplink = optarg;
		break;
	case OPT_RESOLVE:
		o->override.resolve = optarg;
		break;
	case OPT_FORWARD_OFF:
		o->forward_off = true;
		break;
	case OPT_DAEMON:
		o->daemon = true;
		break;
	case OPT_WAIT:
		return option_wait(o);
	case OPT_WATCH:
		return option_watch(o);
	case OPT_DOT:
		o->dot = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'h':
		usage(stdout);
		return 0;
	case 'V':
		puts("runns-net (" PACKAGE_STRING ")");
		return 0;
	default:
		usage(stderr);
		return EXIT_USAGE;
	}
	return -1;
}

static const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* Is what was given what the command can use? */
static bool command_fits(const struct command *c, const struct options *o,
			 int n)
{
	const struct override *over = &o->override;
	bool historic = c->run == cmd_build_net;
	bool builds = c->run == cmd_up || c->run == cmd_down;
	bool looks_after = c->run == cmd_vpn || c->run == cmd_bin;
	bool overrides = over->interface_in || over->uplink || over->resolve;

	if (builds && (n > 0) == o->all)
		return false;
	if (((looks_after || c->run == cmd_veth) && n != 1) ||
	    (c->run == cmd_blocks && n))
		return false;
	if ((c->run == cmd_reattach && n != 2) || (historic && n > 1) ||
	    (c->run == cmd_clean_net && n != 1))
		return false;
	return !(o->section && ((c->run != cmd_up && !historic) || o->all)) &&
	       !(overrides && !historic) &&
	       !(o->forward_off && c->run != cmd_clean_net) &&
	       !(o->kill && c->run != cmd_down && c->run != cmd_clean_net) &&
	       !(o->idle && c->run != cmd_gc) &&
	       !((o->json || o->dot || o->watch) && c->run != cmd_status) &&
	       o->json + o->dot + o->watch <= 1 &&
	       !(o->daemon && !looks_after) &&
	       !(o->wait && c->run != cmd_up && c->run != cmd_down);
}

static int command_run(const struct command *c, const struct options *o,
		       char **names, int n)
{
	struct host h = HOST_CLOSED;
	int status = EXIT_FAILED;

	umask(022);
	if (host_enter() == 0 && host_open(&h) == 0)
		status = c->run(&h, o, names, n);
	crew_ends(&h);
	host_close(&h);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct log_sink sink = { .write = sink_write, .ctx = &o };
	const struct command *c;
	int opt, status;

	log_set_sink(&sink);
	while ((opt = getopt_long(argc, argv, "qvhV", long_options,
				  NULL)) != -1) {
		status = option_set(&o, opt);
		if (status >= 0)
			return status;
	}
	c = optind < argc ? command_find(argv[optind]) : NULL;
	if (!c || !command_fits(c, &o, argc - optind - 1)) {
		usage(stderr);
		return EXIT_USAGE;
	}
	sink.debug = o.verbose;
	return command_run(c, &o, argv + optind + 1, argc - optind - 1);
}
