/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * historic_net.c - build-net and clean-net: their words, as runns-net takes
 * them
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "runnsctl/historic_net.h"
#include "runnsctl/runnsctl.h"

enum { WORDS_MAX = 16, OPT_KILL = 256 };

/**
 * struct words - the command line for runns-net
 * @name:	of the network, NULL if it was not said
 * @uplink:	clean-net: the other device, NULL if it is to go
 */
struct words {
	char *list[WORDS_MAX];
	int n;
	char *name;
	char *uplink;
};

static const char build_help[] =
	"usage: build-net [OPTION...]\n\n"
	"Builds a network. Needs root.\n\n"
	"  -n, --name NAME      its name; without it vpn1, vpn2, ...\n"
	"  -s, --section NAME   the section of /etc/runns.conf to build it from\n"
	"  -i, --int NAME       name of the host's end; else that of the network\n"
	"  -o, --out DEVICE     the device that it leaves by\n"
	"  -r, --resolve FILE   resolv.conf for it\n"
	"  -h, --help           show this help\n";

static const char clean_help[] =
	"usage: clean-net -n NAME [OPTION...]\n\n"
	"Takes a network down that build-net or runnsctl up has built. While\n"
	"processes are inside it asks before it ends them. Needs root.\n\n"
	"  -n, --name NAME         the network\n"
	"  -r, --reattach DEVICE   do not take it down, let it leave by DEVICE\n"
	"  -f, --disable-forward   turn the host's IPv4 forwarding off\n"
	"      --kill              do not ask\n"
	"  -h, --help              show this help\n";

static const struct option build_options[] = {
	{ "name", required_argument, NULL, 'n' },
	{ "section", required_argument, NULL, 's' },
	{ "int", required_argument, NULL, 'i' },
	{ "out", required_argument, NULL, 'o' },
	{ "resolve", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct option clean_options[] = {
	{ "name", required_argument, NULL, 'n' },
	{ "reattach", required_argument, NULL, 'r' },
	{ "disable-forward", no_argument, NULL, 'f' },
	{ "kill", no_argument, NULL, OPT_KILL },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void word_add(struct words *w, const char *word)
{
	/* execv(3) does not write to them. */
	if (w->n < WORDS_MAX - 1)
		w->list[w->n++] = (char *)word;
}

static void pair_add(struct words *w, const char *option, const char *value)
{
	word_add(w, option);
	word_add(w, value);
}

/* Return: 0 to go on; else the exit status plus 1. */
static int build_option(struct words *w, int option)
{
	switch (option) {
	case 'n':
		w->name = optarg;
		return 0;
	case 's':
		pair_add(w, "--section", optarg);
		return 0;
	case 'i':
		pair_add(w, "--interface-in", optarg);
		return 0;
	case 'o':
		pair_add(w, "--uplink", optarg);
		return 0;
	case 'r':
		pair_add(w, "--resolve", optarg);
		return 0;
	case 'h':
		fputs(build_help, stdout);
		return 1 + EXIT_OK;
	default:
		fputs(build_help, stderr);
		return 1 + EXIT_USAGE;
	}
}

static int clean_option(struct words *w, int option)
{
	switch (option) {
	case 'n':
		w->name = optarg;
		return 0;
	case 'r':
		w->uplink = optarg;
		return 0;
	case 'f':
		word_add(w, "--forward-off");
		return 0;
	case OPT_KILL:
		word_add(w, "--kill");
		return 0;
	case 'h':
		fputs(clean_help, stdout);
		return 1 + EXIT_OK;
	default:
		fputs(clean_help, stderr);
		return 1 + EXIT_USAGE;
	}
}

int historic_build_net(int argc, char **argv)
{
	struct words w = { 0 };
	int option, r = 0;

	word_add(&w, "build-net");
	while (r == 0 && (option = getopt_long(argc, argv, "n:s:i:o:r:h",
					       build_options, NULL)) != -1)
		r = build_option(&w, option);
	if (r == 0 && optind < argc)
		r = build_option(&w, '?');
	if (r > 0)
		return r - 1;
	if (w.name)
		pair_add(&w, "--", w.name);
	return cmd_net(NULL, w.n, w.list);
}

/* The words so far are of no use to it. */
static int reattach(const struct words *clean)
{
	struct words w = { 0 };

	if (clean->n > 1) {
		cli_error("clean-net: -r stands alone with -n");
		return EXIT_USAGE;
	}
	word_add(&w, "reattach");
	pair_add(&w, "--", clean->name);
	word_add(&w, clean->uplink);
	return cmd_net(NULL, w.n, w.list);
}

int historic_clean_net(int argc, char **argv)
{
	struct words w = { 0 };
	int option, r = 0;

	word_add(&w, "clean-net");
	while (r == 0 && (option = getopt_long(argc, argv, "n:r:fh",
					       clean_options, NULL)) != -1)
		r = clean_option(&w, option);
	if (r == 0 && (!w.name || optind < argc))
		r = clean_option(&w, '?');
	if (r > 0)
		return r - 1;
	if (w.uplink)
		return reattach(&w);
	pair_add(&w, "--", w.name);
	return cmd_net(NULL, w.n, w.list);
}
