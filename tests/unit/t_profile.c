/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_profile.c - runns.conf(5): values that are taken over, and every error
 * with its exact place
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/policy/profile.h"

enum { SECTIONS = 64 };

static struct profile memory[SECTIONS];
static struct profile_conf conf;
static struct diag diag;

static int parse_only(const char *text, size_t len)
{
	profile_conf_init(&conf, memory, SECTIONS);
	diag = (struct diag){ 0 };
	return profile_parse(&conf, "t.conf", text, len, &diag);
}

static void parse(const char *text)
{
	int r = parse_only(text, strlen(text));

	if (r < 0)
		print_error("%u:%u: %s\n", diag.line, diag.column, diag.text);
	assert_int_equal(r, 0);
	r = profile_check(&conf, &diag);
	if (r < 0)
		print_error("%u:%u: %s\n", diag.line, diag.column, diag.text);
	assert_int_equal(r, 0);
}

#define assert_slice(s, text) assert_true(slice_is((s), (text)))

static void test_defaults(void **state)
{
	(void)state;
	parse("[work]\n");
	assert_int_equal(conf.n, 1);
	assert_slice(memory[0].section, "work");
	assert_string_equal(memory[0].file, "t.conf");
	assert_int_equal(memory[0].line, 1);
	assert_int_equal(memory[0].netns.len, 0);
	assert_false(memory[0].has_address);
	assert_int_equal(memory[0].mtu, 0);
	assert_int_equal(memory[0].nat, SWITCH_DEFAULT);
	assert_int_equal(memory[0].linger, SWITCH_DEFAULT);
	assert_int_equal(conf.firewall, FIREWALL_AUTO);
	assert_int_equal(conf.pool.prefix, 16);
	assert_int_equal(conf.pool.addr.bytes[0], 172);
	assert_int_equal(conf.pool.addr.bytes[1], 24);
	assert_int_equal(conf.pool_prefix, 24);
	assert_null(conf.pool_file);
}

static void test_every_key(void **state)
{
	const struct profile *p = &memory[0];

	(void)state;
	parse("[Office]\n"
	      "NetworkNamespace = office.1\n"
	      "interfacein=rn-office\n"
	      "INTERFACEOUT\t=\twlp3s0.7\n"
	      "Interface = net0   # inside\n"
	      "Link = veth\n"
	      "Address = 10.9.8.1/30\n"
	      "MTU = 9000\n"
	      "Nat = none\n"
	      "Isolate = no\n"
	      "DNS = 9.9.9.9, 2620:fe::fe\t127.0.0.1\n"
	      "Search = example.org _x.test .\n"
	      "StrictDNS = YES\n"
	      "Etc = Overlay\n"
	      "Propagation = Shared:/media, /runs\n"
	      "Linger = No\n");
	assert_slice(p->section, "Office");
	assert_slice(p->netns, "office.1");
	assert_slice(p->interface_in, "rn-office");
	assert_slice(p->interface_out, "wlp3s0.7");
	assert_slice(p->interface, "net0");
	assert_true(p->has_address);
	assert_int_equal(p->address.prefix, 30);
	assert_int_equal(p->address.addr.bytes[3], 1);
	assert_int_equal(p->mtu, 9000);
	assert_int_equal(p->nat, SWITCH_NO);
	assert_int_equal(p->isolate, SWITCH_NO);
	assert_int_equal(p->n_dns, 3);
	assert_int_equal(p->dns[0].family, 4);
	assert_int_equal(p->dns[1].family, 6);
	assert_int_equal(p->dns[2].bytes[0], 127);
	assert_int_equal(p->n_search, 3);
	assert_slice(p->search[1], "_x.test");
	assert_slice(p->search[2], ".");
	assert_int_equal(p->strict_dns, SWITCH_YES);
	assert_int_equal(p->etc, ETC_OVERLAY);
	assert_int_equal(p->propagation, PROPAGATION_SLAVE);
	assert_slice(p->shared, "/media, /runs");
	assert_int_equal(p->linger, SWITCH_NO);
}

/* What holds without being asked for, and what for that it does not. */
static void test_levels(void **state)
{
	static const struct {
		const char *keys;
		bool strict, isolated;
	} cases[] = {
		{ "", false, true },
		{ "DNS = 9.9.9.9\n", true, true },
		{ "Resolve = /etc/r\n", true, true },
		{ "DNS = 9.9.9.9\nStrictDNS = no\n", false, true },
		{ "StrictDNS = yes\nIsolate = no\n", true, false },
		{ "vpn = /etc/v.conf\n", true, true },
		{ "vpn = /etc/v.conf\nKillSwitch = no\nIsolate = no\n", true,
		  false },
		{ "Link = none\n", false, true },
		{ "Link = macvlan\nInterfaceOut = eth0\nAddress = 192.0.2.7/24\n",
		  false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[200];

		snprintf(text, sizeof(text), "[a]\n%s", cases[i].keys);
		parse(text);
		assert_int_equal(profile_strict_dns(&memory[0]),
				 cases[i].strict);
		assert_int_equal(profile_is_isolated(&memory[0]),
				 cases[i].isolated);
	}
}

static void test_general(void **state)
{
	(void)state;
	parse("[RUNNS]\npool = 10.64.0.0/10\nPoolPrefix = 31\n"
	      "Firewall = iptables\n[a]\nResolve = /etc/a/resolv.conf\n");
	assert_int_equal(conf.n, 1);
	assert_int_equal(conf.pool.prefix, 10);
	assert_int_equal(conf.pool.addr.bytes[1], 64);
	assert_int_equal(conf.pool_prefix, 31);
	assert_int_equal(conf.pool_line, 3);
	assert_int_equal(conf.firewall, FIREWALL_IPTABLES);
	assert_slice(memory[0].resolve, "/etc/a/resolv.conf");
}

static void test_comments(void **state)
{
	(void)state;
	parse("# [no]\n;[no]\n\n \t\n  # x = y\n[a] # why\n"
	      "\tResolve\t=\t/a#b;c\t#d\n[b]\nMTU=68\n");
	assert_int_equal(conf.n, 2);
	assert_slice(memory[0].resolve, "/a#b;c");
	assert_int_equal(memory[1].line, 8);
	assert_int_equal(memory[1].mtu, 68);
}

static void test_nothing(void **state)
{
	(void)state;
	parse("");
	assert_int_equal(conf.n, 0);
	parse("# only a comment\n");
	assert_int_equal(conf.n, 0);
}

/* What a text must be refused for, and where. */
struct refusal {
	const char *text;
	unsigned int line, column;
	const char *says;
};

static const struct refusal parse_refusals[] = {
	{ "[a]\nbogus = 1\n", 2, 1, "unknown key \"bogus\"" },
	{ "[a]\n  \tbogus = 1\n", 2, 4, "unknown key" },
	{ "[a]\nOnUp = x\n", 2, 8, "absolute path of a program expected" },
	{ "[a]\nAddress6 = 10.0.0.1/24\n", 2, 12, "IPv6 ADDRESS/LENGTH" },
	{ "[a]\nAddress6 = fd00::1/128\n", 2, 12, "must be 16 to 127" },
	{ "[a]\nAddress6 = fe80::1/64\n", 2, 12, "nor unique local" },
	{ "[a]\nAddress6 = fd00::/64\n", 2, 12, "is the network" },
	{ "[runns]\nOnUp = /x\n", 2, 1, "section of a network" },
	{ "[runns]\nKillSwitch = yes\n", 2, 1, "section of a network" },
	{ "[a]\nMTU = 1500\nmtu = 1400\n", 3, 1, "MTU is given twice" },
	{ "[runns]\nPool=10.0.0.0/8\n[a]\n[runns]\nPool=10.0.0.0/8\n", 5, 1,
	  "Pool is given twice" },
	{ "MTU = 1500\n", 1, 1, "before the first" },
	{ "[a]\nMTU\n", 2, 1, "KEY = VALUE" },
	{ "[a]\n= 1\n", 2, 1, "key expected" },
	{ "[a]\nMTU =\n", 2, 6, "value expected" },
	{ "[a]\nMTU =  # 1500\n", 2, 6, "value expected" },
	{ "[a]\nPool = 10.0.0.0/8\n", 2, 1, "belongs in [runns]" },
	{ "[runns]\nMTU = 1500\n", 2, 1, "belongs in the section" },
	{ "[a\n", 1, 3, "\"]\" expected" },
	{ "[a]b\n", 1, 4, "may follow a heading" },
	{ "[a]#b\n", 1, 4, "may follow a heading" },
	{ " [ a]\n", 1, 3, "cannot be a section" },
	{ "[]\n", 1, 2, "cannot be a section" },
	{ "[host]\n", 1, 2, "cannot be a section" },
	{ "[u-%u]\n", 1, 2, "cannot be a section" },
	{ "[../x]\n", 1, 2, "cannot be a section" },
	{ "[a]\r\n", 1, 4, "carriage return" },
	{ "[a]\n# \033[1m\n", 2, 3, "control character 0x1b" },
	{ "[a]\n#\177\n", 2, 2, "control character 0x7f" },
	{ "\xef\xbb\xbf[a]\n", 1, 1, "byte order mark" },
	{ "[a]\nMTU = 1500", 2, 11, "no newline" },
	{ "#", 1, 2, "no newline" },
	{ "[a]\nMTU = 67\n", 2, 7, "number from 68 to 65535" },
	{ "[a]\nMTU = 65536\n", 2, 7, "number from 68" },
	{ "[a]\nMTU = -1\n", 2, 7, "number from 68" },
	{ "[a]\nMTU = 0x500\n", 2, 7, "number from 68" },
	{ "[a]\nMTU = 1e3\n", 2, 7, "number from 68" },
	{ "[a]\nMTU = 99999999999999999999999\n", 2, 7, "number from 68" },
	{ "[a]\nNat = maybe\n", 2, 7, "masquerade or none" },
	{ "[a]\nIsolate = 1\n", 2, 11, "yes or no" },
	{ "[a]\nLinger = true\n", 2, 10, "yes or no" },
	{ "[a]\nStrictDNS = on\n", 2, 13, "yes or no" },
	{ "[a]\nEtc = yes\n", 2, 7, "bind or overlay" },
	{ "[a]\nPropagation = all\n", 2, 15, "slave, private or shared" },
	{ "[a]\nPropagation = shared\n", 2, 15, "slave, private or shared" },
	{ "[a]\nPropagation = shared:\n", 2, 22, "a directory expected" },
	{ "[a]\nPropagation = shared:/\n", 2, 22, "absolute path" },
	{ "[a]\nPropagation = shared:/a,b\n", 2, 25, "absolute path" },
	{ "[a]\nPropagation = shared:/a/../etc\n", 2, 22, "absolute path" },
	{ "[a]\nPropagation = shared:/etc\n", 2, 22, "differs inside" },
	{ "[a]\nPropagation = shared:/m,/run/x\n", 2, 25, "differs inside" },
	{ "[a]\nPropagation = shared:/1,/2,/3,/4,/5,/6,/7,/8,/9\n", 2, 46,
	  "more than 8" },
	{ "[a]\nNetworkNamespace = a/b\n", 2, 20, "cannot be a namespace" },
	{ "[a]\nNetworkNamespace = deny\n", 2, 20, "cannot be a namespace" },
	{ "[a]\nInterface = lo\n", 2, 13, "another meaning" },
	{ "[a]\nInterfaceIn = all\n", 2, 15, "another meaning" },
	{ "[a]\nInterfaceIn = rn-12\n", 2, 15, "rn-NUMBER" },
	{ "[a]\nInterfaceOut = ../x\n", 2, 16, "must begin with" },
	{ "[a]\nInterfaceOut = e%d\n", 2, 16, "may hold" },
	{ "[a]\nInterface = abcdefghijklmnop\n", 2, 13, "15 bytes" },
	{ "[a]\nAddress = 10.0.0.1\n", 2, 11, "ADDRESS/LENGTH" },
	{ "[a]\nAddress = 10.0.0.1/33\n", 2, 11, "too large" },
	{ "[a]\nAddress = 10.0.0.1/32\n", 2, 11, "8 to 31" },
	{ "[a]\nAddress = 10.0.0.0/24\n", 2, 11, "is the network" },
	{ "[a]\nAddress = 10.0.0.255/24\n", 2, 11, "broadcast" },
	{ "[a]\nAddress = 127.0.0.1/8\n", 2, 11, "no network that hosts" },
	{ "[a]\nAddress = 224.0.0.1/24\n", 2, 11, "no network that hosts" },
	{ "[a]\nAddress = fd00::1/64\n", 2, 11, "given with Address6" },
	{ "[a]\nResolve = etc/resolv.conf\n", 2, 11, "absolute path" },
	{ "[a]\nResolve = /etc/../x\n", 2, 11, "absolute path" },
	{ "[a]\nResolve = /etc//x\n", 2, 11, "absolute path" },
	{ "[a]\nResolve = /\n", 2, 11, "absolute path" },
	{ "[a]\nDNS = 1.1.1.1 dns.example\n", 2, 15, "address of a name" },
	{ "[a]\nDNS = fe80::1%eth0\n", 2, 7, "address of a name" },
	{ "[a]\nDNS = 0.0.0.0\n", 2, 7, "address of a name" },
	{ "[a]\nDNS = 1.1.1.1 ; note\n", 2, 15, "address of a name" },
	{ "[a]\nDNS = ,\n", 2, 7, "address of a name" },
	{ "[a]\nDNS = 1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4\n", 2, 31,
	  "more than 3" },
	{ "[a]\nSearch = a b c d e f g\n", 2, 22, "more than 6" },
	{ "[a]\nSearch = a..b\n", 2, 10, "domain expected" },
	{ "[a]\nSearch = -x\n", 2, 10, "domain expected" },
	{ "[a]\nSearch = a,b/c\n", 2, 12, "domain expected" },
	{ "[runns]\nPool = 10.0.0.1/8\n", 2, 8, "behind its prefix" },
	{ "[runns]\nPool = 10.0.0.0/32\n", 2, 8, "8 to 31" },
	{ "[runns]\nPool = fd00::/8\n", 2, 8, "given with Address6" },
	{ "[runns]\nPoolPrefix = 32\n", 2, 14, "number from 8 to 31" },
	{ "[runns]\nFirewall = pf\n", 2, 12, "auto, nft or iptables" },
};

static const struct refusal check_refusals[] = {
	{ "[a]\nAddress6 = fd00::1/64\n[b]\nAddress6 = fd00::9/48\n", 1, 0,
	  "Address6 of [a] overlaps that of [b]" },
	{ "[a]\n[b]\n[A]\n", 3, 0, "section \"A\" is given twice: first by [a] at t.conf:1" },
	{ "[a]\n[b]\nNetworkNamespace = a\n", 2, 0,
	  "namespace \"a\" is given twice" },
	{ "[a]\nInterfaceIn=x0\n[b]\nInterfaceIn=x0\n", 3, 0,
	  "InterfaceIn \"x0\" is given twice" },
	{ "[a]\nInterfaceOut=x0\n[b]\nInterfaceIn=x0\n", 1, 0,
	  "is the InterfaceIn of [b]" },
	{ "[a]\nAddress=10.0.0.1/24\n[b]\nAddress=10.0.1.1/24\n"
	  "[c]\nAddress=10.0.0.2/24\n", 1, 0, "overlaps that of [c]" },
	{ "[a]\nAddress=10.1.1.1/30\n[b]\nAddress=10.0.0.1/8\n", 1, 0,
	  "overlaps that of [b] at t.conf:3" },
	{ "[a]\nAddress=10.0.0.1/8\n[b]\nAddress=10.1.1.1/31\n", 3, 0,
	  "overlaps that of [a] at t.conf:1" },
	{ "[a]\nAddress=172.24.3.1/24\n", 1, 0, "overlaps the Pool" },
	{ "[a]\nAddress=172.1.3.1/8\n", 1, 0, "overlaps the Pool" },
	{ "[runns]\nPoolPrefix=15\n", 2, 0,
	  "PoolPrefix 15 does not fit into Pool 172.24.0.0/16" },
	{ "[runns]\nPoolPrefix=24\nPool=10.1.1.0/25\n", 3, 0, "does not fit" },
	{ "[a]\nResolve=/x\nDNS=1.1.1.1\n", 1, 0, "Resolve and also DNS" },
};

static void assert_refusal(const struct refusal *r, int result)
{
	if (result != -EINVAL || diag.line != r->line ||
	    diag.column != r->column || !strstr(diag.text, r->says))
		fail_msg("\"%s\": %d, %u:%u: %s; expected %u:%u: %s", r->text,
			 result, diag.line, diag.column, diag.text, r->line,
			 r->column, r->says);
	assert_string_equal(diag.file, "t.conf");
}

static void test_parse_refusals(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(parse_refusals); i++) {
		const struct refusal *r = &parse_refusals[i];

		assert_refusal(r, parse_only(r->text, strlen(r->text)));
	}
}

static void test_check_refusals(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(check_refusals); i++) {
		const struct refusal *r = &check_refusals[i];

		assert_int_equal(parse_only(r->text, strlen(r->text)), 0);
		assert_refusal(r, profile_check(&conf, &diag));
	}
}

static void test_nul(void **state)
{
	static const char text[] = "[a]\nMTU = 15\0000\n";

	(void)state;
	assert_int_equal(parse_only(text, sizeof(text) - 1), -EINVAL);
	assert_int_equal(diag.line, 2);
	assert_int_equal(diag.column, 9);
	assert_string_equal(diag.text, "NUL byte");
}

static void test_long_line(void **state)
{
	static char text[PROFILE_LINE_MAX + 3];

	(void)state;
	memset(text, '#', sizeof(text));
	text[PROFILE_LINE_MAX] = '\n';
	assert_int_equal(parse_only(text, PROFILE_LINE_MAX + 1), 0);
	text[PROFILE_LINE_MAX] = '#';
	text[PROFILE_LINE_MAX + 1] = '\n';
	assert_int_equal(parse_only(text, PROFILE_LINE_MAX + 2), -EINVAL);
	assert_int_equal(diag.line, 1);
	assert_int_equal(diag.column, PROFILE_LINE_MAX + 1);
}

static void test_too_large(void **state)
{
	size_t len = PROFILE_TEXT_MAX + 1;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', len);
	assert_int_equal(parse_only(text, len), -EINVAL);
	assert_int_equal(diag.line, 0);
	assert_int_equal(parse_only(text, len - 1), 0);
	free(text);
}

static void test_no_room(void **state)
{
	(void)state;
	profile_conf_init(&conf, memory, 2);
	assert_int_equal(profile_parse(&conf, "t.conf", "[a]\n[b]\n[c]\n", 12,
				       &diag), -EINVAL);
	assert_int_equal(diag.line, 3);
	assert_string_equal(diag.text, "more than 2 sections");
}

static void test_count(void **state)
{
	static const char text[] = "[a]\n [b]\n#[c]\nx=[d]\n\t[e]";

	(void)state;
	assert_int_equal(profile_count(text, sizeof(text) - 1), 3);
	assert_int_equal(profile_count("", 0), 0);
}

/* A second file goes on where the first ended. */
static void test_two_files(void **state)
{
	static const char one[] = "[runns]\nPool=10.0.0.0/8\n[a]\n";
	static const char two[] = "[runns]\nFirewall=nft\n[b]\nMTU=100\n";
	static const char bad[] = "[runns]\nPool=10.0.0.0/8\n";
	static const char lost[] = "MTU=1500\n";

	(void)state;
	assert_int_equal(parse_only(one, strlen(one)), 0);
	assert_int_equal(profile_parse(&conf, "2.conf", two, strlen(two),
				       &diag), 0);
	assert_int_equal(profile_check(&conf, &diag), 0);
	assert_int_equal(conf.n, 2);
	assert_int_equal(conf.firewall, FIREWALL_NFT);
	assert_string_equal(memory[1].file, "2.conf");
	assert_int_equal(profile_parse(&conf, "3.conf", bad, strlen(bad),
				       &diag), -EINVAL);
	assert_string_equal(diag.file, "3.conf");
	assert_int_equal(diag.line, 2);
	assert_int_equal(profile_parse(&conf, "4.conf", lost, strlen(lost),
				       &diag), -EINVAL);
	assert_int_equal(diag.line, 1);
}

static void test_find(void **state)
{
	(void)state;
	parse("[Work]\n[lab]\nNetworkNamespace = Home\n");
	assert_ptr_equal(profile_find(&conf, SLICE("wORK")), &memory[0]);
	assert_ptr_equal(profile_find(&conf, SLICE("lab")), &memory[1]);
	assert_null(profile_find(&conf, SLICE("home")));
	assert_ptr_equal(profile_find_netns(&conf, SLICE("Work")), &memory[0]);
	assert_null(profile_find_netns(&conf, SLICE("work")));
	assert_ptr_equal(profile_find_netns(&conf, SLICE("Home")), &memory[1]);
	assert_null(profile_find_netns(&conf, SLICE("lab")));
}

/* As many sections as fit, each with an address: no pair is compared. */
static void test_many(void **state)
{
	enum { N = 65536 };
	struct profile *profiles = malloc(N * sizeof(*profiles));
	char *text = malloc((size_t)N * 80);
	size_t len = 0;
	int i;

	(void)state;
	assert_non_null(profiles);
	assert_non_null(text);
	for (i = 0; i < N; i++)
		len += (size_t)sprintf(text + len,
				       "[n%d]\nAddress=10.%d.%d.%d/30\nInterfaceIn=v%d\n",
				       i, i / 16384, i / 64 % 256,
				       i % 64 * 4 + 1, i);
	profile_conf_init(&conf, profiles, N);
	assert_int_equal(profile_count(text, len), N);
	assert_int_equal(profile_parse(&conf, "t.conf", text, len, &diag), 0);
	assert_int_equal(profile_check(&conf, &diag), 0);
	profiles[N - 1].address = profiles[7].address;
	assert_int_equal(profile_check(&conf, &diag), -EINVAL);
	assert_non_null(strstr(diag.text, "[n7]"));
	assert_non_null(strstr(diag.text, "[n65535]"));
	free(profiles);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_general),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_parse_refusals),
		cmocka_unit_test(test_check_refusals),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_two_files),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
