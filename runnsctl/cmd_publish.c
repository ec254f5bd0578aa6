/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_publish.c - runnsctl publish: ports that lead into an instance
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runnsctl/forward/channel.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/unshare/control.h"
#include "runnsctl/unshare/instance.h"

enum { OPT_NAME = 256, OPT_STATE, OPT_LIST };

const struct cli_option cmd_publish_options[] = {
	{ OPT_NAME, "name", "ID", "the instance; default: default" },
	{ OPT_STATE, "state", "DIR", "directory of the instance" },
	{ 'd', "delete", NULL, "publish it no more" },
	{ OPT_LIST, "list", NULL, "show what is published" },
	{ 0 },
};

/** struct words - what the options say */
struct words {
	const char *name;
	const char *state;
	bool remove;
	bool list;
};

static int take(void *ctx, int code, char *arg)
{
	struct words *w = ctx;

	if (code == OPT_NAME)
		w->name = arg;
	else if (code == OPT_STATE)
		w->state = arg;
	else if (code == OPT_LIST)
		w->list = true;
	else
		w->remove = true;
	return 0;
}

/* Return: 0 and @answer, or -errno. */
static int talk(int keeper, const struct control_ask *ask,
		struct control_answer *answer)
{
	int none[CHANNEL_FDS_MAX];
	size_t n;
	int r = channel_send(keeper, ask, sizeof(*ask), NULL, 0);

	if (r == 0)
		r = channel_recv(keeper, answer, sizeof(*answer), none, &n);
	return r < 0 ? r : answer->error;
}

static int list(const struct words *w)
{
	const struct control_ask ask = { .what = CONTROL_PORTS };
	_cleanup_close_ int keeper = instance_connect(w->name, w->state);
	struct control_answer answer;
	struct control_port port;
	int none[CHANNEL_FDS_MAX];
	size_t n;
	int r = keeper;

	if (r < 0)
		return EXIT_FAILED;
	r = talk(keeper, &ask, &answer);
	for (int i = 0; r == 0 && i < answer.flags; i++) {
		r = channel_recv(keeper, &port, sizeof(port), none, &n);
		port.text[sizeof(port.text) - 1] = '\0';
		if (r == 0)
			puts(port.text);
	}
	if (r == 0)
		return EXIT_OK;
	cli_error("publish: %s", strerror(-r));
	return EXIT_FAILED;
}

static const char *explain(int err)
{
	switch (err) {
	case -EEXIST:
		return "is published already";
	case -ENOENT:
		return "is not published";
	case -E2BIG:
		return "is one too many (64)";
	default:
		return strerror(-err);
	}
}

/* Each by a connection of its own: so the keeper never waits for us. */
static int change(const struct words *w, const struct forward_spec *spec)
{
	struct control_ask ask = { .what = w->remove ? CONTROL_UNPUBLISH
						     : CONTROL_PUBLISH };
	_cleanup_close_ int keeper = instance_connect(w->name, w->state);
	struct control_answer answer;
	int r;

	if (keeper < 0)
		return EXIT_FAILED;
	publish_format(spec, ask.text);
	r = talk(keeper, &ask, &answer);
	if (r == 0)
		return EXIT_OK;
	cli_error("publish: %s: %s", ask.text, explain(r));
	return EXIT_FAILED;
}

int cmd_publish(const struct command *command, int argc, char **argv)
{
	struct words w = { 0 };
	int first = cli_parse(command, argc, argv, take, &w);
	int status = EXIT_OK;

	if (first < 0)
		return EXIT_USAGE;
	if (w.list ? first < argc || w.remove : first == argc)
		return cli_usage_error(command, "publish: %s",
				       w.list ? "--list stands alone"
					      : "a port expected");
	if (!w.name && !w.state)
		w.name = "default";
	if (w.list)
		return list(&w);
	for (int i = first; i < argc; i++) {
		struct forward_spec spec;
		const char *why = publish_parse(argv[i], &spec);

		if (why)
			return cli_usage_error(command, "publish: %s: %s",
					       argv[i], why);
		if (change(&w, &spec) != EXIT_OK)
			status = EXIT_FAILED;
	}
	return status;
}
