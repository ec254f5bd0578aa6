/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_attach.c - runnsctl attach: the script program of a VPN
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "runnsctl/attach.h"
#include "runnsctl/unshare/unshare.h"

enum { OPT_NAME = 256, OPT_STATE, OPT_SCRIPT };

enum { FD_TEXT_SIZE = 12, WORDS_MAX = 14 };

static const char engine[] = RUNNS_LIBEXECDIR "/runns-rootless";

const struct cli_option cmd_attach_options[] = {
	{ OPT_NAME, "name", "ID", "the instance; default: default" },
	{ OPT_STATE, "state", "DIR", "directory of the instance" },
	{ OPT_SCRIPT, "script", "PROGRAM", "have PROGRAM set the device up" },
	{ 0 },
};

static int take_option(void *ctx, int code, char *arg)
{
	struct attach_request *attach = ctx;

	switch (code) {
	case OPT_NAME:
		attach->name = arg;
		return 0;
	case OPT_STATE:
		attach->state = arg;
		return 0;
	default:
		attach->script = arg;
		return 0;
	}
}

/**
 * struct engine_words - the engine's command line
 * @texts:	numbers of descriptors
 */
struct engine_words {
	char *list[WORDS_MAX];
	unsigned int n;
	char texts[4][FD_TEXT_SIZE];
	unsigned int n_texts;
};

static void word_add(struct engine_words *w, const char *word)
{
	/* execv(3) does not write to them. */
	w->list[w->n++] = (char *)word;
}

static int fd_add(struct engine_words *w, const char *option, int fd)
{
	char *text = w->texts[w->n_texts++];

	if (fcntl(fd, F_SETFD, 0) < 0)
		return -errno;
	snprintf(text, FD_TEXT_SIZE, "%d", fd);
	word_add(w, option);
	word_add(w, text);
	return 0;
}

static int become(const struct attach_request *attach,
		  const struct instance *instance)
{
	struct engine_words w = { 0 };

	if (instance->ns.fd[NAMESPACE_NET] < 0) {
		cli_error("attach: %s has the host's network: a VPN's goes into "
			  "one of its own", attach->name);
		return EXIT_FAILED;
	}
	word_add(&w, engine);
	word_add(&w, "attach");
	if (fd_add(&w, "--userns", instance->ns.fd[NAMESPACE_USER]) == 0 &&
	    fd_add(&w, "--netns", instance->ns.fd[NAMESPACE_NET]) == 0 &&
	    fd_add(&w, "--mntns", instance->ns.fd[NAMESPACE_MNT]) == 0 &&
	    fd_add(&w, "--dir", instance->dir) == 0) {
		if (attach->script) {
			word_add(&w, "--script");
			word_add(&w, attach->script);
		}
		execv(engine, w.list);
	}
	cli_error("attach: %s: %s", engine, strerror(errno));
	return EXIT_FAILED;
}

int attach_run(const struct attach_request *attach)
{
	struct unshare_request request = {
		.command = attach->command,
		.name = attach->state ? NULL : attach->name,
		.state = attach->state,
		.hostname = attach->hostname,
		.namespaces = attach->hostname ? CLONE_NEWUTS : 0,
	};
	char none[] = "none";
	const char *why = network_parse(none, &request.network);

	if (why) {
		cli_error("attach: network none: %s", why);
		return EXIT_FAILED;
	}
	if (unshare_open(&request) < 0)
		return EXIT_FAILED;
	return become(attach, &request.instance);
}

int cmd_attach(const struct command *command, int argc, char **argv)
{
	struct attach_request attach = { .command = command,
					 .name = "default" };
	int first = cli_parse(command, argc, argv, take_option, &attach);

	if (first < 0)
		return EXIT_USAGE;
	if (first < argc)
		return cli_usage_error(command, "attach: %s: takes no operand",
				       argv[first]);
	return attach_run(&attach);
}
