/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns_nft.c - look-ups go to the network's own name servers: nf_tables
 *
 * One table in the network's own namespace, written in one transaction.  What
 * is sent elsewhere is decided by the first packet of a connection only, so a
 * filter behind it looks at every one: nothing gets to port 53 of another
 * address, be it by a connection from before the rules.
 */
#include "net/steer_dns_nft.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_nft_own.h"

#define STEER_TABLE "runns-names"

enum steer_chain { STEER_OUT, STEER_CHECK, STEER_ASKED, STEER_ALLOWED };

static const struct nft_own_chain steer_chains[] = {
	[STEER_OUT] = { "steer", "nat", NF_INET_LOCAL_OUT,
			NF_IP_PRI_NAT_DST },
	[STEER_CHECK] = { "check", "filter", NF_INET_LOCAL_OUT,
			  NF_IP_PRI_FILTER },
	[STEER_ASKED] = { "asked", NULL, 0, 0 },
	[STEER_ALLOWED] = { "allowed", NULL, 0, 0 },
};

/* Words of rules. */
#define L4PROTO(n) { .kind = NFT_PROTOCOL, .value = (n) }
#define NFPROTO(n) { .kind = NFT_FAMILY, .value = (n) }
#define DPORT(n) { .kind = NFT_PORT, .value = (n) }
#define DADDR(a) { .kind = NFT_ADDRESSED, .net = (a) }
#define DNAT(a) { .kind = NFT_REDIRECT, .net = (a) }
#define REJECT { .kind = NFT_REJECT }
#define RESET { .kind = NFT_RESET }
#define VERDICT(n) { .kind = NFT_VERDICT, .value = (n) }
#define JUMP(to) { .kind = NFT_VERDICT, .value = NFT_JUMP, .chain = (to) }

/* The table, and the addresses that its rules point to. */
struct steer_rules {
	struct nft_own own;
	struct addr_net servers[PROFILE_DNS_MAX];
	struct addr_net targets[2];
	char comment[STEER_DNS_TEXT_SIZE];
};

#define STEER_ADD(r, in, ...) NFT_OWN_ADD(&(r)->own, in, __VA_ARGS__)

static int steer_family(const struct addr *a)
{
	return a->family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

/* Where a packet of one family goes that asked no server of the network. */
static void steer_family_rules(struct steer_rules *r, struct addr_net *to,
			       const struct addr *server)
{
	int family;
	size_t i;

	if (!server)
		return;
	to->addr = *server;
	family = steer_family(server);
	for (i = 0; i < STEER_DNS_NEAR; i++) {
		if (steer_dns_near[i].addr.family == server->family)
			STEER_ADD(r, STEER_ASKED, NFPROTO(family),
				  DADDR(&steer_dns_near[i]),
				  VERDICT(NFT_RETURN));
	}
	STEER_ADD(r, STEER_ASKED, NFPROTO(family), DNAT(to));
}

static void steer_fill(struct steer_rules *r, const struct steer_dns *dns)
{
	static const int protocols[] = { IPPROTO_UDP, IPPROTO_TCP };
	size_t i;

	steer_dns_text(dns, r->comment);
	r->own = (struct nft_own){
		.table = STEER_TABLE,
		.chains = steer_chains,
		.n_chains = ARRAY_SIZE(steer_chains),
		.comment = r->comment,
		.anew = dns->anew,
	};
	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		STEER_ADD(r, STEER_OUT, L4PROTO(protocols[i]),
			  DPORT(STEER_DNS_PORT),
			  JUMP(steer_chains[STEER_ASKED].name));
		STEER_ADD(r, STEER_CHECK, L4PROTO(protocols[i]),
			  DPORT(STEER_DNS_PORT),
			  JUMP(steer_chains[STEER_ALLOWED].name));
	}
	for (i = 0; i < dns->n; i++) {
		const struct addr *a = &dns->servers[i];

		r->servers[i] =
			(struct addr_net){ *a, a->family == 4 ? 32 : 128 };
		STEER_ADD(r, STEER_ASKED, NFPROTO(steer_family(a)),
			  DADDR(&r->servers[i]), VERDICT(NFT_RETURN));
		STEER_ADD(r, STEER_ALLOWED, NFPROTO(steer_family(a)),
			  DADDR(&r->servers[i]), VERDICT(NFT_RETURN));
	}
	steer_family_rules(r, &r->targets[0], steer_dns_target(dns, 4));
	steer_family_rules(r, &r->targets[1], steer_dns_target(dns, 6));
	/* A connection that is being made takes no notice of ICMP. */
	STEER_ADD(r, STEER_ALLOWED, L4PROTO(IPPROTO_TCP), RESET);
	/* The last one, which carries the comment. */
	STEER_ADD(r, STEER_ALLOWED, REJECT);
}

int nft_steer(const struct steer_dns *dns)
{
	struct steer_rules rules;
	int err;

	if (!dns) {
		err = nft_own_remove(STEER_TABLE);
		return err ? log_errno(err, "cannot remove the nftables table "
				       STEER_TABLE " inside") : 0;
	}
	steer_fill(&rules, dns);
	err = nft_own_write(&rules.own);
	if (err)
		return log_errno(err,
				 "StrictDNS: nf_tables refuses the rules "
				 "that steer look-ups inside (are nft_nat and "
				 "nft_reject_inet loaded or loadable?)");
	return 0;
}

int nft_steers(const struct steer_dns *dns)
{
	struct steer_rules rules;

	steer_fill(&rules, dns);
	return nft_own_holds(&rules.own);
}
