/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_wgconf.c - a WireGuard configuration from any bytes
 *
 * What wg(8) gets to read has lines of one form only.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/policy/wgconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char memory[WGCONF_OUT_SIZE];
static struct wgconf conf;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_line(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		must(line[i] >= ' ' && line[i] <= '~' && line[i] != '#');
	must((len > 2 && line[0] == '[') || memmem(line, len, " = ", 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { size ? (const char *)data : "", size };
	struct diag d = { 0 };
	const char *line = memory;

	if (wgconf_parse("fuzz", text, memory, &conf, &d) < 0) {
		must(d.text[0]);
		return 0;
	}
	must(conf.n_peers > 0 && conf.n_peers <= WGCONF_PEERS_MAX);
	must(conf.tunnel.n_addrs > 0);
	must(strlen(conf.ignored) < sizeof(conf.ignored));
	while (*line) {
		const char *end = strchr(line, '\n');

		must(end != NULL);
		check_line(line, (size_t)(end - line));
		line = end + 1;
	}
	return 0;
}
