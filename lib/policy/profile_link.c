/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_link.c - Link= of runns.conf(5), and what each kind asks for
 *
 * A key that would do nothing with a kind is an error there, above all one
 * that promises protection: what has no end on the host has no rules either.
 */
#include "lib/policy/profile_link.h"

#include <errno.h>

/* Keys whose sense depends on the kind, a bit each. */
enum {
	ADDRESS = 1 << 0,
	GATEWAY = 1 << 1,
	INTERFACE = 1 << 2,
	INTERFACE_IN = 1 << 3,
	INTERFACE_OUT = 1 << 4,
	MTU = 1 << 5,
	NAT = 1 << 6,
	ISOLATE = 1 << 7,
	PARENT = 1 << 8,
};

/**
 * struct link_row - a kind of device
 * @device:	what has to stand behind ":"; NULL: nothing may
 * @needs:	keys that must be given
 * @refuses:	keys that must not
 */
static const struct link_row {
	const char *name;
	const char *device;
	unsigned int needs;
	unsigned int refuses;
} rows[LINK_KINDS] = {
	[LINK_VETH] = { "veth", NULL, 0, GATEWAY },
	[LINK_NONE] = { "none", NULL, 0,
			ADDRESS | GATEWAY | INTERFACE | INTERFACE_IN |
			INTERFACE_OUT | MTU | NAT | PARENT },
	[LINK_MACVLAN] = { "macvlan", NULL, ADDRESS | INTERFACE_OUT,
			   INTERFACE_IN | NAT | ISOLATE },
	[LINK_IPVLAN] = { "ipvlan", NULL, ADDRESS | INTERFACE_OUT,
			  INTERFACE_IN | NAT | ISOLATE },
	[LINK_BRIDGE] = { "bridge", "the name of a bridge", ADDRESS,
			  INTERFACE_OUT | NAT | ISOLATE },
	[LINK_MOVE] = { "move", "the name of a device", 0,
			INTERFACE_IN | INTERFACE_OUT | NAT | ISOLATE },
};

/* What to say of a key, and is it given? */
static const struct link_key {
	unsigned int key;
	const char *name;
	const char *missing;
} keys[] = {
	{ ADDRESS, "Address",
	  "that of the inside, such as 192.0.2.7/24: there is nothing to "
	  "choose one from" },
	{ GATEWAY, "Gateway", "" },
	{ INTERFACE, "Interface", "" },
	{ INTERFACE_IN, "InterfaceIn", "" },
	{ INTERFACE_OUT, "InterfaceOut",
	  "the device of the host's that it is put on" },
	{ MTU, "MTU", "" },
	{ NAT, "Nat=masquerade", "" },
	{ ISOLATE, "Isolate=yes", "" },
	{ PARENT, "Parent", "" },
};

static unsigned int keys_given(const struct profile *p)
{
	unsigned int given = 0;

	given |= p->has_address ? ADDRESS : 0;
	given |= p->gateway.family ? GATEWAY : 0;
	given |= p->interface.len ? INTERFACE : 0;
	given |= p->interface_in.len ? INTERFACE_IN : 0;
	given |= p->interface_out.len ? INTERFACE_OUT : 0;
	given |= p->mtu ? MTU : 0;
	given |= p->nat == SWITCH_YES ? NAT : 0;
	given |= p->isolate == SWITCH_YES ? ISOLATE : 0;
	given |= p->parent.len ? PARENT : 0;
	return given;
}

const char *profile_link_name(enum profile_link link)
{
	return rows[link].name;
}

int profile_link_find(struct slice name, enum profile_link *out)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (profile_same_text(name, (struct slice){
				rows[i].name, strlen(rows[i].name) })) {
			*out = (enum profile_link)i;
			return 0;
		}
	}
	return -EINVAL;
}

int profile_link_set(const struct profile_input *in)
{
	const char *colon = memchr(in->value.p, ':', in->value.len);
	struct slice kind = in->value;
	struct slice device = { 0 };
	const struct link_row *row;

	if (colon) {
		kind.len = (size_t)(colon - kind.p);
		device.p = colon + 1;
		device.len = in->value.len - kind.len - 1;
	}
	if (profile_link_find(kind, &in->profile->link) < 0)
		return profile_bad(in, in->value.p,
				   "veth, macvlan, ipvlan, bridge:NAME, "
				   "move:IFACE or none expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	row = &rows[in->profile->link];
	if (colon && !row->device)
		return profile_bad(in, colon, "nothing follows \"%s\"",
				   row->name);
	if (!row->device)
		return 0;
	if (!device.len)
		return profile_bad(in, in->value.p + in->value.len,
				   "%s expected behind \"%s:\"", row->device,
				   row->name);
	return profile_interface_set(in, device, &in->profile->link_device);
}

int profile_gateway_set(const struct profile_input *in)
{
	struct addr a;

	if (addr_parse(in->value, &a) < 0 || a.family != 4 || a.bytes[0] == 0 ||
	    a.bytes[0] == 127 || a.bytes[0] >= 224)
		return profile_bad(in, in->value.p,
				   "IPv4 address of a router expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	in->profile->gateway = a;
	return 0;
}

int profile_parent_set(const struct profile_input *in)
{
	if (!name_is_valid(in->value))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" cannot be a namespace: " PROFILE_NAME_RULE,
				   SLICE_ARG(in->value));
	in->profile->parent = in->value;
	return 0;
}

static int check_keys(const struct profile *p, struct diag *d)
{
	const struct link_row *row = &rows[p->link];
	unsigned int given = keys_given(p);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (row->needs & ~given & keys[i].key)
			return diag_set(d, p->file, p->line, 0,
					"[%.*s] has Link=%s and needs %s, %s",
					SLICE_ARG(p->section), row->name,
					keys[i].name, keys[i].missing);
		if (row->refuses & given & keys[i].key)
			return diag_set(d, p->file, p->line, 0,
					"[%.*s] has Link=%s and also %s, which "
					"cannot hold there",
					SLICE_ARG(p->section), row->name,
					keys[i].name);
	}
	return 0;
}

static int check_gateway(const struct profile *p, struct diag *d)
{
	const struct addr *a = &p->gateway;

	if (!a->family)
		return 0;
	if (!p->has_address || !addr_in_net(a, &p->address) ||
	    memcmp(a->bytes, p->address.addr.bytes, 4) == 0)
		return diag_set(d, p->file, p->line, 0,
				"Gateway of [%.*s] is not another address in "
				"the network of its Address",
				SLICE_ARG(p->section));
	return 0;
}

int profile_link_check(const struct profile_conf *conf, struct diag *d)
{
	int r = 0;
	size_t i;

	for (i = 0; i < conf->n && r == 0; i++) {
		r = check_keys(&conf->profiles[i], d);
		if (r == 0)
			r = check_gateway(&conf->profiles[i], d);
	}
	return r;
}

bool profile_is_isolated(const struct profile *p)
{
	/* Others than pairs have no rules, and these nothing to be kept from. */
	if (p->link == LINK_NONE || profile_is_sealed(p))
		return true;
	return p->link == LINK_VETH && p->isolate != SWITCH_NO;
}
