/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr.h - IPv4 and IPv6 addresses and prefixes, read strictly
 */
#ifndef RUNNS_ADDR_H
#define RUNNS_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/slice.h"

enum { ADDR_TEXT_SIZE = 46 };	/* INET6_ADDRSTRLEN */

/**
 * struct addr - an address, in network byte order
 * @family:	4 or 6
 * @bytes:	the first 4 or all 16
 */
struct addr {
	uint8_t family;
	uint8_t bytes[16];
};

/**
 * struct addr_net - an address and the length of its network's prefix
 */
struct addr_net {
	struct addr addr;
	uint8_t prefix;
};

/**
 * addr_parse() - read one address as inet_pton(3) does
 *
 * Zone ids ("%eth0") are refused; ::ffff:a.b.c.d stays IPv6.
 *
 * Return: 0 or -EINVAL; @out is set on success only.
 */
int addr_parse(struct slice text, struct addr *out) _must_check_;

/**
 * addr_parse_bracketed() - read an address that a port may stand behind
 *
 * That of IPv6 stands in brackets, that of IPv4 does not.
 *
 * Return: as addr_parse().
 */
int addr_parse_bracketed(struct slice text, struct addr *out) _must_check_;

/**
 * addr_parse_net() - read ADDRESS/LENGTH
 *
 * Return: 0; -EINVAL if it is none; -ERANGE if the length is too large.
 */
int addr_parse_net(struct slice text, struct addr_net *out) _must_check_;

/** addr_has_host_bits() - is any bit set behind the prefix? */
bool addr_has_host_bits(const struct addr_net *net);

/**
 * addr_in_net() - is @a inside @net?
 *
 * An IPv4-mapped IPv6 address counts as the IPv4 address.
 */
bool addr_in_net(const struct addr *a, const struct addr_net *net);

/** addr_net_overlap() - have the two networks an address in common? */
bool addr_net_overlap(const struct addr_net *a, const struct addr_net *b);

/** addr_format() - as inet_ntop(3) writes it */
void addr_format(const struct addr *a, char out[ADDR_TEXT_SIZE]);

#endif
