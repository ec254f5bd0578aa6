/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.c - which frames from inside the engine may see
 */
#include "rootless/frame.h"

enum {
	ETHER_IPV4 = 0x0800,
	ETHER_ARP = 0x0806,
	ETHER_IPV6 = 0x86dd,
	ARP_SIZE = 28,
	IPV4_SIZE = 20,		/* without options, which nobody needs */
	IPV6_SIZE = 40,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ICMP6 = 58,
	PORT_DNS = 53,
};

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static uint64_t get64(const uint8_t *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

/* @payload begins with both ports, source first. */
static bool asks_dns(const uint8_t *payload, size_t len)
{
	return len >= 4 && get16(payload + 2) == PORT_DNS;
}

/* What is not 0 in these: more fragments follow, the offset. */
static bool is_fragment(const uint8_t *ip)
{
	return (get16(ip + 6) & 0x3fff) != 0;
}

/* 0/8 is the host itself to its kernel; then multicast and beyond. */
static bool is_unroutable4(uint32_t a)
{
	return a >> 24 == 0 || a >> 24 == 127 || a >> 28 >= 14;
}

static enum frame_verdict judge_server4(const struct frame_rules *r,
					const uint8_t *ip, size_t len)
{
	if (ip[9] == PROTO_ICMP)
		return FRAME_PASS;
	if (!r->dns || !asks_dns(ip + IPV4_SIZE, len - IPV4_SIZE))
		return FRAME_DROP;
	return FRAME_QUESTION;
}

static enum frame_verdict judge_ipv4(const struct frame_rules *r,
				     const uint8_t *ip, size_t len)
{
	uint32_t from, to;

	if (len < IPV4_SIZE || ip[0] != 0x45 || get16(ip + 2) < IPV4_SIZE ||
	    get16(ip + 2) > len)
		return FRAME_DROP;
	if (ip[9] != PROTO_TCP && ip[9] != PROTO_UDP && ip[9] != PROTO_ICMP)
		return FRAME_DROP;
	/*
	 * Some crash libslirp 4.7 when it puts them together.  They could
	 * also change the port of a question after it was judged.
	 */
	if (is_fragment(ip))
		return FRAME_DROP;
	from = get32(ip + 12);
	to = get32(ip + 16);
	if ((from & r->mask) != r->net || from == r->gateway ||
	    from == r->server || is_unroutable4(to))
		return FRAME_DROP;
	if ((to & r->mask) != r->net)
		return FRAME_PASS;
	if (to == r->server)
		return judge_server4(r, ip, get16(ip + 2));
	if (to == r->gateway && (r->loopback || ip[9] == PROTO_ICMP))
		return FRAME_PASS;
	return FRAME_DROP;
}

/* ::, ::1, and all of IPv4 in other words. */
static bool is_unroutable6(const uint8_t *a)
{
	uint32_t third = get32(a + 8);

	return get64(a) == 0 && (third == 0 || third == 0xffff);
}

static bool is_link_local6(const uint8_t *a)
{
	return a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

static bool is_ours6(const struct frame_rules *r, const uint8_t *from)
{
	return get64(from) == r->prefix6 && get64(from + 8) != r->gateway6 &&
	       get64(from + 8) != r->server6;
}

/* What neighbours say to each other. */
static enum frame_verdict judge_icmp6(const struct frame_rules *r,
				      const uint8_t *from, const uint8_t *to)
{
	bool unspecified = get64(from) == 0 && get64(from + 8) == 0;

	if (!is_ours6(r, from) && !is_link_local6(from) && !unspecified)
		return FRAME_DROP;
	if (to[0] == 0xff || !is_unroutable6(to))
		return FRAME_PASS;
	return FRAME_DROP;
}

static enum frame_verdict judge_ipv6(const struct frame_rules *r,
				     const uint8_t *ip, size_t len)
{
	const uint8_t *from = ip + 8, *to = ip + 24;
	uint32_t payload;

	if (!r->ipv6 || len < IPV6_SIZE || ip[0] >> 4 != 6)
		return FRAME_DROP;
	payload = get16(ip + 4);
	if (payload > len - IPV6_SIZE)
		return FRAME_DROP;
	if (ip[6] == PROTO_ICMP6)
		return judge_icmp6(r, from, to);
	if ((ip[6] != PROTO_TCP && ip[6] != PROTO_UDP) || !is_ours6(r, from) ||
	    to[0] == 0xff || is_link_local6(to) || is_unroutable6(to))
		return FRAME_DROP;
	if (get64(to) != r->prefix6)
		return FRAME_PASS;
	if (get64(to + 8) == r->server6 && r->dns &&
	    asks_dns(ip + IPV6_SIZE, payload))
		return FRAME_QUESTION;
	if (get64(to + 8) == r->gateway6 && r->loopback)
		return FRAME_PASS;
	return FRAME_DROP;
}

enum frame_verdict frame_judge(const struct frame_rules *rules,
			       const uint8_t *frame, size_t len)
{
	if (len < FRAME_ETHER || len > FRAME_MAX)
		return FRAME_DROP;
	switch (get16(frame + 12)) {
	case ETHER_IPV4:
		return judge_ipv4(rules, frame + FRAME_ETHER,
				  len - FRAME_ETHER);
	case ETHER_IPV6:
		return judge_ipv6(rules, frame + FRAME_ETHER,
				  len - FRAME_ETHER);
	case ETHER_ARP:
		return len >= FRAME_ETHER + ARP_SIZE ? FRAME_PASS : FRAME_DROP;
	default:
		return FRAME_DROP;
	}
}
