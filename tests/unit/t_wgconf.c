/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_wgconf.c - WireGuard configurations
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/wgconf.h"

#define KEY "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
#define BEGIN "[Interface]\nPrivateKey = " KEY "\nAddress = 10.0.0.2/24\n"
#define PEER "[Peer]\nPublicKey = " KEY "\n"

static char memory[WGCONF_OUT_SIZE];
static struct wgconf conf;
static struct diag diag;

static int parse(const char *text)
{
	diag = (struct diag){ 0 };
	return wgconf_parse("t.conf", (struct slice){ text, strlen(text) },
			    memory, &conf, &diag);
}

static void test_whole(void **state)
{
	(void)state;
	assert_int_equal(parse("# comment\n[interface]\r\n"
			       "privatekey=" KEY " # mine\r\n"
			       "ListenPort = 51820\n"
			       "Address = 10.0.0.2/24,fd00::2\n"
			       "Address = 10.0.1.2/32\n"
			       "DNS = 10.0.0.1, a.test\nMTU = 1380\n"
			       "PostUp = rm -rf /\nTable = off\nPostUp = x\n"
			       "[Peer]\nPublicKey = " KEY "\n"
			       "PresharedKey = " KEY "\n"
			       "AllowedIPs = 0.0.0.0/0, ::/0\n"
			       "Endpoint = [2001:db8::1]:51820\n"
			       "PersistentKeepalive = off\n"
			       "[Peer]\nPublicKey = " KEY "\n"
			       "Endpoint = vpn.test:1\nAllowedIPs = 10.1.0.0/16\n"),
			 0);
	assert_int_equal(conf.n_peers, 2);
	assert_int_equal(conf.tunnel.n_addrs, 3);
	assert_int_equal(conf.tunnel.n_routes, 3);
	assert_int_equal(conf.tunnel.n_dns, 1);
	assert_int_equal(conf.tunnel.n_search, 1);
	assert_int_equal(conf.tunnel.mtu, 1380);
	assert_true(conf.by_name);
	assert_string_equal(conf.ignored, "PostUp Table");
	assert_string_equal(conf.out.text,
			    "[Interface]\nPrivateKey = " KEY "\n"
			    "ListenPort = 51820\n"
			    "[Peer]\nPublicKey = " KEY "\n"
			    "PresharedKey = " KEY "\n"
			    "AllowedIPs = 0.0.0.0/0\nAllowedIPs = ::/0\n"
			    "Endpoint = [2001:db8::1]:51820\n"
			    "PersistentKeepalive = 0\n"
			    "[Peer]\nPublicKey = " KEY "\n"
			    "Endpoint = vpn.test:1\nAllowedIPs = 10.1.0.0/16\n"
			    "PersistentKeepalive = 25\n");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *says;
	} cases[] = {
		{ "", 0, "no PrivateKey" },
		{ BEGIN, 3, "no [Peer]" },
		{ "[Interface]\nPrivateKey = " KEY "\n" PEER, 4, "no Address" },
		{ "PrivateKey = " KEY "\n", 1, "no key that can stand" },
		{ BEGIN "[Peer]\n[Peer]\n", 5, "no PublicKey" },
		{ BEGIN "[Interface]\n", 4, "stands once" },
		{ BEGIN "[peers]\n", 4, "expected" },
		{ BEGIN "x\n", 4, "KEY = VALUE" },
		{ BEGIN "PublicKey = " KEY "\n", 4, "no key" },
		{ BEGIN "DNS = a b;c\n", 4, "no name server" },
		{ BEGIN "DNS = 127.0.0.1\n", 4, "no name server" },
		{ BEGIN "Address = 127.0.0.1/8\n", 4, "no address" },
		{ BEGIN "Address = 10.0.0.1/33\n", 4, "no address" },
		{ BEGIN "ListenPort = 65536\n", 4, "65535" },
		{ BEGIN "MTU = 68\n", 4, "MTU" },
		{ BEGIN "PrivateKey = abc\n", 4, "base64" },
		{ BEGIN "PrivateKey = " KEY "=\n", 4, "base64" },
		{ BEGIN PEER "AllowedIPs = 10.0.0.0/8 x\n", 6, "no network" },
		{ BEGIN PEER "Endpoint = a.test\n", 6, "HOST:PORT" },
		{ BEGIN PEER "Endpoint = a.test:0\n", 6, "HOST:PORT" },
		{ BEGIN PEER "Endpoint = a b:1\n", 6, "HOST:PORT" },
		{ BEGIN PEER "Endpoint = [a.test]:1\n", 6, "HOST:PORT" },
		{ BEGIN PEER "Endpoint = [::1:1\n", 6, "ADDRESS" },
		{ BEGIN PEER "Endpoint = -a:1\n", 6, "HOST:PORT" },
		{ BEGIN "DNS = 10.0.0.1\033\n", 4, "control" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].text), -EINVAL);
		assert_int_equal(diag.line, cases[i].line);
		assert_non_null(strstr(diag.text, cases[i].says));
		assert_null(strstr(diag.text, "YAnz5TF"));
	}
}

/* Not the end of the text, and no blank either. */
static void test_nul(void **state)
{
	static const char text[] = BEGIN "MTU = 1400\0\n" PEER;

	(void)state;
	diag = (struct diag){ 0 };
	assert_int_equal(wgconf_parse("wg.conf", (struct slice){
			text, sizeof(text) - 1 }, memory, &conf, &diag),
			-EINVAL);
	assert_int_equal(diag.line, 4);
}

static void test_peers(void **state)
{
	static char text[WGCONF_PEERS_MAX * 80 + 400];
	size_t at = (size_t)snprintf(text, sizeof(text), BEGIN);
	int i;

	(void)state;
	for (i = 0; i < WGCONF_PEERS_MAX; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, PEER);
	assert_int_equal(parse(text), 0);
	snprintf(text + at, sizeof(text) - at, PEER);
	assert_int_equal(parse(text), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
