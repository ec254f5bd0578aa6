/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_probe.c - can the legacy tables be used, and does anybody?
 */
#include "net/fw_iptc_probe.h"

#include <fcntl.h>
#include <libiptc/libiptc.h>
#include <string.h>

#include "lib/sys/file.h"

/* 2 if the table holds any rule or a policy, whoever's. */
static int iptc_table_used(const char *table)
{
	struct xtc_handle *h = iptc_init(table);
	struct ipt_counters counters;
	const char *chain;
	int used = 0;

	if (!h)
		return 0;
	for (chain = iptc_first_chain(h); chain; chain = iptc_next_chain(h)) {
		const char *policy = iptc_get_policy(chain, &counters, h);

		if (iptc_first_rule(chain, h) ||
		    (policy && strcmp(policy, "ACCEPT") != 0))
			used = 1;
	}
	iptc_free(h);
	return used;
}

int iptc_probe(bool load)
{
	char names[256];
	char *rest = names;
	const char *table;
	struct xtc_handle *h;
	ssize_t n;

	/* Asking a table that nobody uses would make it. */
	n = file_read_small(AT_FDCWD, "/proc/thread-self/net/ip_tables_names",
			    names, sizeof(names));
	while (n > 0 && (table = strsep(&rest, "\n"))) {
		if (*table && iptc_table_used(table))
			return 2;
	}
	if (n >= 0 || !load)
		return n >= 0;
	h = iptc_init("filter");
	if (!h)
		return 0;
	iptc_free(h);
	return 1;
}
