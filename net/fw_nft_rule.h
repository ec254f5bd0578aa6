/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_rule.h - a rule of nf_tables, word by word as nft(8) would read it
 *
 * The kernel wants a rule as a list of small instructions.  The few that our
 * rules need are written here: with libnftables nine libraries would be loaded
 * for each network that is built, also where no rule is to be made.
 */
#ifndef RUNNS_NET_FW_NFT_RULE_H
#define RUNNS_NET_FW_NFT_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/policy/addr.h"
#include "net/nl.h"

/* NFT_END is 0: what an initializer leaves out ends the rule. */
enum nft_kind {
	NFT_END,
	NFT_FROM,	/* iifname, a device or @set */
	NFT_TO,		/* oifname, a device or @set */
	NFT_PROTOCOL,	/* meta l4proto */
	NFT_FAMILY,	/* meta nfproto */
	NFT_ADDRESSED,	/* ip daddr or ip6 daddr, behind NFT_FAMILY */
	NFT_PORT,	/* th dport, behind NFT_PROTOCOL */
	NFT_ECHO6,	/* icmpv6 type echo-request, behind NFT_PROTOCOL */
	NFT_ANSWER,	/* ct state established,related */
	NFT_SPOOFED,	/* fib saddr . iif oif missing */
	NFT_TRANSLATED,	/* ct status dnat */
	NFT_LOCAL,	/* fib daddr type local */
	NFT_DOOR,	/* dnat ip to ip daddr . meta l4proto . th dport map
			   @set, or the same of ip6; behind NFT_FAMILY */
	NFT_ALLOWED,	/* a row of the packet's fields is in @set */
	NFT_OWN,	/* what @put appends */
	NFT_COUNT,	/* counter */
	NFT_MASQUERADE,
	NFT_REDIRECT,	/* dnat ip to, dnat ip6 to */
	NFT_REJECT,	/* with icmpx type port-unreachable */
	NFT_RESET,	/* reject with tcp reset, behind NFT_PROTOCOL */
	NFT_VERDICT,
};

/* Of NFT_ALLOWED, in this order; each begins in a register of 4 bytes. */
enum nft_field {
	NFT_FIELD_FROM = 1,	/* iifname */
	NFT_FIELD_DADDR4 = 2,	/* ip daddr, behind NFT_FAMILY */
	NFT_FIELD_DADDR6 = 4,	/* ip6 daddr, likewise */
	NFT_FIELD_PORT = 8,	/* meta l4proto . th dport */
};

/**
 * struct nft_word - one condition or action of a rule
 * @device:	of NFT_FROM and NFT_TO: a name; one that ends in '*' means all
 *		that begin so
 * @set:	or the name of a set in the rule's table
 * @others:	what is not in the set; of NFT_DOOR: what is in the map for
 *		0.0.0.0 or ::, whatever the address
 * @value:	a protocol, a family (also of NFT_DOOR), a port, fields;
 *		NF_ACCEPT, NF_DROP, NFT_RETURN or NFT_JUMP
 * @net:	of NFT_ADDRESSED; NFT_REDIRECT takes its address
 * @chain:	of NFT_JUMP
 * @put:	of NFT_OWN; false: no room
 */
struct nft_word {
	enum nft_kind kind;
	const char *device;
	const char *set;
	bool others;
	int value;
	const struct addr_net *net;
	const char *chain;
	bool (*put)(struct nl_msg *msg);
};

/**
 * struct rule_part - one instruction; its parts are put between the two calls
 *
 * Both return false if there is no room.
 */
struct rule_part {
	struct nlattr *whole;
	struct nlattr *data;
};

bool rule_begin(struct nl_msg *msg, struct rule_part *part,
		    const char *name);
bool rule_end(struct nl_msg *msg, const struct rule_part *part);

/**
 * struct nft_rule - where a rule is to be, and what it says
 * @comment:	as nft(8) shows it; NULL: none
 * @words:	the last one is NFT_END
 */
struct nft_rule {
	uint8_t family;
	const char *table;
	const char *chain;
	const char *comment;
	const struct nft_word *words;
};

/** nft_new() - a message for nf_tables; NULL without memory */
struct nl_msg *nft_new(int family, int type, int flags);

/** nft_put_u32() - append a number as nf_tables has them; false: no room */
bool nft_put_u32(struct nl_msg *msg, int type, uint32_t value);

/** nft_rule_new() - the message that appends a rule; NULL without memory */
struct nl_msg *nft_rule_new(const struct nft_rule *rule);

#endif
