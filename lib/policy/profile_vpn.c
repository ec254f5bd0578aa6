/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_vpn.c - the VPN keys of runns.conf(5)
 *
 * A network behind the kill switch has no device but its tunnels', unless Allow
 * or Forward ask for one.  Else keys that speak of another device are errors
 * there, for nobody shall believe that the switch is less tight, or the device
 * there.
 */
#include "lib/policy/profile_vpn.h"

#include <errno.h>

static enum profile_vpn_kind kind_of(struct slice key)
{
	if (profile_same_text(key, SLICE("WireGuard")))
		return PROFILE_WIREGUARD;
	if (profile_same_text(key, SLICE("OpenConnect")))
		return PROFILE_OPENCONNECT;
	return PROFILE_OPENVPN;
}

int profile_vpn_set(const struct profile_input *in)
{
	struct profile *p = in->profile;
	enum profile_vpn_kind kind = kind_of(in->key);

	if (kind != PROFILE_OPENCONNECT && !profile_path_is_plain(in->value))
		return profile_bad(in, in->value.p,
				   "absolute path of a file expected, without "
				   "\"//\", \".\" or \"..\", not \"%.*s\"",
				   SLICE_ARG(in->value));
	if (p->n_vpns == PROFILE_VPN_MAX)
		return profile_bad(in, in->key.p, "more than %d VPNs",
				   PROFILE_VPN_MAX);
	p->vpns[p->n_vpns++] = (struct profile_vpn){ kind, in->value };
	return 0;
}

int profile_kill_switch_set(const struct profile_input *in)
{
	return profile_switch_set(in, &in->profile->kill_switch);
}

int profile_vpn_scripts_set(const struct profile_input *in)
{
	return profile_switch_set(in, &in->profile->vpn_scripts);
}

bool profile_is_sealed(const struct profile *p)
{
	return p->n_vpns && p->kill_switch != SWITCH_NO;
}

bool profile_has_byway(const struct profile *p)
{
	return profile_is_sealed(p) && (p->n_allows || p->n_forwards);
}

/* A key that is given, and has no sense behind the kill switch. */
static const char *other_device(const struct profile *p)
{
	if (profile_has_byway(p))
		return NULL;
	if (p->link != LINK_VETH && p->link != LINK_NONE)
		return "Link";
	if (p->has_address)
		return "Address";
	if (p->interface.len)
		return "Interface";
	if (p->interface_in.len)
		return "InterfaceIn";
	if (p->mtu)
		return "MTU";
	if (p->nat == SWITCH_YES)
		return "Nat=masquerade";
	return NULL;
}

static int check_one(const struct profile *p, struct diag *d)
{
	const char *key = NULL;

	if (p->kill_switch == SWITCH_YES)
		key = "KillSwitch=yes";
	else if (p->vpn_scripts == SWITCH_YES)
		key = "VpnScripts=yes";
	if (!p->n_vpns && key)
		return diag_set(d, p->file, p->line, 0, "[%.*s] has %s and no "
				"VPN that it could be about",
				SLICE_ARG(p->section), key);
	key = profile_is_sealed(p) ? other_device(p) : NULL;
	if (key)
		return diag_set(d, p->file, p->line, 0, "[%.*s] has %s, but "
				"its VPN is the only device of a network with "
				"KillSwitch=yes, which is the default",
				SLICE_ARG(p->section), key);
	if (p->n_vpns && p->kill_switch == SWITCH_NO && p->link == LINK_NONE)
		return diag_set(d, p->file, p->line, 0, "[%.*s] has Link=none "
				"and KillSwitch=no: there is nothing that the "
				"switch could leave open",
				SLICE_ARG(p->section));
	return 0;
}

int profile_vpn_check(const struct profile_conf *conf, struct diag *d)
{
	int r = 0;
	size_t i;

	for (i = 0; i < conf->n && r == 0; i++)
		r = check_one(&conf->profiles[i], d);
	return r;
}
