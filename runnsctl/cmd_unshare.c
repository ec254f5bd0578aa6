/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_unshare.c - runnsctl unshare: its options
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/num.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/shell.h"
#include "runnsctl/unshare/fill.h"
#include "runnsctl/unshare/unshare.h"

enum {
	OPT_NET = 256,
	OPT_NAME,
	OPT_STATE,
	OPT_MAP_ROOT,
	OPT_MAP_USER,
	OPT_MAP_AUTO,
	OPT_UTS,
	OPT_IPC,
	OPT_PID,
	OPT_CGROUP,
	OPT_TIME,
	OPT_MONOTONIC,
	OPT_BOOTTIME,
	OPT_HOSTNAME,
	OPT_ROOT,
	OPT_BIND,
	OPT_TMPFS,
	OPT_COPY_UP,
	OPT_PRE,
	OPT_EXEC,
	OPT_POST,
	OPT_FILL,
	OPT_MTU,
	OPT_IFNAME,
	OPT_CIDR,
	OPT_OUTBOUND,
	OPT_NO_IPV6,
	OPT_NO_DNS,
	OPT_HOST_LOOPBACK,
};

enum {
	KINDS_SIZE = 128,
	HOSTNAME_MAX = 64,
	MTU_MAX = 65535,
	MTU_MIN = 68,
	CLOCK_MAX = 1000000000,
};

const struct cli_option cmd_unshare_options[] = {
	{ OPT_NET, "net", "KIND", "its network; default: none" },
	{ OPT_NAME, "name", "ID", "an instance that later calls join" },
	{ OPT_STATE, "state", "DIR", "directory of the instance" },
	{ OPT_MAP_ROOT, "map-root", NULL, "be root inside" },
	{ OPT_MAP_USER, "map-user", "UID[:GID]", "be this user inside" },
	{ OPT_MAP_AUTO, "map-auto", NULL,
	  "also map the ids of /etc/subuid and /etc/subgid" },
	{ OPT_PID, "pid", NULL, "processes of its own, with an init" },
	{ OPT_IPC, "ipc", NULL, "System V IPC and message queues of its own" },
	{ OPT_UTS, "uts", NULL, "a host name of its own" },
	{ OPT_HOSTNAME, "hostname", "NAME", "this one" },
	{ OPT_CGROUP, "cgroup", NULL, "a view of control groups of its own" },
	{ OPT_TIME, "time", NULL, "clocks of its own" },
	{ OPT_MONOTONIC, "monotonic", "SECONDS", "CLOCK_MONOTONIC ahead" },
	{ OPT_BOOTTIME, "boottime", "SECONDS", "CLOCK_BOOTTIME ahead" },
	{ OPT_ROOT, "root", "DIR", "the root directory" },
	{ OPT_BIND, "bind", "A:B[:ro]", "show A of the host as B" },
	{ OPT_TMPFS, "tmpfs", "DIR", "an empty directory in memory" },
	{ OPT_COPY_UP, "copy-up", "DIR",
	  "what is changed in DIR stays inside" },
	{ OPT_PRE, "pre", "COMMAND", "outside, before" },
	{ OPT_EXEC, "exec", "COMMAND", "inside, before PROGRAM" },
	{ OPT_POST, "post", "COMMAND", "outside, after, whatever happens" },
	{ OPT_FILL, "fill", "DIR", "copy PROGRAMs and their libraries there" },
	{ 'p', "publish", "[ADDR:]HOST:PORT",
	  "let a port of the host lead inside" },
	{ OPT_MTU, "mtu", "BYTES", "of the network's device" },
	{ OPT_IFNAME, "ifname", "NAME", "of the network's device" },
	{ OPT_CIDR, "cidr", "NET/LEN", "addresses inside" },
	{ OPT_OUTBOUND, "outbound", "ADDR", "connect from this address" },
	{ OPT_NO_IPV6, "no-ipv6", NULL, "IPv4 only" },
	{ OPT_NO_DNS, "no-dns", NULL, "no name server" },
	{ OPT_HOST_LOOPBACK, "host-loopback", NULL,
	  "let the host's 127.0.0.1 be reached" },
	{ 'v', "verbose", NULL, "tell how it is done" },
	{ 0 },
};

/** struct words - the request that is being read */
struct words {
	struct unshare_request *request;
	const char *fill;
	bool help;
};

static int usage(const struct words *w, const char *option, const char *arg,
		 const char *why)
{
	return cli_usage_error(w->request->command, "unshare: %s %s: %s",
			       option, arg, why);
}

/* A value that is given twice is a mistake: which one was meant? */
static int take_value(const struct words *w, const char **value, char *arg,
		      const char *option)
{
	if (*value)
		return usage(w, option, arg, "is there twice");
	*value = arg;
	return 0;
}

static int take_net(struct words *w, char *arg)
{
	const char *why = w->request->network.kind
				  ? "is there twice"
				  : network_parse(arg, &w->request->network);
	char kinds[KINDS_SIZE];

	if (!why)
		return 0;
	network_kinds(kinds, sizeof(kinds));
	return cli_usage_error(w->request->command,
			       "unshare: --net %s: %s (there are: %s)", arg,
			       why, kinds);
}

static int take_port(struct words *w, const char *arg)
{
	struct ports *ports = &w->request->ports;
	const char *why = ports->n == PUBLISH_MAX
				  ? "is one too many (64)"
				  : publish_parse(arg, &ports->list[ports->n]);

	if (why)
		return usage(w, "-p", arg, why);
	ports->n++;
	return 0;
}

static int take_mtu(struct words *w, const char *arg)
{
	uint64_t mtu;

	if (num_parse(arg, strlen(arg), MTU_MAX, &mtu) < 0 || mtu < MTU_MIN)
		return usage(w, "--mtu", arg, "is not between 68 and 65535");
	w->request->network.options.mtu = (unsigned int)mtu;
	return 0;
}

static int take_hostname(struct words *w, char *arg)
{
	if (!*arg || strlen(arg) > HOSTNAME_MAX)
		return usage(w, "--hostname", arg, "is not 1 to 64 bytes");
	w->request->namespaces |= CLONE_NEWUTS;
	return take_value(w, &w->request->hostname, arg, "--hostname");
}

/* Return: 1 if @code is none of the network's. */
static int take_network_option(struct words *w, int code, char *arg)
{
	struct network_options *o = &w->request->network.options;

	switch (code) {
	case OPT_NET:
		return take_net(w, arg);
	case 'p':
		return take_port(w, arg);
	case OPT_MTU:
		return take_mtu(w, arg);
	case OPT_IFNAME:
		return take_value(w, &o->ifname, arg, "--ifname");
	case OPT_CIDR:
		return take_value(w, &o->cidr, arg, "--cidr");
	case OPT_OUTBOUND:
		return take_value(w, &o->outbound, arg, "--outbound");
	case OPT_NO_IPV6:
		o->no_ipv6 = true;
		return 0;
	case OPT_NO_DNS:
		o->no_dns = true;
		return 0;
	case OPT_HOST_LOOPBACK:
		o->host_loopback = true;
		return 0;
	default:
		return 1;
	}
}

static int take_commands(struct words *w, struct commands *commands,
			 const char *arg, const char *option)
{
	if (commands->n == COMMANDS_MAX)
		return usage(w, option, arg, "is one too many (32)");
	commands->list[commands->n++] = arg;
	return 0;
}

static int take_mount(struct words *w, enum mount_what what, char *arg,
		      const char *option)
{
	const char *why = mounts_parse(&w->request->mounts, what, arg);

	return why ? usage(w, option, arg, why) : 0;
}

static int take_ids(struct words *w, const char *arg, const char *option)
{
	const char *why = ids_parse(&w->request->ids, arg);

	return why ? usage(w, option, arg, why) : 0;
}

static int take_clock(struct words *w, long long *clock, const char *arg,
		      const char *option)
{
	const char *digits = arg[0] == '-' ? arg + 1 : arg;
	uint64_t value;

	if (num_parse(digits, strlen(digits), CLOCK_MAX, &value) < 0)
		return usage(w, option, arg, "is no number of seconds");
	*clock = digits == arg ? (long long)value : -(long long)value;
	w->request->namespaces |= CLONE_NEWTIME;
	return 0;
}

/* Return: 1 if @code is none of them. */
static int take_place_option(struct words *w, int code, char *arg)
{
	struct unshare_request *r = w->request;

	switch (code) {
	case OPT_ROOT:
		return take_value(w, &r->mounts.root, arg, "--root");
	case OPT_BIND:
		return take_mount(w, MOUNT_BIND, arg, "--bind");
	case OPT_TMPFS:
		return take_mount(w, MOUNT_TMPFS, arg, "--tmpfs");
	case OPT_COPY_UP:
		return take_mount(w, MOUNT_COPY_UP, arg, "--copy-up");
	case OPT_PRE:
		return take_commands(w, &r->pre, arg, "--pre");
	case OPT_EXEC:
		return take_commands(w, &r->exec, arg, "--exec");
	case OPT_FILL:
		return take_value(w, &w->fill, arg, "--fill");
	case OPT_POST:
		return take_commands(w, &r->post, arg, "--post");
	default:
		return take_network_option(w, code, arg);
	}
}

static int take_namespace(struct words *w, int flag)
{
	w->request->namespaces |= flag;
	return 0;
}

static int take_option(void *ctx, int code, char *arg)
{
	struct words *w = ctx;

	switch (code) {
	case OPT_NAME:
		return take_value(w, &w->request->name, arg, "--name");
	case OPT_STATE:
		return take_value(w, &w->request->state, arg, "--state");
	case OPT_MAP_ROOT:
		return take_ids(w, "0", "--map-root");
	case OPT_MAP_USER:
		return take_ids(w, arg, "--map-user");
	case OPT_MAP_AUTO:
		w->request->ids.is_auto = true;
		return 0;
	case OPT_UTS:
		return take_namespace(w, CLONE_NEWUTS);
	case OPT_IPC:
		return take_namespace(w, CLONE_NEWIPC);
	case OPT_PID:
		return take_namespace(w, CLONE_NEWPID);
	case OPT_CGROUP:
		return take_namespace(w, CLONE_NEWCGROUP);
	case OPT_TIME:
		return take_namespace(w, CLONE_NEWTIME);
	case OPT_MONOTONIC:
		return take_clock(w, &w->request->clocks.monotonic, arg,
				  "--monotonic");
	case OPT_BOOTTIME:
		return take_clock(w, &w->request->clocks.boottime, arg,
				  "--boottime");
	case OPT_HOSTNAME:
		return take_hostname(w, arg);
	case 'v':
		w->request->verbose = true;
		return 0;
	case 'h':
		w->help = true;
		return 0;
	default:
		return take_place_option(w, code, arg);
	}
}

/* Return: 0, or EXIT_OWN after a usage error. */
static int check_network(struct unshare_request *request)
{
	struct network *n = &request->network;
	static char none[] = "none";
	const char *why = n->kind ? NULL : network_parse(none, n);

	if (!why && n->kind->is_host && request->ports.n)
		why = "its ports need not be published";
	if (!why && n->kind->check)
		why = n->kind->check(n);
	if (!why)
		return 0;
	return cli_usage_error(request->command, "unshare: --net %s: %s",
			       n->kind->name, why);
}

/* Return: what is run if no program is named, or NULL after a message. */
static char *default_program(void)
{
	const char *shell = shell_find();

	if (!shell)
		cli_error("unshare: uid %u has no account: set SHELL",
			  (unsigned int)getuid());
	/* execve(2) does not write to it. */
	return (char *)shell;
}

int cmd_kinds(const struct command *command, int argc, char **argv)
{
	char kinds[KINDS_SIZE];
	char *rest = NULL;

	(void)command;
	(void)argc;
	(void)argv;
	network_kinds(kinds, sizeof(kinds));
	for (char *word = strtok_r(kinds, ", ", &rest); word;
	     word = strtok_r(NULL, ", ", &rest))
		puts(word);
	return EXIT_OK;
}

static int fill(const struct words *w, char **programs)
{
	if (!programs[0])
		return cli_usage_error(w->request->command,
				       "unshare: --fill %s: PROGRAM expected",
				       w->fill);
	return fill_root(w->fill, programs) < 0 ? EXIT_OWN : EXIT_OK;
}

int cmd_unshare(const struct command *command, int argc, char **argv)
{
	struct unshare_request request = { .command = command };
	struct words words = { .request = &request };
	char *shell[2] = { 0 };
	int first = cli_parse(command, argc, argv, take_option, &words);

	if (first < 0)
		return EXIT_OWN;
	if (words.help) {
		cli_help(command);
		return EXIT_OK;
	}
	if (words.fill)
		return fill(&words, argv + first);
	if (check_network(&request) != 0)
		return EXIT_OWN;
	request.program = argv + first;
	if (first == argc)
		request.program = NULL;
	if (first == argc && request.exec.n == 0) {
		shell[0] = default_program();
		if (!shell[0])
			return EXIT_OWN;
		request.program = shell;
	}
	return unshare_run(&request);
}
