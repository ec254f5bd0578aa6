/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_check.c - what only all sections of runns.conf(5) together can tell
 *
 * A machine may have tens of thousands of sections, so nothing here compares
 * each with each.  Two scratch numbers in every profile make a hash table of
 * the array: bucket number h is kept in profile h, the members of a bucket
 * are chained; both are indices plus one, 0 is the end.
 */
#include <errno.h>

#include "lib/policy/profile.h"
#include "lib/policy/profile_allow.h"
#include "lib/policy/profile_door.h"
#include "lib/policy/profile_inet6.h"
#include "lib/policy/profile_link.h"
#include "lib/policy/profile_program.h"
#include "lib/policy/profile_vpn.h"

static void table_clear(struct profile_conf *conf)
{
	size_t i;

	for (i = 0; i < conf->n; i++)
		conf->profiles[i].bucket = 0;
}

static void table_add(struct profile_conf *conf, size_t i, uint32_t hash)
{
	uint32_t *bucket = &conf->profiles[hash % conf->n].bucket;

	conf->profiles[i].chain = *bucket;
	*bucket = (uint32_t)i + 1;
}

static uint32_t table_first(const struct profile_conf *conf, uint32_t hash)
{
	return conf->profiles[hash % conf->n].bucket;
}

/* FNV-1a; upper and lower case have the same hash. */
static uint32_t hash_text(struct slice s)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < s.len; i++)
		hash = (hash ^ ((unsigned char)s.p[i] | 0x20u)) * 16777619u;
	return hash;
}

static uint32_t hash_net(uint32_t base, uint8_t prefix)
{
	uint32_t hash = base * 2654435761u + prefix;

	return hash ^ hash >> 15;
}

static struct slice column_section(const struct profile *p)
{
	return p->section;
}

static struct slice column_netns(const struct profile *p)
{
	return p->netns.len ? p->netns : p->section;
}

static struct slice column_interface_in(const struct profile *p)
{
	return p->interface_in;
}

/* A property that no two sections may have in common. */
struct column {
	struct slice (*get)(const struct profile *p); /* empty: has none */
	bool (*same)(struct slice a, struct slice b);
	const char *what;
};

enum { COLUMN_SECTION, COLUMN_NETNS, COLUMN_INTERFACE_IN };

static const struct column columns[] = {
	[COLUMN_SECTION] = { column_section, profile_same_text, "section" },
	[COLUMN_NETNS] = { column_netns, slice_equal, "namespace" },
	[COLUMN_INTERFACE_IN] = { column_interface_in, slice_equal,
				  "InterfaceIn" },
};

static const struct profile *column_find(const struct profile_conf *conf,
					 const struct column *c,
					 struct slice value)
{
	uint32_t k = table_first(conf, hash_text(value));

	for (; k; k = conf->profiles[k - 1].chain)
		if (c->same(c->get(&conf->profiles[k - 1]), value))
			return &conf->profiles[k - 1];
	return NULL;
}

static int check_column(struct profile_conf *conf, const struct column *c,
			struct diag *d)
{
	size_t i;

	table_clear(conf);
	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i], *other;
		struct slice value = c->get(p);

		if (!value.len)
			continue;
		other = column_find(conf, c, value);
		if (other)
			return diag_set(d, p->file, p->line, 0,
					"%s \"%.*s\" is given twice: first by [%.*s] at %s:%u",
					c->what, SLICE_ARG(value),
					SLICE_ARG(other->section), other->file,
					other->line);
		table_add(conf, i, hash_text(value));
	}
	return 0;
}

/* The table must hold the column InterfaceIn. */
static int check_uplinks(const struct profile_conf *conf, struct diag *d)
{
	size_t i;

	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i], *other;

		if (!p->interface_out.len)
			continue;
		other = column_find(conf, &columns[COLUMN_INTERFACE_IN],
				    p->interface_out);
		if (other)
			return diag_set(d, p->file, p->line, 0,
					"InterfaceOut \"%.*s\" is the "
					"InterfaceIn of [%.*s] at %s:%u",
					SLICE_ARG(p->interface_out),
					SLICE_ARG(other->section), other->file,
					other->line);
	}
	return 0;
}

/*
 * Is the network of its Address its own?  With other kinds of devices that is
 * a network which others are in too.
 */
static bool has_network(const struct profile *p)
{
	return p->has_address && p->link == LINK_VETH;
}

/* The first address of the IPv4 network with that prefix around @a. */
static uint32_t net_base(const struct addr *a, uint8_t prefix)
{
	uint32_t host = (uint32_t)a->bytes[0] << 24 |
			(uint32_t)a->bytes[1] << 16 |
			(uint32_t)a->bytes[2] << 8 | a->bytes[3];

	return prefix ? host & ~0u << (32 - prefix) : 0;
}

/* The network of that prefix around section @i's, another section's. */
static const struct profile *net_find(const struct profile_conf *conf, size_t i,
				      uint8_t prefix)
{
	uint32_t base = net_base(&conf->profiles[i].address.addr, prefix);
	uint32_t k = table_first(conf, hash_net(base, prefix));

	for (; k; k = conf->profiles[k - 1].chain) {
		const struct addr_net *net = &conf->profiles[k - 1].address;

		if (k - 1 != i && net->prefix == prefix &&
		    net_base(&net->addr, prefix) == base)
			return &conf->profiles[k - 1];
	}
	return NULL;
}

/* Puts all networks into the table; the result has a bit for each prefix. */
static uint32_t net_add_all(struct profile_conf *conf)
{
	uint32_t prefixes = 0;
	size_t i;

	table_clear(conf);
	for (i = 0; i < conf->n; i++) {
		const struct addr_net *net = &conf->profiles[i].address;

		if (!has_network(&conf->profiles[i]))
			continue;
		prefixes |= 1u << net->prefix;
		table_add(conf, i, hash_net(net_base(&net->addr, net->prefix),
					    net->prefix));
	}
	return prefixes;
}

/*
 * Two networks overlap only if one contains the other: the wider one is found
 * by looking its prefix length up, for every length that is in use.
 */
static int check_overlap(struct profile_conf *conf, struct diag *d)
{
	uint32_t prefixes = net_add_all(conf);
	uint8_t prefix;
	size_t i;

	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i], *other;

		if (!has_network(p))
			continue;
		for (prefix = 0; prefix <= p->address.prefix; prefix++) {
			if (!(prefixes & 1u << prefix))
				continue;
			other = net_find(conf, i, prefix);
			if (other)
				return diag_set(d, p->file, p->line, 0,
						"Address of [%.*s] overlaps "
						"that of [%.*s] at %s:%u",
						SLICE_ARG(p->section),
						SLICE_ARG(other->section),
						other->file, other->line);
		}
	}
	return 0;
}

/* @addresses: any section has one */
static int check_pool(const struct profile_conf *conf, bool addresses,
		      struct diag *d)
{
	char pool[ADDR_TEXT_SIZE];
	size_t i;

	addr_format(&conf->pool.addr, pool);
	if (conf->pool_prefix < conf->pool.prefix)
		return diag_set(d, conf->pool_file, conf->pool_line, 0,
				"PoolPrefix %u does not fit into Pool %s/%u",
				conf->pool_prefix, pool, conf->pool.prefix);
	for (i = 0; addresses && i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i];

		if (has_network(p) &&
		    addr_net_overlap(&p->address, &conf->pool))
			return diag_set(d, p->file, p->line, 0,
					"Address of [%.*s] overlaps the Pool "
					"%s/%u: take another, or move the Pool",
					SLICE_ARG(p->section), pool,
					conf->pool.prefix);
	}
	return 0;
}

static int check_resolve(const struct profile_conf *conf, struct diag *d)
{
	size_t i;

	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i];

		if (p->resolve.len && (p->n_dns || p->n_search))
			return diag_set(d, p->file, p->line, 0,
					"[%.*s] has Resolve and also DNS or "
					"Search: the file named by Resolve is used whole",
					SLICE_ARG(p->section));
	}
	return 0;
}

/* The section that describes the Parent of @p, or NULL. */
static const struct profile *parent_of(const struct profile_conf *conf,
				       const struct profile *p)
{
	return p->parent.len ? column_find(conf, &columns[COLUMN_NETNS],
					   p->parent) : NULL;
}

static int check_parent(const struct profile_conf *conf,
			const struct profile *p, struct diag *d)
{
	const struct profile *up = parent_of(conf, p);
	unsigned int left = PROFILE_PARENTS_MAX;

	for (; up && up != p && left; left--)
		up = parent_of(conf, up);
	if (up == p)
		return diag_set(d, p->file, p->line, 0,
				"Parent \"%.*s\" of [%.*s] hangs on [%.*s] "
				"itself", SLICE_ARG(p->parent),
				SLICE_ARG(p->section), SLICE_ARG(p->section));
	if (up)
		return diag_set(d, p->file, p->line, 0,
				"[%.*s] hangs on more than %d others by way "
				"of its Parent", SLICE_ARG(p->section),
				PROFILE_PARENTS_MAX);
	return 0;
}

static int check_parents(struct profile_conf *conf, struct diag *d)
{
	int r = check_column(conf, &columns[COLUMN_NETNS], d);
	size_t i;

	for (i = 0; i < conf->n && r == 0; i++)
		r = check_parent(conf, &conf->profiles[i], d);
	return r;
}

/* What any section has; the rest need not be looked for. */
struct present {
	bool netns;
	bool interface_in;
	bool address;
	bool resolve;
	bool parent;
	bool forward;
};

static struct present present_in(const struct profile_conf *conf)
{
	struct present has = { 0 };
	size_t i;

	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i];

		has.netns |= p->netns.len != 0;
		has.interface_in |= p->interface_in.len != 0;
		has.address |= has_network(p);
		has.resolve |= p->resolve.len != 0;
		has.parent |= p->parent.len != 0;
		has.forward |= p->n_forwards != 0;
	}
	return has;
}

int profile_check(struct profile_conf *conf, struct diag *d)
{
	struct present has = present_in(conf);
	int r = check_column(conf, &columns[COLUMN_SECTION], d);

	/* Else namespaces are sections, and differ as these do. */
	if (r == 0 && has.netns)
		r = check_column(conf, &columns[COLUMN_NETNS], d);
	if (r == 0 && has.interface_in) {
		r = check_column(conf, &columns[COLUMN_INTERFACE_IN], d);
		if (r == 0)
			r = check_uplinks(conf, d);
	}
	if (r == 0 && has.address)
		r = check_overlap(conf, d);
	if (r == 0)
		r = check_pool(conf, has.address, d);
	if (r == 0 && has.resolve)
		r = check_resolve(conf, d);
	if (r == 0 && has.parent)
		r = check_parents(conf, d);
	if (r == 0)
		r = profile_link_check(conf, d);
	if (r == 0)
		r = profile_vpn_check(conf, d);
	if (r == 0)
		r = profile_program_check(conf, d);
	if (r == 0 && has.forward)
		r = profile_forward_check(conf, d);
	if (r == 0)
		r = profile_allow_check(conf, d);
	if (r == 0)
		r = profile_address6_check(conf, d);
	return r;
}
