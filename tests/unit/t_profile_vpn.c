/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_profile_vpn.c - the VPN keys of runns.conf(5)
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/section.h"

static void assert_vpn(size_t i, enum profile_vpn_kind kind, const char *value)
{
	assert_int_equal(memory[0].vpns[i].kind, kind);
	assert_true(slice_is(memory[0].vpns[i].value, value));
}

static void test_none(void **state)
{
	(void)state;
	assert_int_equal(read_section("MTU = 1400\n"), 0);
	assert_int_equal(memory[0].n_vpns, 0);
	assert_false(profile_is_sealed(&memory[0]));
}

/* Several, in their order; sealed unless the file says otherwise. */
static void test_several(void **state)
{
	(void)state;
	assert_int_equal(read_section("vpn = /etc/a.conf\n"
				      "WireGuard = /etc/wg0.conf\n"
				      "VPN = /etc/b.conf\n"
				      "OpenConnect = vpn.test --user bob\n"), 0);
	assert_int_equal(memory[0].n_vpns, 4);
	assert_vpn(0, PROFILE_OPENVPN, "/etc/a.conf");
	assert_vpn(1, PROFILE_WIREGUARD, "/etc/wg0.conf");
	assert_vpn(2, PROFILE_OPENVPN, "/etc/b.conf");
	assert_vpn(3, PROFILE_OPENCONNECT, "vpn.test --user bob");
	assert_true(profile_is_sealed(&memory[0]));
}

static void test_switches(void **state)
{
	(void)state;
	assert_int_equal(read_section("vpn = /a\nKillSwitch = no\n"), 0);
	assert_false(profile_is_sealed(&memory[0]));
	assert_int_equal(read_section("vpn = /a\nKillSwitch = YES\n"), 0);
	assert_true(profile_is_sealed(&memory[0]));
	assert_int_equal(memory[0].vpn_scripts, SWITCH_DEFAULT);
	assert_int_equal(read_section("vpn = /a\nVpnScripts = yes\n"), 0);
	assert_int_equal(memory[0].vpn_scripts, SWITCH_YES);
}

/* What the network of a tunnel alone may be told besides. */
static void test_beside(void **state)
{
	static const char *const good[] = {
		"vpn = /a\nInterfaceOut = eth1\nDNS = 9.9.9.9\n",
		"vpn = /a\nLink = none\nIsolate = yes\n",
		"vpn = /a\nKillSwitch = no\nAddress = 10.0.0.1/24\nMTU = 1400\n",
		"vpn = /a\nKillSwitch = no\nInterfaceIn = x\nNat = masquerade\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(read_section(good[i]), 0);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *lines;
		const char *says;
	} bad[] = {
		{ "vpn = a.conf\n", "absolute path" },
		{ "vpn = /etc/../a.conf\n", "absolute path" },
		{ "WireGuard = wg0\n", "absolute path" },
		{ "vpn = /1\nvpn = /2\nvpn = /3\nvpn = /4\nvpn = /5\n",
		  "more than 4 VPNs" },
		{ "KillSwitch = maybe\n", "yes or no" },
		{ "vpn = /a\nKillSwitch = yes\nKillSwitch = no\n",
		  "given twice" },
		{ "KillSwitch = yes\n", "no VPN" },
		{ "VpnScripts = yes\n", "no VPN" },
		{ "vpn = /a\nAddress = 10.0.0.1/24\n", "Address" },
		{ "vpn = /a\nInterface = eth0\n", "Interface" },
		{ "vpn = /a\nInterfaceIn = x\n", "InterfaceIn" },
		{ "vpn = /a\nMTU = 1400\n", "MTU" },
		{ "vpn = /a\nNat = masquerade\n", "Nat" },
		{ "vpn = /a\nLink = bridge:br0\nAddress = 10.0.0.5/24\n",
		  "Link" },
		{ "vpn = /a\nKillSwitch = no\nLink = none\n", "Link=none" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(read_section(bad[i].lines), -EINVAL);
		assert_non_null(strstr(diag.text, bad[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_beside),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
