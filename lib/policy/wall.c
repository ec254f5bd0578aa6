/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wall.c - a chain of somebody else's firewall that drops, and who can mend it
 *
 * Whose a chain is shows in its name, or in that of the chain behind a jump.
 */
#include "lib/policy/wall.h"

#include <string.h>

#include "lib/base/buf.h"

static void mend_nft(struct buf *b, const char *chain, const char *device)
{
	static const char begin[] = "chain ";
	const char *end = strstr(chain, " (nft");
	const char *name = chain + sizeof(begin) - 1;

	/* Its family, table and name, as nft(8) wants them. */
	if (end && end > name &&
	    strncmp(chain, begin, sizeof(begin) - 1) == 0)
		buf_addf(b, "nft insert rule %.*s iifname %s accept; nft "
			 "insert rule %.*s oifname %s accept",
			 (int)(end - name), name, device, (int)(end - name),
			 name, device);
	else
		buf_addf(b, "accept device %s in that chain, both ways",
			 device);
}

static void mend_iptables(struct buf *b, const char *program,
			  const char *chain, const char *device)
{
	buf_addf(b, "%s -I %s -i %s -j ACCEPT; %s -I %s -o %s -j ACCEPT",
		 program, chain, device, program, chain, device);
}

void wall_mend(const char *chain, const char *device,
	       char out[WALL_TEXT_SIZE])
{
	bool v6 = strstr(chain, "ip6");
	bool legacy = strstr(chain, "-legacy");
	const char *program = v6 ? (legacy ? "ip6tables-legacy" : "ip6tables") :
				   (legacy ? "iptables-legacy" : "iptables");
	struct buf b;

	buf_init(&b, out, WALL_TEXT_SIZE);
	if (strstr(chain, "firewalld") || strstr(chain, "FWD_"))
		buf_addf(&b, "firewall-cmd --permanent --zone=trusted "
			 "--add-interface=%s; firewall-cmd --reload", device);
	else if (strstr(chain, "ufw"))
		buf_addf(&b, "ufw route allow in on %s; ufw route allow out on "
			 "%s", device, device);
	else if (strstr(chain, "DOCKER"))
		mend_iptables(&b, program, "DOCKER-USER", device);
	else if (legacy || strstr(chain, " filter FORWARD"))
		mend_iptables(&b, program, "FORWARD", device);
	else
		mend_nft(&b, chain, device);
}
