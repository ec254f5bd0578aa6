/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_profile_link.c - Link= of runns.conf(5): every kind, what it needs and what
 * it refuses
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/section.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *lines;
		enum profile_link link;
		const char *device;
	} good[] = {
		{ "", LINK_VETH, "" },
		{ "Link = VETH\nInterfaceOut = eth1\nIsolate = yes\n",
		  LINK_VETH, "" },
		{ "Link = none\nIsolate = yes\nDNS = 9.9.9.9\n", LINK_NONE,
		  "" },
		{ "Link = macvlan\nInterfaceOut = eth1\n"
		  "Address = 10.0.0.5/24\nIsolate = no\nMTU = 1400\n",
		  LINK_MACVLAN, "" },
		{ "Link = ipvlan\nInterfaceOut = eth1\n"
		  "Address = 10.0.0.5/24\nGateway = 10.0.0.1\n",
		  LINK_IPVLAN, "" },
		{ "Link = bridge:br0\nAddress = 10.0.0.5/24\n"
		  "InterfaceIn = port1\nNat = none\n", LINK_BRIDGE, "br0" },
		{ "Link = move:wwan0\n", LINK_MOVE, "wwan0" },
		{ "Link = move:tap0\nAddress = 10.0.0.5/31\n"
		  "Gateway = 10.0.0.4\nInterface = tap0\n", LINK_MOVE,
		  "tap0" },
		/* A network that others are in may well be the pool's. */
		{ "Link = bridge:br0\nAddress = 172.24.0.5/16\n", LINK_BRIDGE,
		  "br0" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		if (read_section(good[i].lines) < 0)
			fail_msg("\"%s\": %u: %s", good[i].lines, diag.line,
				 diag.text);
		assert_int_equal(memory[0].link, good[i].link);
		assert_true(slice_is(memory[0].link_device, good[i].device));
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *lines;
		unsigned int line;
		unsigned int column;
		const char *says;
	} bad[] = {
		{ "Link = vlan\n", 2, 8, "veth, macvlan, ipvlan, bridge:NAME" },
		{ "Link = none:x\n", 2, 12, "nothing follows \"none\"" },
		{ "Link = bridge\n", 2, 14, "name of a bridge expected" },
		{ "Link = bridge:\n", 2, 15, "name of a bridge expected" },
		{ "Link = bridge:../x\n", 2, 15, "must begin with" },
		{ "Link = bridge:lo\n", 2, 15, "another meaning" },
		{ "Link = move:\n", 2, 13, "name of a device expected" },
		{ "Link = move:eth1\nInterfaceOut = eth0\n", 1, 0,
		  "Link=move and also InterfaceOut" },
		{ "Link = move:eth1\nGateway = 10.0.0.1\n", 1, 0,
		  "not another address" },
		{ "Gateway = 10.0.0.1\n", 1, 0, "Link=veth and also Gateway" },
		{ "Gateway = fd00::1\n", 2, 11, "IPv4 address of a router" },
		{ "Gateway = 127.0.0.1\n", 2, 11, "IPv4 address of a router" },
		{ "Link = none\nAddress = 10.0.0.1/24\n", 1, 0,
		  "Link=none and also Address" },
		{ "Link = none\nInterfaceOut = eth1\n", 1, 0,
		  "also InterfaceOut" },
		{ "Link = none\nMTU = 1400\n", 1, 0, "also MTU" },
		{ "Link = macvlan\nInterfaceOut = eth1\n", 1, 0,
		  "needs Address, that of the inside" },
		{ "Link = macvlan\nInterfaceOut = eth1\nAddress = auto\n", 1, 0,
		  "needs Address, that of the inside" },
		{ "Link = macvlan\nAddress = 10.0.0.5/24\n", 1, 0,
		  "needs InterfaceOut, the device" },
		{ "Link = ipvlan\nInterfaceOut = eth1\n"
		  "Address = 10.0.0.5/24\nIsolate = yes\n", 1, 0,
		  "also Isolate=yes" },
		{ "Link = bridge:br0\nAddress = 10.0.0.5/24\n"
		  "Nat = masquerade\n", 1, 0, "also Nat=masquerade" },
		{ "Link = bridge:br0\nAddress = 10.0.0.5/24\n"
		  "Gateway = 10.0.1.1\n", 1, 0, "not another address" },
		{ "Link = bridge:br0\nAddress = 10.0.0.5/24\n"
		  "Gateway = 10.0.0.5\n", 1, 0, "not another address" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		int r = read_section(bad[i].lines);

		if (r != -EINVAL || diag.line != bad[i].line ||
		    diag.column != bad[i].column ||
		    !strstr(diag.text, bad[i].says))
			fail_msg("\"%s\": %d, %u:%u: %s; expected %u:%u: %s",
				 bad[i].lines, r, diag.line, diag.column,
				 diag.text, bad[i].line, bad[i].column,
				 bad[i].says);
	}
}

static int read_text(const char *text)
{
	int r;

	profile_conf_init(&conf, memory, SECTIONS);
	diag = (struct diag){ 0 };
	r = profile_parse(&conf, "t.conf", text, strlen(text), &diag);
	return r ? r : profile_check(&conf, &diag);
}

static void test_parents(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		unsigned int column;
		const char *says;
	} bad[] = {
		{ "[a]\nParent = a\n", 1, 0, "of [a] hangs on [a] itself" },
		{ "[x]\nParent=c\n[a]\nParent = b\n[b]\nParent=c\n"
		  "[c]\nParent=a\n", 1, 0, "[x] hangs on more than 16" },
		{ "[a]\nParent = N\n[b]\nNetworkNamespace=N\nParent=a\n",
		  1, 0, "Parent \"N\" of [a] hangs on [a] itself" },
		{ "[a]\nParent = ../b\n", 2, 10, "cannot be a namespace" },
		{ "[a]\nParent = host\n", 2, 10, "cannot be a namespace" },
		{ "[a]\nLink=none\nParent=b\n", 1, 0, "and also Parent" },
	};
	size_t i;

	(void)state;
	assert_int_equal(read_text("[a]\nParent=b\n[b]\nParent = c\n"
				   "[c]\nParent=elsewhere\n"), 0);
	assert_true(slice_is(memory[1].parent, "c"));
	/* Names of namespaces are what they are, unlike those of sections. */
	assert_int_equal(read_text("[a]\nParent=A\n"), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		int r = read_text(bad[i].text);

		if (r != -EINVAL || diag.line != bad[i].line ||
		    diag.column != bad[i].column ||
		    !strstr(diag.text, bad[i].says))
			fail_msg("\"%s\": %d, %u:%u: %s", bad[i].text, r,
				 diag.line, diag.column, diag.text);
	}
}

static void test_names(void **state)
{
	enum profile_link link;
	int i;

	(void)state;
	for (i = 0; i < LINK_KINDS; i++) {
		const char *name = profile_link_name((enum profile_link)i);

		assert_int_equal(profile_link_find((struct slice){
				 name, strlen(name) }, &link), 0);
		assert_int_equal(link, i);
	}
	assert_int_equal(profile_link_find(SLICE("vlan"), &link), -EINVAL);
	assert_int_equal(profile_link_find(SLICE(""), &link), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_parents),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
