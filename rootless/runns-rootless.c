/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runns-rootless.c - engines of networks that nobody's privilege is needed for
 *
 * `runnsctl unshare' and `attach' start it in the host's network with the caller's uid.
 * It is of no use to anybody else, and no danger: it can do what its caller
 * can.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "rootless/mode.h"

static const struct mode modes[] = {
	{ "attach", mode_attach,
	  "--userns FD --netns FD [--mntns FD] [--dir FD] [--script PROGRAM]" },
	{ "slirp", mode_slirp,
	  "--netns FD [--userns FD] --ready FD --exit FD [--mtu N]\n"
	  "\t[--ifname NAME] [--cidr ADDRESS/LENGTH] [--no-ipv6] [--no-dns]\n"
	  "\t[--host-loopback] [--outbound ADDRESS]" },
#ifdef HAVE_VDE
	{ "vde", mode_vde,
	  "URL --netns FD [--userns FD] --ready FD --exit FD [--mtu N]\n"
	  "\t[--ifname NAME]" },
#endif
};

static void sink_write(void *ctx, int priority, const char *line)
{
	(void)ctx;
	(void)priority;
	fprintf(stderr, "runnsctl: %s\n", line);
}

static int usage(FILE *to, int status)
{
	fputs("usage: started by runnsctl(8); modes:\n", to);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		fprintf(to, "  %s %s\n", modes[i].name, modes[i].args);
	return status;
}

int main(int argc, char **argv)
{
	static const struct log_sink sink = { .write = sink_write };

	log_set_sink(&sink);
	if (argc < 2)
		return usage(stderr, MODE_USAGE);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name) == 0)
			return modes[i].run(argc - 1, argv + 1);
	}
	if (strcmp(argv[1], "--version") == 0)
		return puts("runns-rootless (" PACKAGE_STRING ")") < 0;
	if (strcmp(argv[1], "--help") == 0)
		return usage(stdout, 0);
	return usage(stderr, MODE_USAGE);
}
