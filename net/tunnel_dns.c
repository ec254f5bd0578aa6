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
#include "net/tunnel_dns.h"

enum { TEXT_SIZE = 4096 };

int tunnel_dns(const struct host *h, const struct plan *plan,
	       const struct record *r, const struct tunnel *const tunnels[],
	       size_t n)
{
	_cleanup_close_ int dir = record_dir(h, plan->name, false);
	BUF(b, TEXT_SIZE);
	int err = dir < 0 ? dir : 0;

	tunnel_resolv(&b, tunnels, n);
	if (err == 0)
		err = buf_status(&b);
	if (err == 0)
		err = file_replace(dir, NET_PUSHED, 0600, b.text, b.len);
	if (err)
		return log_errno(err, "%s: cannot note its name servers",
				 plan->name);
	return dns_write(h, plan, r);
}
