/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_keys.c - the keys of runns.conf(5): one row, one setter each
 */
#include <errno.h>

#include "lib/base/num.h"
#include "lib/policy/profile_allow.h"
#include "lib/policy/profile_door.h"
#include "lib/policy/profile_inet6.h"
#include "lib/policy/profile_link.h"
#include "lib/policy/profile_names.h"
#include "lib/policy/profile_program.h"
#include "lib/policy/profile_view.h"
#include "lib/policy/profile_vpn.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool profile_byte_is_plain(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

bool profile_word_next(struct slice *list, struct slice *word)
{
	size_t i = 0;

	while (list->len && strchr(" \t,", list->p[0])) {
		list->p++;
		list->len--;
	}
	while (i < list->len && !strchr(" \t,", list->p[i]))
		i++;
	*word = (struct slice){ list->p, i };
	list->p += i;
	list->len -= i;
	return i > 0;
}

int profile_switch_set(const struct profile_input *in, enum profile_switch *out)
{
	if (profile_same_text(in->value, SLICE("yes")))
		*out = SWITCH_YES;
	else if (profile_same_text(in->value, SLICE("no")))
		*out = SWITCH_NO;
	else
		return profile_bad(in, in->value.p, "yes or no expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	return 0;
}

/*
 * The kernel takes nearly any byte in the name of an interface; ours become
 * parts of paths and of firewall rules, so they are plain.  "all" and
 * "default" are directories beside the interfaces' in /proc/sys/net.
 */
static const char *interface_wrong(struct slice name)
{
	size_t i;

	if (name.len > PROFILE_IFNAME_MAX)
		return "is longer than 15 bytes";
	if (!profile_byte_is_plain(name.p[0]) || name.p[0] == '-')
		return "must begin with a letter, digit or \"_\"";
	for (i = 0; i < name.len; i++)
		if (!profile_byte_is_plain(name.p[i]) && name.p[i] != '.')
			return "may hold A-Z a-z 0-9 _ . - only";
	if (slice_is(name, "lo") || slice_is(name, "all") ||
	    slice_is(name, "default"))
		return "has another meaning to the kernel";
	return NULL;
}

int profile_interface_set(const struct profile_input *in, struct slice name,
			  struct slice *out)
{
	const char *wrong = interface_wrong(name);

	if (wrong)
		return profile_bad(in, name.p, "interface \"%.*s\" %s",
				   SLICE_ARG(name), wrong);
	*out = name;
	return 0;
}

static int set_interface(const struct profile_input *in, struct slice *out)
{
	return profile_interface_set(in, in->value, out);
}

static int key_interface(const struct profile_input *in)
{
	return set_interface(in, &in->profile->interface);
}

/*
 * rn-NUMBER is what networks without a name of their own are given, and
 * rn-uWORD what those of users are.
 */
static bool is_automatic(struct slice name)
{
	size_t i;

	if (name.len < 4 || memcmp(name.p, "rn-", 3) != 0)
		return false;
	if (name.p[3] == 'u')
		return true;
	for (i = 3; i < name.len; i++)
		if (!is_digit(name.p[i]))
			return false;
	return true;
}

static int key_interface_in(const struct profile_input *in)
{
	if (is_automatic(in->value))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" could be given to another "
				   "network: rn-NUMBER and rn-u* are chosen "
				   "automatically",
				   SLICE_ARG(in->value));
	return set_interface(in, &in->profile->interface_in);
}

static int key_interface_out(const struct profile_input *in)
{
	return set_interface(in, &in->profile->interface_out);
}

static int key_netns(const struct profile_input *in)
{
	if (!name_is_valid(in->value))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" cannot be a namespace: " PROFILE_NAME_RULE,
				   SLICE_ARG(in->value));
	in->profile->netns = in->value;
	return 0;
}

/* Is the part behind the prefix all zero (@bit 0) or all one (@bit 1)? */
static bool host_part_is(const struct addr_net *net, unsigned int bit)
{
	unsigned int i;

	for (i = net->prefix; i < 32; i++)
		if ((unsigned int)(net->addr.bytes[i / 8] >> (7 - i % 8) & 1) !=
		    bit)
			return false;
	return true;
}

static int set_net4(const struct profile_input *in, struct addr_net *net)
{
	int r = addr_parse_net(in->value, net);

	if (r == -ERANGE)
		return profile_bad(in, in->value.p,
				   "the length behind \"/\" is too large in \"%.*s\"",
				   SLICE_ARG(in->value));
	if (r < 0)
		return profile_bad(in, in->value.p,
				   "IPv4 ADDRESS/LENGTH expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	if (net->addr.family != 4)
		return profile_bad(in, in->value.p,
				   "an IPv6 network is given with Address6 or "
				   "Pool6");
	if (net->prefix < 8 || net->prefix > 31)
		return profile_bad(in, in->value.p,
				   "the length behind \"/\" must be 8 to 31");
	if (net->addr.bytes[0] == 0 || net->addr.bytes[0] == 127 ||
	    net->addr.bytes[0] >= 224)
		return profile_bad(in, in->value.p,
				   "\"%.*s\" is no network that hosts can have",
				   SLICE_ARG(in->value));
	return 0;
}

static int key_address(const struct profile_input *in)
{
	struct addr_net net;
	int r;

	if (profile_same_text(in->value, SLICE("auto")))
		return 0;
	r = set_net4(in, &net);
	if (r < 0)
		return r;
	if (net.prefix < 31 && host_part_is(&net, 0))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" is the network: the address of "
				   "the host's end is expected",
				   SLICE_ARG(in->value));
	if (net.prefix < 31 && host_part_is(&net, 1))
		return profile_bad(in, in->value.p,
				   "\"%.*s\" is the broadcast address of its network",
				   SLICE_ARG(in->value));
	in->profile->address = net;
	in->profile->has_address = true;
	return 0;
}

static int set_number(const struct profile_input *in, uint64_t min,
		      uint64_t max, uint64_t *out)
{
	uint64_t value;

	if (num_parse(in->value.p, in->value.len, max, &value) < 0 ||
	    value < min)
		return profile_bad(in, in->value.p,
				   "number from %u to %u expected, not \"%.*s\"",
				   (unsigned int)min, (unsigned int)max,
				   SLICE_ARG(in->value));
	*out = value;
	return 0;
}

static int key_mtu(const struct profile_input *in)
{
	uint64_t mtu = 0;
	int r = set_number(in, 68, 65535, &mtu);

	in->profile->mtu = (uint32_t)mtu;
	return r;
}

static int key_nat(const struct profile_input *in)
{
	if (profile_same_text(in->value, SLICE("masquerade")))
		in->profile->nat = SWITCH_YES;
	else if (profile_same_text(in->value, SLICE("none")))
		in->profile->nat = SWITCH_NO;
	else
		return profile_bad(in, in->value.p,
				   "masquerade or none expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	return 0;
}

static int key_isolate(const struct profile_input *in)
{
	return profile_switch_set(in, &in->profile->isolate);
}

/* No component may lead elsewhere than it says. */
bool profile_path_is_plain(struct slice path)
{
	size_t i, start = 1;

	if (path.len < 2 || path.p[0] != '/')
		return false;
	for (i = 1; i <= path.len; i++) {
		struct slice part = { path.p + start, i - start };

		if (i < path.len && path.p[i] != '/')
			continue;
		if (!part.len || slice_is(part, ".") || slice_is(part, ".."))
			return false;
		start = i + 1;
	}
	return true;
}

static int key_strict_dns(const struct profile_input *in)
{
	return profile_switch_set(in, &in->profile->strict_dns);
}

static int key_linger(const struct profile_input *in)
{
	return profile_switch_set(in, &in->profile->linger);
}

int profile_net_check(const struct profile_input *in,
		      const struct addr_net *net)
{
	if (!addr_has_host_bits(net))
		return 0;
	return profile_bad(in, in->value.p,
			   "\"%.*s\" has bits set behind its prefix",
			   SLICE_ARG(in->value));
}

static int key_pool(const struct profile_input *in)
{
	struct addr_net net;
	int r = set_net4(in, &net);

	if (r == 0)
		r = profile_net_check(in, &net);
	if (r < 0)
		return r;
	in->conf->pool = net;
	in->conf->pool_file = in->file;
	in->conf->pool_line = in->line;
	return 0;
}

static int key_pool_prefix(const struct profile_input *in)
{
	uint64_t prefix = 0;
	int r = set_number(in, 8, 31, &prefix);

	in->conf->pool_prefix = (uint8_t)prefix;
	in->conf->pool_file = in->file;
	in->conf->pool_line = in->line;
	return r;
}

static int key_firewall(const struct profile_input *in)
{
	if (profile_same_text(in->value, SLICE("auto")))
		in->conf->firewall = FIREWALL_AUTO;
	else if (profile_same_text(in->value, SLICE("nft")))
		in->conf->firewall = FIREWALL_NFT;
	else if (profile_same_text(in->value, SLICE("iptables")))
		in->conf->firewall = FIREWALL_IPTABLES;
	else
		return profile_bad(in, in->value.p,
				   "auto, nft or iptables expected, not \"%.*s\"",
				   SLICE_ARG(in->value));
	return 0;
}

enum where { NETWORK, NETWORK_MANY, GENERAL };

static const struct key {
	const char *name;
	enum where where;
	int (*set)(const struct profile_input *in);
} keys[] = {
	{ "NetworkNamespace", NETWORK, key_netns },
	{ "InterfaceIn", NETWORK, key_interface_in },
	{ "InterfaceOut", NETWORK, key_interface_out },
	{ "Interface", NETWORK, key_interface },
	{ "Link", NETWORK, profile_link_set },
	{ "Parent", NETWORK, profile_parent_set },
	{ "Address", NETWORK, key_address },
	{ "Address6", NETWORK, profile_address6_set },
	{ "Gateway", NETWORK, profile_gateway_set },
	{ "Gateway6", NETWORK, profile_gateway6_set },
	{ "MTU", NETWORK, key_mtu },
	{ "Nat", NETWORK, key_nat },
	{ "Isolate", NETWORK, key_isolate },
	{ "Resolve", NETWORK, profile_resolve_set },
	{ "DNS", NETWORK, profile_dns_set },
	{ "Search", NETWORK, profile_search_set },
	{ "StrictDNS", NETWORK, key_strict_dns },
	{ "Linger", NETWORK, key_linger },
	{ "Pool", GENERAL, key_pool },
	{ "PoolPrefix", GENERAL, key_pool_prefix },
	{ "Pool6", GENERAL, profile_pool6_set },
	{ "Pool6Prefix", GENERAL, profile_pool6_prefix_set },
	{ "Firewall", GENERAL, key_firewall },
	{ "vpn", NETWORK_MANY, profile_vpn_set },
	{ "WireGuard", NETWORK_MANY, profile_vpn_set },
	{ "OpenConnect", NETWORK_MANY, profile_vpn_set },
	{ "KillSwitch", NETWORK, profile_kill_switch_set },
	{ "Allow", NETWORK_MANY, profile_allow_set },
	{ "Forward", NETWORK_MANY, profile_forward_set },
	{ "VpnScripts", NETWORK, profile_vpn_scripts_set },
	{ "User", NETWORK, profile_user_set },
	{ "Propagation", NETWORK, profile_propagation_set },
	{ "Etc", NETWORK, profile_etc_set },
	{ "Type", NETWORK, profile_type_set },
	{ "BIN", NETWORK, profile_bin_set },
	{ "OnUp", NETWORK, profile_on_up_set },
	{ "OnDown", NETWORK, profile_on_down_set },
};

static const struct key *key_find(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (profile_same_text(name, (struct slice){
				keys[i].name, strlen(keys[i].name) }))
			return &keys[i];
	return NULL;
}

int profile_key_set(const struct profile_input *in)
{
	const struct key *key = key_find(in->key);
	uint64_t bit;

	if (!key)
		return profile_bad(in, in->key.p, "unknown key \"%.*s\"",
				   SLICE_ARG(in->key));
	if (key->where == GENERAL && in->profile)
		return profile_bad(in, in->key.p, "%s belongs in [runns]",
				   key->name);
	if (key->where != GENERAL && !in->profile)
		return profile_bad(in, in->key.p,
				   "%s belongs in the section of a network, not in [runns]",
				   key->name);
	bit = (uint64_t)1 << (key - keys);
	if (*in->seen & bit && key->where != NETWORK_MANY)
		return profile_bad(in, in->key.p, "%s is given twice",
				   key->name);
	*in->seen |= bit;
	return key->set(in);
}
