/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_rule.c - one rule of a legacy table, as the kernel wants it
 *
 * An entry is laid out by hand: the fixed head, the matches, the target, each
 * aligned.  Every rule carries a comment that says whose it is.
 */
#include "net/fw_iptc_rule.h"

#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_rpfilter.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <stdio.h>
#include <string.h>

#define IPTC_OWNER "runns:"

enum { IPTC_ENTRY_SIZE = 1024, IPTC_MARK_SHIFT = 24 };

/* An entry that grows part by part. */
struct iptc_entry {
	size_t len;
	union {
		struct ipt_entry head;
		char bytes[IPTC_ENTRY_SIZE];
	};
};

/* Room for a match or target with @size bytes of data; zeroed. */
static void *iptc_part(struct iptc_entry *e, const char *name,
		       unsigned int revision, size_t size)
{
	/* Matches and targets begin alike. */
	struct xt_entry_match *m = (void *)(e->bytes + e->len);
	size_t whole = XT_ALIGN(sizeof(*m) + size);

	strncpy(m->u.user.name, name, sizeof(m->u.user.name) - 1);
	m->u.user.revision = (uint8_t)revision;
	m->u.match_size = (uint16_t)whole;
	e->len += whole;
	return m->data;
}

static void iptc_device(char name[IFNAMSIZ], unsigned char mask[IFNAMSIZ],
			const char *device)
{
	size_t len = strnlen(device, IFNAMSIZ - 1);
	bool open_end = len && device[len - 1] == '+';

	if (open_end)
		len--;
	memcpy(name, device, len);
	/* A name that is meant exactly includes its end. */
	memset(mask, 0xff, open_end ? len : len + 1);
}

static void iptc_put_match(struct iptc_entry *e, enum iptc_match match)
{
	struct xt_conntrack_mtinfo3 *ct;
	struct xt_rpfilter_info *rp;
	struct xt_mark_mtinfo1 *mark;
	struct xt_addrtype_info_v1 *type;

	switch (match) {
	case IPTC_ANY:
		break;
	case IPTC_ICMP:
		e->head.ip.proto = IPPROTO_ICMP;
		break;
	case IPTC_ANSWER:
		ct = iptc_part(e, "conntrack", 3, sizeof(*ct));
		ct->match_flags = XT_CONNTRACK_STATE;
		ct->state_mask = XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED) |
				 XT_CONNTRACK_STATE_BIT(IP_CT_RELATED);
		break;
	case IPTC_TRANSLATED:
		ct = iptc_part(e, "conntrack", 3, sizeof(*ct));
		ct->match_flags = XT_CONNTRACK_STATE;
		ct->state_mask = XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED) |
				 XT_CONNTRACK_STATE_BIT(IP_CT_RELATED) |
				 XT_CONNTRACK_STATE_DNAT;
		break;
	case IPTC_LOCAL:
		e->head.ip.dst.s_addr = htonl(INADDR_LOOPBACK & IN_CLASSA_NET);
		e->head.ip.dmsk.s_addr = htonl(IN_CLASSA_NET);
		e->head.ip.invflags |= IPT_INV_DSTIP;
		type = iptc_part(e, "addrtype", 1, sizeof(*type));
		type->dest = XT_ADDRTYPE_LOCAL;
		break;
	case IPTC_SPOOFED:
		rp = iptc_part(e, "rpfilter", 0, sizeof(*rp));
		rp->flags = XT_RPFILTER_INVERT;
		break;
	case IPTC_MARKED:
		mark = iptc_part(e, "mark", 1, sizeof(*mark));
		mark->mark = (uint32_t)IPTC_MARK << IPTC_MARK_SHIFT;
		mark->mask = 0xffU << IPTC_MARK_SHIFT;
		break;
	}
}

/* The host's end of a forward. */
static void iptc_put_door(struct iptc_entry *e, const struct profile_forward *f)
{
	static const uint8_t any[sizeof(f->addr)];
	struct xt_tcp *tcp;
	struct xt_udp *udp;

	if (memcmp(f->addr, any, sizeof(any)) != 0) {
		memcpy(&e->head.ip.dst, f->addr, sizeof(f->addr));
		e->head.ip.dmsk.s_addr = INADDR_BROADCAST;
	}
	e->head.ip.proto = f->udp ? IPPROTO_UDP : IPPROTO_TCP;
	if (f->udp) {
		udp = iptc_part(e, "udp", 0, sizeof(*udp));
		udp->spts[1] = UINT16_MAX;
		udp->dpts[0] = udp->dpts[1] = f->port;
	} else {
		tcp = iptc_part(e, "tcp", 0, sizeof(*tcp));
		tcp->spts[1] = UINT16_MAX;
		tcp->dpts[0] = tcp->dpts[1] = f->port;
	}
}

static void iptc_put_inside(struct iptc_entry *e, const struct iptc_rule *rule)
{
	struct nf_nat_ipv4_multi_range_compat *nat =
		iptc_part(e, rule->target, 0, sizeof(*nat));

	nat->rangesize = 1;
	nat->range[0].flags = NF_NAT_RANGE_MAP_IPS |
			      NF_NAT_RANGE_PROTO_SPECIFIED;
	memcpy(&nat->range[0].min_ip, rule->inside->bytes, 4);
	nat->range[0].max_ip = nat->range[0].min_ip;
	nat->range[0].min.all = htons(rule->door->inside_port);
	nat->range[0].max.all = nat->range[0].min.all;
}

static void iptc_put_target(struct iptc_entry *e, const struct iptc_rule *rule)
{
	struct nf_nat_ipv4_multi_range_compat *nat;
	struct xt_mark_tginfo2 *mark;

	e->head.target_offset = (uint16_t)e->len;
	if (strcmp(rule->target, "MASQUERADE") == 0) {
		nat = iptc_part(e, rule->target, 0, sizeof(*nat));
		nat->rangesize = 1;
	} else if (rule->door) {
		iptc_put_inside(e, rule);
	} else if (strcmp(rule->target, "MARK") == 0) {
		mark = iptc_part(e, rule->target, 2, sizeof(*mark));
		mark->mark = (uint32_t)rule->mark << IPTC_MARK_SHIFT;
		mark->mask = 0xffU << IPTC_MARK_SHIFT;
	} else {
		/* A verdict or a chain: libiptc looks the name up. */
		iptc_part(e, rule->target, 0, sizeof(int));
	}
	e->head.next_offset = (uint16_t)e->len;
}

int iptc_rule_add(struct xtc_handle *h, const struct iptc_rule *rule)
{
	struct iptc_entry e = { .len = XT_ALIGN(sizeof(struct ipt_entry)) };
	struct xt_comment_info *comment;
	int ok;

	if (rule->in)
		iptc_device(e.head.ip.iniface, e.head.ip.iniface_mask,
			    rule->in);
	if (rule->out)
		iptc_device(e.head.ip.outiface, e.head.ip.outiface_mask,
			    rule->out);
	if (rule->leave)
		e.head.ip.flags |= IPT_F_GOTO;
	iptc_put_match(&e, rule->match);
	if (rule->door)
		iptc_put_door(&e, rule->door);
	comment = iptc_part(&e, "comment", 0, sizeof(*comment));
	snprintf(comment->comment, sizeof(comment->comment), "%s%s",
		 rule->owner ? IPTC_OWNER : "runns",
		 rule->owner ? rule->owner : "");
	iptc_put_target(&e, rule);

	if (rule->place == IPTC_TAIL)
		ok = iptc_append_entry(rule->chain, &e.head, h);
	else
		ok = iptc_insert_entry(rule->chain, &e.head,
				       rule->place == IPTC_SECOND, h);
	return ok ? 1 : -errno;
}

/* Does a comment say that the rule goes with @device? */
static bool iptc_rule_is_of(const struct ipt_entry *e, const char *device)
{
	const char *bytes = (const char *)e;
	size_t at = sizeof(*e);

	while (at + sizeof(struct xt_entry_match) <= e->target_offset) {
		const struct xt_entry_match *m = (const void *)(bytes + at);
		const struct xt_comment_info *c = (const void *)m->data;

		if (strcmp(m->u.user.name, "comment") == 0 &&
		    strncmp(c->comment, IPTC_OWNER,
			    sizeof(IPTC_OWNER) - 1) == 0)
			return strcmp(c->comment + sizeof(IPTC_OWNER) - 1,
				      device) == 0;
		at += m->u.match_size;
	}
	return false;
}

bool iptc_rule_names(const struct ipt_entry *e, const char *device)
{
	/* Not those that mean a whole class of devices. */
	size_t len = strlen(device);

	return (strncmp(e->ip.iniface, device, IFNAMSIZ) == 0 &&
		e->ip.iniface_mask[len]) ||
	       (strncmp(e->ip.outiface, device, IFNAMSIZ) == 0 &&
		e->ip.outiface_mask[len]) || iptc_rule_is_of(e, device);
}
