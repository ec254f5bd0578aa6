/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * segment.c - TCP segments larger than the device's frames, both ways
 *
 * struct virtio_net_hdr, and what its fields mean: virtio 1.2, part 5.1.6.
 */
#include "rootless/segment.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum {
	ETHER_SIZE = 14,
	IPV4_SIZE = 20,
	IPV6_SIZE = 40,
	TCP_SIZE = 20,
	TCP_CHECK = 16,		/* where these are in it */
	TCP_OFFSET = 12,
	TCP_FLAGS = 13,
	TCP_SYN = 0x02,
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	PROTO_TCP = 6,
};

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Of RFC 1071, in the machine's byte order, which the result has too. */
static uint64_t sum_of(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	uint32_t word;
	uint16_t rest = 0;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += word;
	}
	for (; len >= sizeof(rest); p += sizeof(rest), len -= sizeof(rest)) {
		memcpy(&rest, p, sizeof(rest));
		sum += rest;
	}
	rest = 0;
	memcpy(&rest, p, len);
	return sum + rest;
}

/**
 * struct tcp_at - a TCP segment in a frame
 * @ip:		where the IP header begins, 20 or 40 bytes of it
 * @tcp:	where TCP's begins
 * @size:	bytes of TCP's header
 */
struct tcp_at {
	size_t ip;
	size_t tcp;
	size_t size;
	bool v6;
};

/* Whole segments without IP options only; @len bytes can be looked at. */
static bool find_tcp(const uint8_t *frame, size_t len, struct tcp_at *out)
{
	const uint8_t *ip = frame + ETHER_SIZE;

	if (len < ETHER_SIZE + IPV4_SIZE)
		return false;
	*out = (struct tcp_at){ .ip = ETHER_SIZE, .tcp = ETHER_SIZE };
	out->v6 = get16(frame + 12) == 0x86dd;
	out->tcp += out->v6 ? IPV6_SIZE : IPV4_SIZE;
	if (len < out->tcp + TCP_SIZE)
		return false;
	if (out->v6 && (ip[0] >> 4 != 6 || ip[6] != PROTO_TCP))
		return false;
	if (!out->v6 && (get16(frame + 12) != 0x0800 || ip[0] != 0x45 ||
			 ip[9] != PROTO_TCP || (get16(ip + 6) & 0x3fff)))
		return false;
	out->size = (size_t)(frame[out->tcp + TCP_OFFSET] >> 4) * 4;
	return out->size >= TCP_SIZE && len >= out->tcp + out->size;
}

/* RFC 1624: what has this sum, once @from in it is @to. */
static void check_replace(uint8_t *check, uint32_t from, uint32_t to)
{
	uint32_t sum = (~get16(check) & 0xffff) + (~from & 0xffff) + to;

	put16(check, ~(uint32_t)fold(sum) & 0xffff);
}

static uint8_t *find_mss(uint8_t *option, const uint8_t *end)
{
	while (option < end && *option != OPTION_END) {
		if (*option == OPTION_NOP) {
			option++;
			continue;
		}
		if (end - option < 2 || option[1] < 2 ||
		    option[1] > end - option)
			return NULL;
		if (option[0] == OPTION_MSS && option[1] == 4)
			return option;
		option += option[1];
	}
	return NULL;
}

/* Where a connection begins: the option with the size of segments, or NULL. */
static uint8_t *offer_of(uint8_t *frame, const struct tcp_at *at)
{
	if (!(frame[at->tcp + TCP_FLAGS] & TCP_SYN))
		return NULL;
	return find_mss(frame + at->tcp + TCP_SIZE,
			frame + at->tcp + at->size);
}

static void raise_mss(uint8_t *frame, size_t len)
{
	struct tcp_at at;
	uint8_t *option;
	uint32_t offer;

	if (!find_tcp(frame, len, &at))
		return;
	option = offer_of(frame, &at);
	/* At an odd place the sum would have to be done otherwise. */
	if (!option || (option - (frame + at.tcp)) % 2)
		return;
	offer = get16(option + 2);
	if (offer >= SEGMENT_MSS)
		return;
	put16(option + 2, SEGMENT_MSS);
	check_replace(frame + at.tcp + TCP_CHECK, offer, SEGMENT_MSS);
}

/* Its sum is not done yet. */
static void lower_mss(uint8_t *frame, const struct tcp_at *at)
{
	uint32_t mss = SEGMENT_WIRE - (uint32_t)(at->tcp - ETHER_SIZE) -
		       TCP_SIZE;
	uint8_t *option = offer_of(frame, at);

	if (option && get16(option + 2) > mss)
		put16(option + 2, mss);
}

static int complete_checksum(const struct virtio_net_hdr *header,
			     uint8_t *frame, size_t len)
{
	size_t start = header->csum_start;
	size_t at = start + header->csum_offset;
	uint16_t sum;

	if (at + sizeof(sum) > len)
		return -EINVAL;
	/* The field has the sum of what is not in the segment itself. */
	sum = (uint16_t)~fold(sum_of(frame + start, len - start));
	/* To UDP 0 means that there is none. */
	if (sum == 0)
		sum = 0xffff;
	memcpy(frame + at, &sum, sizeof(sum));
	return 0;
}

int segment_complete(const struct virtio_net_hdr *header, uint8_t *frame,
		     size_t len)
{
	int err = 0;

	if (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		err = complete_checksum(header, frame, len);
	if (err == 0)
		raise_mss(frame, len);
	return err;
}

/* What TCP's sum begins with: addresses, protocol and length. */
static void put_pseudo(uint8_t *frame, const struct tcp_at *at, size_t len)
{
	const uint8_t *from = frame + at->ip + (at->v6 ? 8 : 12);
	uint8_t rest[8] = { [7] = PROTO_TCP };
	uint16_t sum;

	rest[2] = (uint8_t)((len - at->tcp) >> 8);
	rest[3] = (uint8_t)(len - at->tcp);
	sum = fold(sum_of(from, at->v6 ? 32 : 8) + sum_of(rest, sizeof(rest)));
	memcpy(frame + at->tcp + TCP_CHECK, &sum, sizeof(sum));
}

void segment_describe(uint8_t *frame, size_t len,
		      struct virtio_net_hdr *header)
{
	size_t seen = len < SEGMENT_HEADERS_MAX ? len : SEGMENT_HEADERS_MAX;
	struct tcp_at at;

	*header = (struct virtio_net_hdr){ 0 };
	if (!find_tcp(frame, seen, &at))
		return;
	lower_mss(frame, &at);
	put_pseudo(frame, &at, len);
	header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	header->csum_start = (uint16_t)at.tcp;
	header->csum_offset = TCP_CHECK;
	/* So much lies in one piece, the rest in pages: faster to come by. */
	header->hdr_len = (uint16_t)(at.tcp + at.size);
	if (len - ETHER_SIZE <= SEGMENT_WIRE)
		return;
	header->gso_type = at.v6 ? VIRTIO_NET_HDR_GSO_TCPV6 :
				   VIRTIO_NET_HDR_GSO_TCPV4;
	header->gso_size = (uint16_t)(SEGMENT_WIRE -
				      (at.tcp + at.size - ETHER_SIZE));
}
