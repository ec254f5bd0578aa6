/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpnns.c - vpnns(1): the options of ocproxy's program of this name
 */
#include "config.h"

#include "runnsctl/vpnns.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/name.h"
#include "lib/sys/exec.h"
#include "runnsctl/attach.h"
#include "runnsctl/shell.h"
#include "runnsctl/unshare/place.h"
#include "runnsctl/unshare/unshare.h"

static const char help[] =
	"usage: vpnns [--name NAME] [[--] PROGRAM [ARGUMENT...]]\n"
	"       vpnns [--name NAME] [--script PROGRAM] --attach\n\n"
	"Starts PROGRAM, or a shell, where there is no network but the VPN that\n"
	"is attached.\n\n"
	"  -a, --attach           carry the packets of the VPN that starts this\n"
	"  -n, --name NAME        which of several; without it default\n"
	"  -s, --script PROGRAM   have PROGRAM set the VPN's device up\n"
	"  -v, --version          show the version\n"
	"  -h, --help             show this help\n";

static const struct option options[] = {
	{ "attach", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ "name", required_argument, NULL, 'n' },
	{ "script", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'v' },
	{ 0 },
};

/* For messages of what it calls; it is not in the table of commands. */
static const struct command personality = { .name = "vpnns", .starts = true };

struct words {
	const char *name;
	const char *script;
	bool attach;
};

/* Return: 0 to go on; else the exit status plus 1. */
static int on_option(struct words *w, int code)
{
	switch (code) {
	case 'a':
		w->attach = true;
		return 0;
	case 'n':
		w->name = optarg;
		return 0;
	case 's':
		w->script = optarg;
		return 0;
	case 'h':
		fputs(help, stdout);
		return 1 + EXIT_OK;
	case 'v':
		puts("vpnns (" PACKAGE_STRING ")");
		return 1 + EXIT_OK;
	default:
		fputs(help, stderr);
		return 1 + EXIT_FAILED;
	}
}

/*
 * ocproxy's let others look into the directory, which whoever can reach the
 * socket in it must not.
 */
static int close_to_others(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY |
				      O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != getuid())
		return -EPERM;
	return fchmod(fd, 0700) < 0 ? -errno : 0;
}

/* Return: 0 and the path of the directory in @path. */
static int find_state(const struct words *w, struct buf *path)
{
	const char *directory = place_home();
	int err;

	if (!directory) {
		cli_error("vpnns: no home directory: set HOME");
		return -ENOENT;
	}
	if (!name_is_valid((struct slice){ w->name, strlen(w->name) })) {
		cli_error("vpnns: %s: not a name", w->name);
		return -EINVAL;
	}
	buf_addf(path, "%s/.vpnns-%s", directory, w->name);
	err = buf_status(path);
	if (err == 0)
		err = close_to_others(path->text);
	if (err)
		cli_error("vpnns: %s: %s", path->text, strerror(-err));
	return err;
}

/* @program has room for one more, which is NULL. */
static int start(const struct words *w, const char *state, char **program)
{
	struct unshare_request request = {
		.command = &personality,
		.state = state,
		.namespaces = CLONE_NEWUTS,
		.hostname = w->name,
		.program = program,
	};
	char none[] = "none";
	char *shell[2] = { NULL };

	if (network_parse(none, &request.network))
		return EXIT_OWN;
	if (!program[0]) {
		/* execve(2) does not write to it. */
		shell[0] = (char *)shell_find();
		request.program = shell;
	}
	if (!request.program[0]) {
		cli_error("vpnns: there is no shell: set SHELL");
		return EXIT_OWN;
	}
	return unshare_run(&request);
}

int vpnns(int argc, char **argv)
{
	struct words w = { .name = "default" };
	BUF(state, PATH_MAX);
	int code, r = 0;

	while (r == 0 && (code = getopt_long(argc, argv, "+ahn:s:v", options,
					     NULL)) != -1)
		r = on_option(&w, code);
	if (r == 0 && w.attach && optind < argc)
		r = on_option(&w, '?');
	if (r > 0)
		return r - 1;
	if (find_state(&w, &state) < 0)
		return EXIT_FAILED;
	if (w.attach) {
		struct attach_request attach = {
			.command = &personality,
			.name = w.name,
			.state = state.text,
			.hostname = w.name,
			.script = w.script,
		};

		return attach_run(&attach);
	}
	return start(&w, state.text, argv + optind);
}
