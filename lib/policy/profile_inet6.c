/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_inet6.c - Address6= and Pool6= of runns.conf(5)
 */
#include "lib/policy/profile_inet6.h"

#include <errno.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/policy/profile_vpn.h"

enum {
	INET6_PREFIX_MIN = 16,
	INET6_PREFIX_MAX = 127,
	INET6_MTU_MIN = 1280,
};

static bool is_link_local(const struct addr *a)
{
	return a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

/* Global or unique local: others are no addresses to be routed. */
bool profile_is_unicast6(const struct addr *a)
{
	return (a->bytes[0] & 0xe0) == 0x20 || (a->bytes[0] & 0xfe) == 0xfc;
}

static int set_net6(const struct profile_input *in, struct addr_net *net)
{
	if (addr_parse_net(in->value, net) < 0 || net->addr.family != 6)
		return profile_bad(in, in->value.p,
				   "IPv6 ADDRESS/LENGTH expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	if (net->prefix < INET6_PREFIX_MIN || net->prefix > INET6_PREFIX_MAX)
		return profile_bad(in, in->value.p,
				   "the length behind \"/\" must be %d to %d",
				   INET6_PREFIX_MIN, INET6_PREFIX_MAX);
	if (!profile_is_unicast6(&net->addr))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" is neither global nor unique local",
				   SLICE_ARG(in->value));
	return 0;
}

bool profile_has_inet6(const struct profile *p)
{
	return p->address6_auto || p->address6.addr.family;
}

int profile_address6_set(const struct profile_input *in)
{
	struct addr_net net;
	int r;

	in->profile->address6_auto = profile_same_text(in->value,
						       SLICE("auto"));
	if (in->profile->address6_auto)
		return 0;
	r = set_net6(in, &net);
	if (r < 0)
		return r;
	if (net.prefix < INET6_PREFIX_MAX && !addr_has_host_bits(&net))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" is the network: the address of "
				   "the host's end is expected",
				   SLICE_ARG(in->value));
	in->profile->address6 = net;
	return 0;
}

int profile_gateway6_set(const struct profile_input *in)
{
	struct addr a;

	if (addr_parse(in->value, &a) < 0 || a.family != 6 ||
	    !(profile_is_unicast6(&a) || is_link_local(&a)))
		return profile_bad(in, in->value.p,
				   "IPv6 address of a router expected, not "
				   "\"%.*s\"", SLICE_ARG(in->value));
	in->profile->gateway6 = a;
	return 0;
}

int profile_pool6_set(const struct profile_input *in)
{
	struct addr_net net;
	int r = set_net6(in, &net);

	if (r == 0)
		r = profile_net_check(in, &net);
	if (r < 0)
		return r;
	in->conf->pool6 = net;
	in->conf->pool6_file = in->file;
	in->conf->pool6_line = in->line;
	return 0;
}

int profile_pool6_prefix_set(const struct profile_input *in)
{
	uint64_t prefix;

	if (num_parse(in->value.p, in->value.len, INET6_PREFIX_MAX,
		      &prefix) < 0 || prefix < INET6_PREFIX_MIN)
		return profile_bad(in, in->value.p,
				   "number from %d to %d expected, not \"%.*s\"",
				   INET6_PREFIX_MIN, INET6_PREFIX_MAX,
				   SLICE_ARG(in->value));
	in->conf->pool6_prefix = (uint8_t)prefix;
	in->conf->pool6_file = in->file;
	in->conf->pool6_line = in->line;
	return 0;
}

/* What it cannot be together with, or NULL. */
static const char *conflict(const struct profile *p)
{
	if (p->link == LINK_NONE)
		return "Link=none";
	if (p->link != LINK_VETH && p->address6_auto)
		return "a Link that leads into a network of others: it needs "
		       "an address of that";
	if (profile_is_sealed(p))
		return "a VPN behind the kill switch, which gives addresses";
	if (p->mtu && p->mtu < INET6_MTU_MIN)
		return "an MTU below 1280";
	return NULL;
}

/* Of a router in the network of the inside, or by its link-local address. */
static bool gateway_fits(const struct profile *p)
{
	const struct addr *a = &p->gateway6;

	if (p->link == LINK_VETH || p->link == LINK_NONE ||
	    !p->address6.addr.family)
		return false;
	return is_link_local(a) ||
	       (addr_in_net(a, &p->address6) &&
		memcmp(a->bytes, p->address6.addr.bytes,
		       sizeof(a->bytes)) != 0);
}

static uint32_t hash_net6(const struct addr *a, unsigned int prefix)
{
	uint32_t hash = 2166136261u + prefix;
	unsigned int i;

	for (i = 0; i < (prefix + 7) / 8; i++) {
		unsigned int left = prefix - 8 * i;
		uint8_t mask = left < 8 ? (uint8_t)(0xff00U >> left) : 0xff;

		hash = (hash ^ (a->bytes[i] & mask)) * 16777619u;
	}
	return hash;
}

/* A network of that length around @p's address, another section's. */
static const struct profile *net6_find(const struct profile_conf *conf,
				       const struct profile *p,
				       unsigned int prefix)
{
	uint32_t hash = hash_net6(&p->address6.addr, prefix);
	uint32_t k = conf->profiles[hash % conf->n].bucket;

	for (; k; k = conf->profiles[k - 1].chain) {
		const struct profile *other = &conf->profiles[k - 1];

		if (other != p && other->address6.prefix == prefix &&
		    addr_in_net(&p->address6.addr, &other->address6))
			return other;
	}
	return NULL;
}

/* Is it in a network of its own? */
static bool has_network6(const struct profile *p)
{
	return p->address6.addr.family && p->link == LINK_VETH;
}

/* Notes which lengths there are; returns whether there is any. */
static bool net6_add_all(struct profile_conf *conf,
			 bool lengths[INET6_PREFIX_MAX + 1])
{
	bool any = false;
	size_t i;

	for (i = 0; i < conf->n; i++)
		conf->profiles[i].bucket = 0;
	for (i = 0; i < conf->n; i++) {
		const struct addr_net *net = &conf->profiles[i].address6;
		uint32_t *bucket;

		/* Others may well be in the network that it is put into. */
		if (!has_network6(&conf->profiles[i]))
			continue;
		bucket = &conf->profiles[hash_net6(&net->addr, net->prefix) %
					 conf->n].bucket;
		conf->profiles[i].chain = *bucket;
		*bucket = (uint32_t)i + 1;
		lengths[net->prefix] = true;
		any = true;
	}
	return any;
}

static int check_conflict(const struct profile *p, struct diag *d)
{
	const char *with = conflict(p);

	if (with)
		return diag_set(d, p->file, p->line, 0,
				"[%.*s] has Address6 and also %s",
				SLICE_ARG(p->section), with);
	return 0;
}

static int check_gateway(const struct profile *p, struct diag *d)
{
	if (p->gateway6.family && !gateway_fits(p))
		return diag_set(d, p->file, p->line, 0,
				"Gateway6 of [%.*s] is no router that its "
				"Address6 can reach: another address of that "
				"network, or a link-local one, and not with "
				"Link=veth", SLICE_ARG(p->section));
	return 0;
}

static int check_pool6(const struct profile_conf *conf, struct diag *d)
{
	char pool[ADDR_TEXT_SIZE];

	addr_format(&conf->pool6.addr, pool);
	if (conf->pool6_prefix < conf->pool6.prefix)
		return diag_set(d, conf->pool6_file, conf->pool6_line, 0,
				"Pool6Prefix %u does not fit into Pool6 %s/%u",
				conf->pool6_prefix, pool, conf->pool6.prefix);
	return 0;
}

static int check_one(const struct profile_conf *conf, const struct profile *p,
		     const bool lengths[INET6_PREFIX_MAX + 1], struct diag *d)
{
	char pool[ADDR_TEXT_SIZE];
	unsigned int prefix;

	addr_format(&conf->pool6.addr, pool);
	if (addr_net_overlap(&p->address6, &conf->pool6))
		return diag_set(d, p->file, p->line, 0,
				"Address6 of [%.*s] overlaps the Pool6 %s/%u: "
				"take another, or move the Pool6",
				SLICE_ARG(p->section), pool,
				conf->pool6.prefix);
	/* The wider of two that overlap is found from the narrower. */
	for (prefix = 0; prefix <= p->address6.prefix; prefix++) {
		const struct profile *other =
			lengths[prefix] ? net6_find(conf, p, prefix) : NULL;

		if (other)
			return diag_set(d, p->file, p->line, 0,
					"Address6 of [%.*s] overlaps that of "
					"[%.*s] at %s:%u",
					SLICE_ARG(p->section),
					SLICE_ARG(other->section), other->file,
					other->line);
	}
	return 0;
}

int profile_address6_check(struct profile_conf *conf, struct diag *d)
{
	bool lengths[INET6_PREFIX_MAX + 1] = { false };
	int r = check_pool6(conf, d);
	size_t i;

	for (i = 0; i < conf->n && r == 0; i++) {
		if (profile_has_inet6(&conf->profiles[i]))
			r = check_conflict(&conf->profiles[i], d);
		if (r == 0)
			r = check_gateway(&conf->profiles[i], d);
	}
	if (r || !net6_add_all(conf, lengths))
		return r;
	for (i = 0; i < conf->n && r == 0; i++) {
		if (has_network6(&conf->profiles[i]))
			r = check_one(conf, &conf->profiles[i], lengths, d);
	}
	return r;
}
