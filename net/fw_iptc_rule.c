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
#include <linux/netfilter/xt_connlimit.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mac.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_rpfilter.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>

#include "net/fw.h"

#define IPTC_OWNER "runns:"

enum { IPTC_ENTRY_SIZE = 1024, IPTC_MARK_SHIFT = 24 };

/* An entry that grows part by part. */
struct iptc_entry {
	size_t len;
	union {
		struct ipt_entry v4;
		struct ip6t_entry v6;
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

static void iptc_put_head4(struct ipt_ip *ip, const struct iptc_rule *rule)
{
	if (rule->in)
		iptc_device(ip->iniface, ip->iniface_mask, rule->in);
	if (rule->out)
		iptc_device(ip->outiface, ip->outiface_mask, rule->out);
	if (rule->leave)
		ip->flags |= IPT_F_GOTO;
	if (rule->match == IPTC_ICMP)
		ip->proto = IPPROTO_ICMP;
	if (rule->not_from) {
		memcpy(&ip->src, rule->not_from->bytes, sizeof(ip->src));
		ip->smsk.s_addr = INADDR_BROADCAST;
		ip->invflags |= IPT_INV_SRCIP;
	}
	if (rule->match == IPTC_LOCAL) {
		ip->dst.s_addr = htonl(INADDR_LOOPBACK & IN_CLASSA_NET);
		ip->dmsk.s_addr = htonl(IN_CLASSA_NET);
		ip->invflags |= IPT_INV_DSTIP;
	}
}

static void iptc_put_head6(struct ip6t_ip6 *ip, const struct iptc_rule *rule)
{
	if (rule->in)
		iptc_device(ip->iniface, ip->iniface_mask, rule->in);
	if (rule->out)
		iptc_device(ip->outiface, ip->outiface_mask, rule->out);
	if (rule->leave)
		ip->flags |= IP6T_F_GOTO;
	if (rule->match == IPTC_ICMP) {
		ip->proto = IPPROTO_ICMPV6;
		ip->flags |= IP6T_F_PROTO;
	}
	if (rule->match == IPTC_LOCAL) {
		ip->dst = in6addr_loopback;
		memset(&ip->dmsk, 0xff, sizeof(ip->dmsk));
		ip->invflags |= IP6T_INV_DSTIP;
	}
}

static void iptc_put_echo6(struct iptc_entry *e)
{
	struct ip6t_icmp *icmp = iptc_part(e, "icmp6", 0, sizeof(*icmp));

	icmp->type = ICMP6_ECHO_REQUEST;
	icmp->code[1] = UINT8_MAX;
}

static void iptc_put_match(struct iptc_entry *e, enum iptc_match match)
{
	struct xt_conntrack_mtinfo3 *ct;
	struct xt_rpfilter_info *rp;
	struct xt_mark_mtinfo1 *mark;
	struct xt_addrtype_info_v1 *type;
	struct xt_connlimit_info *limit;

	switch (match) {
	case IPTC_ANY:
	case IPTC_ICMP:
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
	case IPTC_CROWDED:
		limit = iptc_part(e, "connlimit", 1, sizeof(*limit));
		limit->v4_mask = INADDR_BROADCAST;
		limit->limit = FW_CONNECTIONS_MAX;
		break;
	case IPTC_LOCAL:
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

static void iptc_put_port(struct iptc_entry *e, uint8_t family, bool udp_port,
			  uint16_t port)
{
	uint8_t protocol = udp_port ? IPPROTO_UDP : IPPROTO_TCP;
	struct xt_tcp *tcp;
	struct xt_udp *udp;

	if (family == 4) {
		e->v4.ip.proto = protocol;
	} else {
		e->v6.ipv6.proto = protocol;
		e->v6.ipv6.flags |= IP6T_F_PROTO;
	}
	if (udp_port) {
		udp = iptc_part(e, "udp", 0, sizeof(*udp));
		udp->spts[1] = UINT16_MAX;
		udp->dpts[0] = udp->dpts[1] = port;
	} else {
		tcp = iptc_part(e, "tcp", 0, sizeof(*tcp));
		tcp->spts[1] = UINT16_MAX;
		tcp->dpts[0] = tcp->dpts[1] = port;
	}
}

static void iptc_put_net(struct iptc_entry *e, const struct addr_net *net)
{
	uint8_t *mask = net->addr.family == 4 ?
				(uint8_t *)&e->v4.ip.dmsk :
				(uint8_t *)&e->v6.ipv6.dmsk;
	unsigned int bit;

	if (net->addr.family == 4)
		memcpy(&e->v4.ip.dst, net->addr.bytes, 4);
	else
		memcpy(&e->v6.ipv6.dst, net->addr.bytes, 16);
	for (bit = 0; bit < net->prefix; bit++)
		mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

static void iptc_put_allow(struct iptc_entry *e, uint8_t family,
			   const struct allow *a)
{
	if (a->kind != ALLOW_HOST)
		iptc_put_net(e, &a->net);
	if (a->kind != ALLOW_NET)
		iptc_put_port(e, family, a->udp, a->port);
}

static void iptc_put_mac(struct iptc_entry *e, const uint8_t *mac)
{
	struct xt_mac_info *info = iptc_part(e, "mac", 0, sizeof(*info));

	memcpy(info->srcaddr, mac, sizeof(info->srcaddr));
	info->invert = 1;
}

/* The host's end of a forward. */
static void iptc_put_door(struct iptc_entry *e, uint8_t family,
			  const struct profile_forward *f)
{
	const struct addr_net host = {
		.addr = f->addr, .prefix = family == 4 ? 32 : 128,
	};

	if (f->addr.family)
		iptc_put_net(e, &host);
	iptc_put_port(e, family, f->udp, f->port);
}

static void iptc_put_inside6(struct iptc_entry *e, const struct iptc_rule *rule)
{
	struct nf_nat_range2 *nat = iptc_part(e, rule->target, 2, sizeof(*nat));

	nat->flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED;
	memcpy(&nat->min_addr, rule->inside->bytes, sizeof(nat->min_addr));
	nat->max_addr = nat->min_addr;
	nat->min_proto.all = htons(rule->door->inside_port);
	nat->max_proto.all = nat->min_proto.all;
}

static void iptc_put_inside4(struct iptc_entry *e, const struct iptc_rule *rule)
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

static void iptc_put_address(struct iptc_entry *e, const struct addr *to)
{
	struct nf_nat_range2 *nat = iptc_part(e, "DNAT", 2, sizeof(*nat));

	nat->flags = NF_NAT_RANGE_MAP_IPS;
	memcpy(&nat->min_addr, to->bytes, to->family == 4 ? 4 : 16);
	nat->max_addr = nat->min_addr;
}

/* A connection that is being made takes no notice of ICMP. */
static void iptc_put_reject(struct iptc_entry *e, uint8_t family,
			    const struct allow *a)
{
	struct ipt_reject_info *v4;
	struct ip6t_reject_info *v6;
	bool reset = a && a->kind != ALLOW_NET && !a->udp;

	if (family == 4) {
		v4 = iptc_part(e, "REJECT", 0, sizeof(*v4));
		v4->with = reset ? IPT_TCP_RESET : IPT_ICMP_PORT_UNREACHABLE;
	} else {
		v6 = iptc_part(e, "REJECT", 0, sizeof(*v6));
		v6->with = reset ? IP6T_TCP_RESET : IP6T_ICMP6_PORT_UNREACH;
	}
}

static void iptc_put_masquerade(struct iptc_entry *e, uint8_t family)
{
	struct nf_nat_ipv4_multi_range_compat *nat;

	if (family == 6) {
		iptc_part(e, "MASQUERADE", 0, sizeof(struct nf_nat_range));
		return;
	}
	nat = iptc_part(e, "MASQUERADE", 0, sizeof(*nat));
	nat->rangesize = 1;
}

static void iptc_put_target(struct iptc_entry *e, uint8_t family,
			    const struct iptc_rule *rule)
{
	struct xt_mark_tginfo2 *mark;
	size_t at = e->len;

	if (strcmp(rule->target, "MASQUERADE") == 0) {
		iptc_put_masquerade(e, family);
	} else if (rule->door) {
		if (family == 4)
			iptc_put_inside4(e, rule);
		else
			iptc_put_inside6(e, rule);
	} else if (rule->inside) {
		iptc_put_address(e, rule->inside);
	} else if (strcmp(rule->target, "REJECT") == 0) {
		iptc_put_reject(e, family, rule->allow);
	} else if (strcmp(rule->target, "MARK") == 0) {
		mark = iptc_part(e, rule->target, 2, sizeof(*mark));
		mark->mark = (uint32_t)rule->mark << IPTC_MARK_SHIFT;
		mark->mask = 0xffU << IPTC_MARK_SHIFT;
	} else {
		/* A verdict or a chain: libiptc looks the name up. */
		iptc_part(e, rule->target, 0, sizeof(int));
	}
	if (family == 4) {
		e->v4.target_offset = (uint16_t)at;
		e->v4.next_offset = (uint16_t)e->len;
	} else {
		e->v6.target_offset = (uint16_t)at;
		e->v6.next_offset = (uint16_t)e->len;
	}
}

int iptc_rule_add(const struct iptc *t, const struct iptc_rule *rule)
{
	struct iptc_entry e = { .len = 0 };
	struct xt_comment_info *comment;
	int ok;

	if (t->lib->family == 4) {
		e.len = XT_ALIGN(sizeof(e.v4));
		iptc_put_head4(&e.v4.ip, rule);
	} else {
		e.len = XT_ALIGN(sizeof(e.v6));
		iptc_put_head6(&e.v6.ipv6, rule);
		if (rule->match == IPTC_ICMP)
			iptc_put_echo6(&e);
	}
	iptc_put_match(&e, rule->match);
	if (rule->allow)
		iptc_put_allow(&e, t->lib->family, rule->allow);
	if (rule->not_mac)
		iptc_put_mac(&e, rule->not_mac);
	if (rule->door)
		iptc_put_door(&e, t->lib->family, rule->door);
	comment = iptc_part(&e, "comment", 0, sizeof(*comment));
	snprintf(comment->comment, sizeof(comment->comment), "%s%s",
		 rule->owner ? IPTC_OWNER : "runns",
		 rule->owner ? rule->owner : "");
	iptc_put_target(&e, t->lib->family, rule);

	if (rule->place == IPTC_TAIL)
		ok = t->lib->append(rule->chain, e.bytes, t->h);
	else
		ok = t->lib->insert(rule->chain, e.bytes,
				    rule->place == IPTC_SECOND, t->h);
	return ok ? 1 : -errno;
}

/* Does a comment say that the rule goes with @device? */
static bool iptc_rule_is_of(const struct iptc_head *e, const char *device)
{
	size_t at = e->matches;

	while (at + sizeof(struct xt_entry_match) <= e->target) {
		const struct xt_entry_match *m = (const void *)(e->entry + at);
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

bool iptc_rule_names(const struct iptc_head *e, const char *device)
{
	/* Not those that mean a whole class of devices. */
	size_t len = strlen(device);

	return (strncmp(e->in, device, IFNAMSIZ) == 0 && e->in_mask[len]) ||
	       (strncmp(e->out, device, IFNAMSIZ) == 0 && e->out_mask[len]) ||
	       iptc_rule_is_of(e, device);
}
