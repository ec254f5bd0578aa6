/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tunnel_dns.c - the name servers of tunnels, in the network's files
 */
#include <errno.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "net/dns.h"
#include "net/tunnel.h"

enum { TEXT_SIZE = 4096 };

static void put_servers(struct buf *b, const struct tunnel *t, uint32_t *n)
{
	char text[ADDR_TEXT_SIZE];
	uint32_t i;

	for (i = 0; i < t->n_dns && *n < TUNNEL_DNS_MAX; i++, (*n)++) {
		addr_format(&t->dns[i], text);
		buf_addf(b, "nameserver %s\n", text);
	}
}

static void put_search(struct buf *b, const struct tunnel *t, uint32_t *n)
{
	uint32_t i;

	for (i = 0; i < t->n_search && *n < TUNNEL_SEARCH_MAX; i++, (*n)++)
		buf_addf(b, "%s %s", *n ? "" : "search", t->search[i]);
}

int tunnel_dns(const struct host *h, const struct plan *plan,
	       const struct record *r, const struct tunnel *const tunnels[],
	       size_t n)
{
	_cleanup_close_ int dir = record_dir(h, plan->name, false);
	uint32_t servers = 0, domains = 0;
	BUF(b, TEXT_SIZE);
	int err = dir < 0 ? dir : 0;
	size_t i;

	for (i = 0; i < n; i++)
		put_servers(&b, tunnels[i], &servers);
	for (i = 0; i < n; i++)
		put_search(&b, tunnels[i], &domains);
	if (domains)
		buf_addc(&b, '\n');
	if (err == 0)
		err = buf_status(&b);
	if (err == 0)
		err = file_replace(dir, NET_PUSHED, 0600, b.text, b.len);
	if (err)
		return log_errno(err, "%s: cannot note its name servers",
				 plan->name);
	return dns_write(h, plan, r);
}
