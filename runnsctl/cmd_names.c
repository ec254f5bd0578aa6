/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_names.c - namespaces that the caller may use, for completion
 *
 * Nobody reads a message here: whatever is wrong, there are fewer names.
 */
#include <stdio.h>

#include "lib/policy/decide.h"
#include "lib/session/handle.h"
#include "lib/session/mapfile.h"
#include "lib/sys/nss.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/sources.h"

/**
 * struct names - who asks, and what the map says
 */
struct names {
	struct nss_user user;
	struct nss_groups groups;
	struct subject subject;
	struct mapfile file;
};

static bool names_may(const struct names *n, const char *name)
{
	struct decision decision;
	struct diag d = { 0 };

	return decide_launch(&n->file.map, &n->subject, name, &decision,
			     &d) == 0;
}

static int print_handle(void *ctx, const char *name)
{
	const struct names *n = ctx;

	if (n->user.uid == 0 || names_may(n, name))
		puts(name);
	return 0;
}

static void print_names(struct names *n)
{
	if (handle_list(print_handle, n) == 0 && names_may(n, "host"))
		puts("host");
}

int cmd_names(const struct command *command, int argc, char **argv)
{
	struct names n = { .subject = { .service = "runns", .tty = "",
					.rhost = "" } };
	_cleanup_close_ int host = sources_host_root();
	struct diag d = { 0 };

	(void)command;
	(void)argc;
	(void)argv;
	if (host < 0 || nss_user_by_uid(getuid(), &n.user) < 0)
		return EXIT_FAILED;
	nss_groups_init(&n.groups, &n.user);
	n.subject.user = n.user.name;
	n.subject.uid = n.user.uid;
	n.subject.groups = &n.groups.source;
	if (mapfile_load(host, NULL, &n.file, &d) == 0 || n.user.uid == 0)
		print_names(&n);
	mapfile_free(&n.file);
	nss_groups_free(&n.groups);
	return EXIT_OK;
}
