/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_vpn.h - the VPN keys of runns.conf(5)
 */
#ifndef RUNNS_PROFILE_VPN_H
#define RUNNS_PROFILE_VPN_H

#include "lib/policy/profile_keys.h"

/**
 * profile_vpn_set() - take over the value of vpn, WireGuard or OpenConnect
 * profile_kill_switch_set() - of KillSwitch
 * profile_vpn_scripts_set() - of VpnScripts
 *
 * Return: 0, or -EINVAL with the diagnosis filled.
 */
int profile_vpn_set(const struct profile_input *in) _must_check_;
int profile_kill_switch_set(const struct profile_input *in) _must_check_;
int profile_vpn_scripts_set(const struct profile_input *in) _must_check_;

/**
 * profile_vpn_check() - do the keys of VPNs fit the others?
 *
 * Return: 0, or -EINVAL with @d filled.
 */
int profile_vpn_check(const struct profile_conf *conf, struct diag *d)
	_must_check_;

#endif
