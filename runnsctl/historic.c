/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * historic.c - the options that runnsctl had before it had commands
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/policy/name.h"
#include "runnsctl/historic.h"
#include "runnsctl/launch.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/service.h"

enum { OPT_SET_NETNS = 256, OPT_SOCKET, OPT_RESOLV };

static const struct cli_option options[] = {
	{ 'p', "program", "PROGRAM", "start PROGRAM and return" },
	{ OPT_SET_NETNS, "set-netns", "/run/netns/NAME", "where to start it" },
	{ OPT_RESOLV, "resolv", "FILE", "in place of its resolv.conf" },
	{ 't', "create-ptms", NULL, "give it a terminal" },
	{ OPT_SOCKET, "socket", "SOCKET", "let the service there start it" },
	{ 'v', "verbose", NULL, "tell what is done" },
	{ 'l', "list", NULL, "list the processes that were started" },
	{ 's', "stop", NULL, "stop the service" },
	{ 'f', "forward-port", "IP:PORT:/run/netns/NAME:PROTOCOL",
	  "let a port there lead here" },
	{ 0 },
};

/* For messages and options; it is not in the table of commands. */
static const struct command personality = {
	.name = "run",
	.options = options,
};

/**
 * struct wishes - what the words ask for
 */
struct wishes {
	struct launch launch;
	const char *program;
	const char *netns;
	const char *forward;
	bool list;
	bool stop;
};

const char *historic_netns(const char *path)
{
	static const char *const dirs[] = { "/run/netns/", "/var/run/netns/" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		size_t len = strlen(dirs[i]);
		struct slice name = { path + len, 0 };

		if (strncmp(path, dirs[i], len) != 0)
			continue;
		name.len = strlen(name.p);
		return name_is_valid(name) ? name.p : NULL;
	}
	return NULL;
}

/* Return: where the option's value goes, NULL if it has none. */
static const char **value_of(struct wishes *w, int code)
{
	switch (code) {
	case 'p':
		return &w->program;
	case 'f':
		return &w->forward;
	case OPT_SET_NETNS:
		return &w->netns;
	case OPT_RESOLV:
		return &w->launch.resolv;
	case OPT_SOCKET:
		return &w->launch.socket;
	default:
		return NULL;
	}
}

static int take_option(void *ctx, int code, char *arg)
{
	struct wishes *w = ctx;
	const char **value = value_of(w, code);

	if (value && *value)
		return cli_usage_error(NULL, "\"%s\" after \"%s\": which one?",
				       arg, *value);
	if (value)
		*value = arg;
	else if (code == 't')
		w->launch.pty = true;
	else if (code == 'v')
		w->launch.verbose = true;
	else if (code == 'l')
		w->list = true;
	else
		w->stop = true;
	return 0;
}

/* What was started is the program's own name and then these words. */
static char **program_words(const char *program, int argc, char **argv)
{
	char **words = calloc((size_t)argc + 2, sizeof(*words));

	if (!words)
		return NULL;
	words[0] = (char *)program;
	for (int i = 0; i < argc; i++)
		words[i + 1] = argv[i];
	return words;
}

static int start_program(struct wishes *w, int argc, char **argv)
{
	int status;

	if (!w->program || !w->netns)
		return cli_usage_error(NULL, "--program and --set-netns belong together");
	w->launch.name = historic_netns(w->netns);
	if (!w->launch.name)
		return cli_usage_error(NULL, "--set-netns %s: say /run/netns/NAME",
				       w->netns);
	if (w->launch.verbose)
		log_msg(LOG_INFO, "%s in %s", w->program, w->launch.name);
	w->launch.program = program_words(w->program, argc, argv);
	if (!w->launch.program) {
		cli_error("out of memory");
		return EXIT_OWN;
	}
	status = launch_run(&w->launch);
	free(w->launch.program);
	return status;
}

/* Takes the last field off: what is behind the last colon. */
static char *field_last(char *text)
{
	char *colon = strrchr(text, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

bool historic_forward(char *text, struct historic_forward *out)
{
	static const char *const protocols[][2] = {
		{ "tcp4", "" }, { "tcp6", "" }, { "udp4", "/udp" },
		{ "udp6", "/udp" },
	};
	const char *protocol = field_last(text);
	const char *netns = protocol ? field_last(text) : NULL;
	const char *port = netns ? field_last(text) : NULL;
	bool v6;
	int n;

	out->name = netns ? historic_netns(netns) : NULL;
	for (size_t i = 0; port && i < ARRAY_SIZE(protocols); i++) {
		if (strcmp(protocol, protocols[i][0]) != 0)
			continue;
		v6 = protocol[3] == '6';
		n = snprintf(out->spec, sizeof(out->spec),
			     v6 ? "[%s]:%s:[::1]:%s%s" :
				  "%s:%s:127.0.0.1:%s%s",
			     text, port, port, protocols[i][1]);
		return out->name && n > 0 && (size_t)n < sizeof(out->spec);
	}
	return false;
}

static int forward_port(const struct wishes *w)
{
	const struct command *forward = command_find("forward");
	_cleanup_free_ char *text = strdup(w->forward);
	struct historic_forward f;
	char *words[] = { (char *)"forward", (char *)"-R", (char *)"-n", NULL,
			  f.spec, NULL, NULL };

	if (!text || !historic_forward(text, &f))
		return cli_usage_error(NULL, "--forward-port %s: not IP:PORT:/run/netns/NAME:tcp4",
				       w->forward);
	words[3] = (char *)f.name;
	if (w->launch.verbose)
		words[5] = (char *)"-v";
	return forward->run(forward, w->launch.verbose ? 6 : 5, words);
}

int historic(int argc, char **argv)
{
	struct wishes w = { .launch = { .what = "--program", .detach = true } };
	int first = cli_parse(&personality, argc, argv, take_option, &w);
	bool starts = w.program || w.netns;

	if (first < 0)
		return EXIT_USAGE;
	if (starts + w.list + w.stop + (w.forward != NULL) != 1)
		return cli_usage_error(NULL, "one of --program, --list, --stop "
					     "and --forward-port expected");
	if (starts)
		return start_program(&w, argc - first, argv + first);
	if (first < argc)
		return cli_usage_error(NULL, "\"%s\": what for?", argv[first]);
	if (w.forward)
		return forward_port(&w);
	return w.list ? service_list(w.launch.socket) :
			service_stop(w.launch.socket);
}
