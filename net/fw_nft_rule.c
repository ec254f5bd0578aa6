/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_nft_rule.c - a rule of nf_tables, word by word as nft(8) would read it
 *
 * Each condition loads something into the one register that is used here and
 * compares it.  `nft --debug=netlink list ruleset` shows the same.
 */
#include "net/fw_nft_rule.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <string.h>

enum {
	RULE_COMMENT = 0, /* type of a rule's comment, as nft(8) has it */
	RULE_COMMENT_MAX = 128,
	RULE_VALUE_MAX = 16, /* what the register holds */
	/* enum ip_conntrack_info's values are numbers of bits, after "invalid" */
	RULE_ANSWER = 1 << (IP_CT_ESTABLISHED + 1) | 1 << (IP_CT_RELATED + 1),
};

struct nl_msg *nft_new(int family, int type, int flags)
{
	struct nfgenmsg head = {
		.nfgen_family = (uint8_t)family,
		.version = NFNETLINK_V0,
	};

	return nl_new(NFNL_SUBSYS_NFTABLES << 8 | type, flags, &head,
		      sizeof(head));
}

bool nft_put_u32(struct nl_msg *msg, int type, uint32_t value)
{
	return nla_put_u32(msg, type, htonl(value)) == 0;
}

bool rule_begin(struct nl_msg *msg, struct rule_part *part,
		    const char *name)
{
	part->whole = nla_nest_start(msg, NFTA_LIST_ELEM | NLA_F_NESTED);
	if (!part->whole || nla_put_string(msg, NFTA_EXPR_NAME, name) < 0)
		return false;
	part->data = nla_nest_start(msg, NFTA_EXPR_DATA | NLA_F_NESTED);
	return part->data;
}

bool rule_end(struct nl_msg *msg, const struct rule_part *part)
{
	nla_nest_end(msg, part->data);
	nla_nest_end(msg, part->whole);
	return true;
}

static bool rule_put_value(struct nl_msg *msg, int type, const void *value,
			   size_t len)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (!nest || nla_put(msg, NFTA_DATA_VALUE, (int)len, value) < 0)
		return false;
	nla_nest_end(msg, nest);
	return true;
}

static bool rule_load_meta_to(struct nl_msg *msg, enum nft_meta_keys key,
			      uint32_t reg)
{
	struct rule_part part;

	return rule_begin(msg, &part, "meta") &&
	       nft_put_u32(msg, NFTA_META_KEY, key) &&
	       nft_put_u32(msg, NFTA_META_DREG, reg) && rule_end(msg, &part);
}

static bool rule_load_meta(struct nl_msg *msg, enum nft_meta_keys key)
{
	return rule_load_meta_to(msg, key, NFT_REG_1);
}

static bool rule_compare(struct nl_msg *msg, enum nft_cmp_ops op,
			 const void *value, size_t len)
{
	struct rule_part part;

	return rule_begin(msg, &part, "cmp") &&
	       nft_put_u32(msg, NFTA_CMP_SREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_CMP_OP, op) &&
	       rule_put_value(msg, NFTA_CMP_DATA, value, len) &&
	       rule_end(msg, &part);
}

static bool rule_look_up(struct nl_msg *msg, const struct nft_word *w,
			 uint32_t reg)
{
	struct rule_part part;

	return rule_begin(msg, &part, "lookup") &&
	       nla_put_string(msg, NFTA_LOOKUP_SET, w->set) == 0 &&
	       nft_put_u32(msg, NFTA_LOOKUP_SREG, reg) &&
	       nft_put_u32(msg, NFTA_LOOKUP_FLAGS,
			   w->others ? NFT_LOOKUP_F_INV : 0) &&
	       rule_end(msg, &part);
}

/* A name that is meant exactly includes its end. */
static bool rule_put_device(struct nl_msg *msg, enum nft_meta_keys key,
			    const struct nft_word *w)
{
	char name[IFNAMSIZ] = "";
	size_t len;

	if (!rule_load_meta(msg, key))
		return false;
	if (w->set)
		return rule_look_up(msg, w, NFT_REG_1);
	len = strnlen(w->device, IFNAMSIZ - 1);
	memcpy(name, w->device, len);
	if (len && name[len - 1] == '*')
		return rule_compare(msg, NFT_CMP_EQ, name, len - 1);
	return rule_compare(msg, NFT_CMP_EQ, name, sizeof(name));
}

/* A byte that the packet came with. */
static bool rule_put_meta(struct nl_msg *msg, enum nft_meta_keys key,
			  int value)
{
	uint8_t byte = (uint8_t)value;

	return rule_load_meta(msg, key) &&
	       rule_compare(msg, NFT_CMP_EQ, &byte, sizeof(byte));
}

/* A part of a packet. */
struct rule_bytes {
	enum nft_payload_bases base;
	size_t offset;
	size_t len;
};

static const struct rule_bytes rule_daddr4 = {
	NFT_PAYLOAD_NETWORK_HEADER, offsetof(struct iphdr, daddr),
	sizeof(struct in_addr),
};
static const struct rule_bytes rule_daddr6 = {
	NFT_PAYLOAD_NETWORK_HEADER, offsetof(struct ip6_hdr, ip6_dst),
	sizeof(struct in6_addr),
};
/* Where UDP and TCP alike have it. */
static const struct rule_bytes rule_dport = {
	NFT_PAYLOAD_TRANSPORT_HEADER, offsetof(struct udphdr, dest),
	sizeof(uint16_t),
};

static bool rule_load_bytes(struct nl_msg *msg, const struct rule_bytes *bytes,
			    uint32_t reg)
{
	struct rule_part part;

	return rule_begin(msg, &part, "payload") &&
	       nft_put_u32(msg, NFTA_PAYLOAD_DREG, reg) &&
	       nft_put_u32(msg, NFTA_PAYLOAD_BASE, bytes->base) &&
	       nft_put_u32(msg, NFTA_PAYLOAD_OFFSET, (uint32_t)bytes->offset) &&
	       nft_put_u32(msg, NFTA_PAYLOAD_LEN, (uint32_t)bytes->len) &&
	       rule_end(msg, &part);
}

/* Leaves the bits of @mask in the register. */
static bool rule_mask(struct nl_msg *msg, const void *mask, size_t len)
{
	static const uint8_t none[RULE_VALUE_MAX];
	struct rule_part part;

	return rule_begin(msg, &part, "bitwise") &&
	       nft_put_u32(msg, NFTA_BITWISE_SREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_BITWISE_DREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_BITWISE_LEN, (uint32_t)len) &&
	       rule_put_value(msg, NFTA_BITWISE_MASK, mask, len) &&
	       rule_put_value(msg, NFTA_BITWISE_XOR, none, len) &&
	       rule_end(msg, &part);
}

static size_t rule_address_len(const struct addr *a)
{
	return a->family == 4 ? sizeof(struct in_addr) :
				sizeof(struct in6_addr);
}

static bool rule_put_addressed(struct nl_msg *msg, const struct addr_net *net)
{
	size_t len = rule_address_len(&net->addr);
	uint8_t mask[RULE_VALUE_MAX] = { 0 };
	size_t bits;

	for (bits = 0; bits < net->prefix; bits++)
		mask[bits / 8] |= (uint8_t)(0x80 >> bits % 8);
	if (!rule_load_bytes(msg, net->addr.family == 4 ? &rule_daddr4 :
							  &rule_daddr6,
			     NFT_REG_1))
		return false;
	if (net->prefix < len * 8 && !rule_mask(msg, mask, len))
		return false;
	return rule_compare(msg, NFT_CMP_EQ, net->addr.bytes, len);
}

static bool rule_put_port(struct nl_msg *msg, int value)
{
	uint16_t port = htons((uint16_t)value);

	return rule_load_bytes(msg, &rule_dport, NFT_REG_1) &&
	       rule_compare(msg, NFT_CMP_EQ, &port, sizeof(port));
}

static bool rule_put_echo6(struct nl_msg *msg)
{
	static const struct rule_bytes type = {
		NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof(uint8_t),
	};
	const uint8_t echo = ICMP6_ECHO_REQUEST;

	return rule_load_bytes(msg, &type, NFT_REG_1) &&
	       rule_compare(msg, NFT_CMP_EQ, &echo, sizeof(echo));
}

/* Has the connection any of the bits of @mask? */
static bool rule_put_connection(struct nl_msg *msg, enum nft_ct_keys key,
				uint32_t mask)
{
	const uint32_t none = 0;
	struct rule_part part;

	return rule_begin(msg, &part, "ct") &&
	       nft_put_u32(msg, NFTA_CT_KEY, key) &&
	       nft_put_u32(msg, NFTA_CT_DREG, NFT_REG_1) &&
	       rule_end(msg, &part) && rule_mask(msg, &mask, sizeof(mask)) &&
	       rule_compare(msg, NFT_CMP_NEQ, &none, sizeof(none));
}

static bool rule_put_spoofed(struct nl_msg *msg)
{
	const uint32_t missing = 0;
	struct rule_part part;

	return rule_begin(msg, &part, "fib") &&
	       nft_put_u32(msg, NFTA_FIB_DREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_FIB_RESULT, NFT_FIB_RESULT_OIF) &&
	       nft_put_u32(msg, NFTA_FIB_FLAGS,
			   NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF |
				   NFTA_FIB_F_PRESENT) &&
	       rule_end(msg, &part) &&
	       rule_compare(msg, NFT_CMP_EQ, &missing, sizeof(missing));
}

static bool rule_put_local(struct nl_msg *msg)
{
	const uint32_t local = RTN_LOCAL;
	struct rule_part part;

	return rule_begin(msg, &part, "fib") &&
	       nft_put_u32(msg, NFTA_FIB_DREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE) &&
	       nft_put_u32(msg, NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR) &&
	       rule_end(msg, &part) &&
	       rule_compare(msg, NFT_CMP_EQ, &local, sizeof(local));
}

/* A value in register @reg. */
static bool rule_load_value(struct nl_msg *msg, enum nft_registers reg,
			    const void *value, size_t len)
{
	struct rule_part part;

	return rule_begin(msg, &part, "immediate") &&
	       nft_put_u32(msg, NFTA_IMMEDIATE_DREG, reg) &&
	       rule_put_value(msg, NFTA_IMMEDIATE_DATA, value, len) &&
	       rule_end(msg, &part);
}

/*
 * NFT_REG_1 is the same as the four of NFT_REG32_00 to NFT_REG32_03; @next is
 * what follows the address.
 */
static bool rule_load_door(struct nl_msg *msg, const struct rule_bytes *daddr,
			   uint32_t next, bool any)
{
	static const struct in6_addr zero;

	if (any ? !rule_load_value(msg, NFT_REG_1, &zero, daddr->len) :
		  !rule_load_bytes(msg, daddr, NFT_REG_1))
		return false;
	return rule_load_meta_to(msg, NFT_META_L4PROTO, next) &&
	       rule_load_bytes(msg, &rule_dport, next + 1);
}

static bool rule_put_door(struct nl_msg *msg, const struct nft_word *w)
{
	const struct rule_bytes *daddr = w->value == NFPROTO_IPV4 ?
						 &rule_daddr4 : &rule_daddr6;
	uint32_t next = NFT_REG32_00 + (uint32_t)daddr->len / NFT_REG32_SIZE;
	struct rule_part part;

	return rule_load_door(msg, daddr, next, w->others) &&
	       rule_begin(msg, &part, "lookup") &&
	       nla_put_string(msg, NFTA_LOOKUP_SET, w->set) == 0 &&
	       nft_put_u32(msg, NFTA_LOOKUP_SREG, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_LOOKUP_DREG, NFT_REG_1) &&
	       rule_end(msg, &part) && rule_begin(msg, &part, "nat") &&
	       nft_put_u32(msg, NFTA_NAT_TYPE, NFT_NAT_DNAT) &&
	       nft_put_u32(msg, NFTA_NAT_FAMILY, (uint32_t)w->value) &&
	       nft_put_u32(msg, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1) &&
	       nft_put_u32(msg, NFTA_NAT_REG_PROTO_MIN, next) &&
	       rule_end(msg, &part);
}

static bool rule_put_allowed(struct nl_msg *msg, const struct nft_word *w)
{
	uint32_t reg = NFT_REG32_00;
	bool ok = true;

	if (w->value & NFT_FIELD_FROM) {
		ok = rule_load_meta_to(msg, NFT_META_IIFNAME, reg);
		reg += IFNAMSIZ / NFT_REG32_SIZE;
	}
	if (ok && w->value & NFT_FIELD_DADDR4)
		ok = rule_load_bytes(msg, &rule_daddr4, reg++);
	if (ok && w->value & NFT_FIELD_DADDR6) {
		ok = rule_load_bytes(msg, &rule_daddr6, reg);
		reg += sizeof(struct in6_addr) / NFT_REG32_SIZE;
	}
	if (ok && w->value & NFT_FIELD_PORT)
		ok = rule_load_meta_to(msg, NFT_META_L4PROTO, reg) &&
		     rule_load_bytes(msg, &rule_dport, reg + 1);
	return ok && rule_look_up(msg, w, NFT_REG32_00);
}

static bool rule_put_redirect(struct nl_msg *msg, const struct addr *to)
{
	struct rule_part part;

	return rule_load_value(msg, NFT_REG_1, to->bytes,
			       rule_address_len(to)) &&
	       rule_begin(msg, &part, "nat") &&
	       nft_put_u32(msg, NFTA_NAT_TYPE, NFT_NAT_DNAT) &&
	       nft_put_u32(msg, NFTA_NAT_FAMILY, to->family == 4 ?
							 NFPROTO_IPV4 :
							 NFPROTO_IPV6) &&
	       nft_put_u32(msg, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1) &&
	       rule_end(msg, &part);
}

static bool rule_put_reject(struct nl_msg *msg, enum nft_reject_types type)
{
	struct rule_part part;

	return rule_begin(msg, &part, "reject") &&
	       nft_put_u32(msg, NFTA_REJECT_TYPE, type) &&
	       nla_put_u8(msg, NFTA_REJECT_ICMP_CODE,
			  NFT_REJECT_ICMPX_PORT_UNREACH) == 0 &&
	       rule_end(msg, &part);
}

static bool rule_put_verdict(struct nl_msg *msg, const struct nft_word *w)
{
	struct rule_part part;
	struct nlattr *data, *verdict;

	if (!rule_begin(msg, &part, "immediate") ||
	    !nft_put_u32(msg, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT))
		return false;
	data = nla_nest_start(msg, NFTA_IMMEDIATE_DATA | NLA_F_NESTED);
	verdict = nla_nest_start(msg, NFTA_DATA_VERDICT | NLA_F_NESTED);
	if (!data || !verdict ||
	    !nft_put_u32(msg, NFTA_VERDICT_CODE, (uint32_t)w->value) ||
	    (w->chain &&
	     nla_put_string(msg, NFTA_VERDICT_CHAIN, w->chain) < 0))
		return false;
	nla_nest_end(msg, verdict);
	nla_nest_end(msg, data);
	return rule_end(msg, &part);
}

static bool rule_put_plain(struct nl_msg *msg, const char *name)
{
	struct rule_part part;

	return rule_begin(msg, &part, name) && rule_end(msg, &part);
}

static bool rule_put_word(struct nl_msg *msg, const struct nft_word *w)
{
	switch (w->kind) {
	case NFT_FROM:
		return rule_put_device(msg, NFT_META_IIFNAME, w);
	case NFT_TO:
		return rule_put_device(msg, NFT_META_OIFNAME, w);
	case NFT_PROTOCOL:
		return rule_put_meta(msg, NFT_META_L4PROTO, w->value);
	case NFT_FAMILY:
		return rule_put_meta(msg, NFT_META_NFPROTO, w->value);
	case NFT_ADDRESSED:
		return rule_put_addressed(msg, w->net);
	case NFT_PORT:
		return rule_put_port(msg, w->value);
	case NFT_ECHO6:
		return rule_put_echo6(msg);
	case NFT_ANSWER:
		return rule_put_connection(msg, NFT_CT_STATE, RULE_ANSWER);
	case NFT_SPOOFED:
		return rule_put_spoofed(msg);
	case NFT_TRANSLATED:
		return rule_put_connection(msg, NFT_CT_STATUS, IPS_DST_NAT);
	case NFT_LOCAL:
		return rule_put_local(msg);
	case NFT_DOOR:
		return rule_put_door(msg, w);
	case NFT_ALLOWED:
		return rule_put_allowed(msg, w);
	case NFT_OWN:
		return w->put(msg);
	case NFT_COUNT:
		return rule_put_plain(msg, "counter");
	case NFT_MASQUERADE:
		return rule_put_plain(msg, "masq");
	case NFT_REDIRECT:
		return rule_put_redirect(msg, &w->net->addr);
	case NFT_REJECT:
		return rule_put_reject(msg, NFT_REJECT_ICMPX_UNREACH);
	case NFT_RESET:
		return rule_put_reject(msg, NFT_REJECT_TCP_RST);
	case NFT_VERDICT:
		return rule_put_verdict(msg, w);
	case NFT_END:
		break;
	}
	return false;
}

static bool rule_put_words(struct nl_msg *msg, const struct nft_word *words)
{
	struct nlattr *list =
		nla_nest_start(msg, NFTA_RULE_EXPRESSIONS | NLA_F_NESTED);

	if (!list)
		return false;
	for (; words->kind != NFT_END; words++) {
		if (!rule_put_word(msg, words))
			return false;
	}
	nla_nest_end(msg, list);
	return true;
}

/* Notes of a rule: one byte of type, one of length, text with its end. */
static bool rule_put_comment(struct nl_msg *msg, const char *comment)
{
	uint8_t note[2 + RULE_COMMENT_MAX] = { RULE_COMMENT };
	size_t len = strlen(comment) + 1;

	if (len > RULE_COMMENT_MAX)
		return false;
	note[1] = (uint8_t)len;
	memcpy(note + 2, comment, len);
	return nla_put(msg, NFTA_RULE_USERDATA, (int)(2 + len), note) == 0;
}

struct nl_msg *nft_rule_new(const struct nft_rule *rule)
{
	struct nl_msg *msg = nft_new(rule->family, NFT_MSG_NEWRULE,
				     NLM_F_CREATE | NLM_F_APPEND);

	if (!msg)
		return NULL;
	if (nla_put_string(msg, NFTA_RULE_TABLE, rule->table) == 0 &&
	    nla_put_string(msg, NFTA_RULE_CHAIN, rule->chain) == 0 &&
	    rule_put_words(msg, rule->words) &&
	    (!rule->comment || rule_put_comment(msg, rule->comment)))
		return msg;
	nlmsg_free(msg);
	return NULL;
}
