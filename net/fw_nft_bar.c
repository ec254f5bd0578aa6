/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_bar.c - rules inside that let a device lead only where it may
 */
#include "net/fw_nft_bar.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "net/fw_nft_own.h"

#define BAR_TABLE "runns-byway"

enum bar_chain { BAR_OUT, BAR_IN, BAR_THROUGH };

static const struct nft_own_chain bar_chains[] = {
	[BAR_OUT] = { "out", "filter", NF_INET_LOCAL_OUT, NF_IP_PRI_FILTER },
	[BAR_IN] = { "in", "filter", NF_INET_LOCAL_IN, NF_IP_PRI_FILTER },
	[BAR_THROUGH] = { "through", "filter", NF_INET_FORWARD,
			  NF_IP_PRI_FILTER },
};

/* Words of rules. */
#define FROM(name) { .kind = NFT_FROM, .device = (name) }
#define TO(name) { .kind = NFT_TO, .device = (name) }
#define IPV4 { .kind = NFT_FAMILY, .value = NFPROTO_IPV4 }
#define DADDR(a) { .kind = NFT_ADDRESSED, .net = (a) }
#define L4PROTO(n) { .kind = NFT_PROTOCOL, .value = (n) }
#define DPORT(n) { .kind = NFT_PORT, .value = (n) }
#define ANSWER { .kind = NFT_ANSWER }
#define VERDICT(n) { .kind = NFT_VERDICT, .value = (n) }

static void bar_allow(struct nft_own *own, const struct fw_bar *bar,
		      const struct allow *a, const struct addr_net *gateway)
{
	const struct addr_net *to = a->kind == ALLOW_HOST ? gateway : &a->net;
	int protocol = a->udp ? IPPROTO_UDP : IPPROTO_TCP;

	if (to->addr.family != 4)
		return;
	if (a->kind == ALLOW_NET)
		NFT_OWN_ADD(own, BAR_OUT, TO(bar->device), IPV4, DADDR(to),
			    VERDICT(NF_ACCEPT));
	else
		NFT_OWN_ADD(own, BAR_OUT, TO(bar->device), IPV4, DADDR(to),
			    L4PROTO(protocol), DPORT(a->port),
			    VERDICT(NF_ACCEPT));
}

static void bar_fill(struct nft_own *own, const struct fw_bar *bar,
		     const struct addr_net *gateway,
		     const struct addr_net *inside)
{
	size_t i;

	/* Whoever connects is seen as the host. */
	NFT_OWN_ADD(own, BAR_OUT, TO(bar->device), IPV4, DADDR(gateway),
		    ANSWER, VERDICT(NF_ACCEPT));
	for (i = 0; i < bar->allows->n; i++)
		bar_allow(own, bar, &bar->allows->list[i], gateway);
	NFT_OWN_ADD(own, BAR_OUT, TO(bar->device), VERDICT(NF_DROP));
	NFT_OWN_ADD(own, BAR_THROUGH, TO(bar->device), VERDICT(NF_DROP));
	NFT_OWN_ADD(own, BAR_THROUGH, FROM(bar->device), VERDICT(NF_DROP));
	NFT_OWN_ADD(own, BAR_IN, FROM(bar->device), IPV4, DADDR(inside),
		    VERDICT(NF_ACCEPT));
	/* The last one, which carries the comment. */
	NFT_OWN_ADD(own, BAR_IN, FROM(bar->device), VERDICT(NF_DROP));
}

/* Differs with every destination; FNV-1a. */
static void bar_comment(const struct fw_bar *bar, char *out, size_t size)
{
	uint32_t hash = 2166136261u;
	char text[ALLOW_TEXT_SIZE];
	const char *p;
	size_t i;

	for (i = 0; i < bar->allows->n; i++) {
		allow_format(&bar->allows->list[i], text);
		for (p = text; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 16777619u;
		hash = (hash ^ ' ') * 16777619u;
	}
	snprintf(out, size, "%s %08x", bar->device, hash);
}

int nft_bar(const struct fw_bar *bar)
{
	const struct addr_net gateway = { bar->gateway, 32 };
	const struct addr_net inside = { bar->inside, 32 };
	char comment[64];
	struct nft_own own = {
		.table = BAR_TABLE,
		.chains = bar_chains,
		.n_chains = ARRAY_SIZE(bar_chains),
		.comment = comment,
	};
	int r;

	bar_comment(bar, comment, sizeof(comment));
	bar_fill(&own, bar, &gateway, &inside);
	/* To take rules away and make them again takes long. */
	r = nft_own_holds(&own);
	if (r == 0)
		r = nft_own_write(&own);
	if (r < 0)
		return log_errno(r, "nf_tables refuses the rules that bar "
				 "other ways than Allow= names inside");
	return 0;
}
