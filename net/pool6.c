/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool6.c - IPv6 networks that follow from the numbers of pool.h
 */
#include "net/pool6.h"

#include "net/route6.h"

enum {
	POOL6_BITS = 128,
	POOL6_NUMBER_BITS = 24,	/* more than any pool of IPv4 has */
};

uint32_t pool6_size(const struct addr_net *pool, uint8_t prefix)
{
	unsigned int bits = prefix - pool->prefix;

	return 1U << (bits < POOL6_NUMBER_BITS ? bits : POOL6_NUMBER_BITS);
}

void pool6_net(const struct addr_net *pool, uint8_t prefix, uint32_t index,
	       struct addr_net *out)
{
	uint32_t number = index % pool6_size(pool, prefix);
	unsigned int bit;

	*out = (struct addr_net){ .addr = pool->addr, .prefix = prefix };
	/* The number's last bit is the last one of the prefix. */
	for (bit = prefix; number; number >>= 1) {
		bit--;
		if (number & 1)
			out->addr.bytes[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
	}
	/* The first address is every router's, unless there are but two. */
	if (prefix < POOL6_BITS - 1)
		out->addr.bytes[15] |= 1;
}

void pool6_peer(const struct addr_net *net, struct addr *out)
{
	unsigned int free = net->prefix > 120 ? 0xffU >> (net->prefix - 120) :
						0xffU;
	uint8_t *last = &out->bytes[15];

	*out = net->addr;
	if ((*last & free) == free)
		(*last)--;
	else
		(*last)++;
}

int pool6_net_is_free(struct nl_sock *sk, const struct addr_net *net)
{
	struct addr first = net->addr, last = net->addr;
	unsigned int bit;
	int r;

	for (bit = net->prefix; bit < POOL6_BITS; bit++) {
		uint8_t mask = (uint8_t)(0x80U >> bit % 8);

		first.bytes[bit / 8] &= (uint8_t)~mask;
		last.bytes[bit / 8] |= mask;
	}
	r = route6_is_free(sk, &net->addr);
	if (r == 1)
		r = route6_is_free(sk, &first);
	return r == 1 ? route6_is_free(sk, &last) : r;
}
