/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_ovpn_conf.c - OpenVPN configurations: words, blocks, what becomes of them
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/ovpn_conf.h"

static struct diag diag;
static struct ovpn_reader reader;
static struct ovpn_item item;

static void begin(const char *text)
{
	diag = (struct diag){ 0 };
	reader = (struct ovpn_reader){
		.rest = { text, strlen(text) }, .file = "t.ovpn", .d = &diag,
	};
}

static void assert_words(const char *joined)
{
	char text[400] = "";
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < item.n_words; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s",
				       i ? "|" : "", item.words[i]);
	assert_string_equal(text, joined);
}

static void test_words(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} cases[] = {
		{ "remote a.test 1194\n", "remote|a.test|1194" },
		{ "  \tremote\ta.test", "remote|a.test" },
		{ "remote a.test\r\n", "remote|a.test" },
		{ "remote a # b\n", "remote|a" },
		{ "remote a;b ; c\n", "remote|a;b" },
		{ "# nothing\n; nothing\n\nup x\n", "up|x" },
		{ "--up x\n", "up|x" },
		{ "\"up\" 'a b'\n", "up|a b" },
		{ "up \"a \\\" \\\\ b\"\n", "up|a \" \\ b" },
		{ "up 'a \\ b'\n", "up|a \\ b" },
		{ "up a\\ b\n", "up|a b" },
		{ "up \"\"\n", "up|" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(cases[i].text);
		assert_int_equal(ovpn_next(&reader, &item), 1);
		assert_int_equal(item.kind, OVPN_OPTION);
		assert_words(cases[i].words);
		assert_int_equal(ovpn_next(&reader, &item), 0);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *says;
	} cases[] = {
		{ "a\nup \"x\n", 2, "quotation" },
		{ "up \"x\"y\n", 1, "blank is missing" },
		{ "up x\\n\n", 1, "backslash" },
		{ "up x\\", 1, "backslash" },
		{ "up \033\n", 1, "control" },
		{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n", 1, "too many" },
		{ "<ca>\nx\n", 2, "does not end" },
		{ "<up>\nx\n</up>\n", 1, "unknown block" },
		{ "--<ca>\n", 1, "no option's name" },
		{ "\"u p\"\n", 1, "no option's name" },
		{ "<ca>\nx </ca>\n</ca>\n", 2, "no line of a block" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int r;

		begin(cases[i].text);
		while ((r = ovpn_next(&reader, &item)) == 1)
			;
		assert_int_equal(r, -EINVAL);
		assert_int_equal(diag.line, cases[i].line);
		assert_non_null(strstr(diag.text, cases[i].says));
	}
}

/* openvpn would read such a line in parts, each an option of its own. */
static void test_long(void **state)
{
	char text[OVPN_LINE_MAX + 40];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[OVPN_LINE_MAX] = '\n';
	text[OVPN_LINE_MAX + 1] = '\0';
	begin(text);
	assert_int_equal(ovpn_next(&reader, &item), 1);
	text[OVPN_LINE_MAX] = 'x';
	text[OVPN_LINE_MAX + 1] = '\n';
	text[OVPN_LINE_MAX + 2] = '\0';
	begin(text);
	assert_int_equal(ovpn_next(&reader, &item), -EINVAL);
}

static void test_blocks(void **state)
{
	(void)state;
	begin("<ca>\nup x\n  y\n </ca> \n<connection>\nremote a\n"
	      "</connection>\n");
	assert_int_equal(ovpn_next(&reader, &item), 1);
	assert_int_equal(item.kind, OVPN_BLOCK);
	assert_words("ca");
	assert_true(slice_is(item.block, "up x\n  y\n"));
	assert_int_equal(ovpn_next(&reader, &item), 1);
	assert_int_equal(item.kind, OVPN_GROUP);
	assert_words("connection");
	assert_int_equal(ovpn_next(&reader, &item), 1);
	assert_words("remote|a");
	assert_int_equal(ovpn_next(&reader, &item), 1);
	assert_words("/connection");
	assert_int_equal(ovpn_next(&reader, &item), 0);
}

static void test_judgement(void **state)
{
	static const char *const hooks[] = {
		"up", "down", "plugin", "script-security", "iproute",
		"route-up", "route-pre-down", "ipchange", "tls-verify",
		"client-connect", "client-disconnect", "learn-address",
		"auth-user-pass-verify", "engine", "pkcs11-providers",
	};
	static const char *const drops[] = {
		"management", "log", "log-append", "cd", "chroot", "user",
		"group", "daemon", "writepid", "status", "setenv", "tmp-dir",
	};
	const char *why = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		assert_int_equal(ovpn_judge(hooks[i], &why), OVPN_HOOK);
	for (i = 0; i < ARRAY_SIZE(drops); i++)
		assert_int_equal(ovpn_judge(drops[i], &why), OVPN_DROP);
	assert_int_equal(ovpn_judge("remote", &why), OVPN_KEEP);
	assert_int_equal(ovpn_judge("ca", &why), OVPN_PEM);
	assert_int_equal(ovpn_judge("tls-auth", &why), OVPN_KEY);
	assert_int_equal(ovpn_judge("config", &why), OVPN_REFUSE);
	assert_non_null(why);
	assert_true(ovpn_is_block("tls-crypt"));
	assert_false(ovpn_is_block("up"));
}

/* What was quoted is read back as it was. */
static void test_quote(void **state)
{
	static const char *const words[] = {
		"a", "a b", "", "a\"b", "\\", "'", "# x", "a\\\" b",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		BUF(line, 100);

		buf_adds(&line, "x ");
		ovpn_quote(&line, words[i]);
		assert_int_equal(buf_status(&line), 0);
		begin(line.text);
		assert_int_equal(ovpn_next(&reader, &item), 1);
		assert_int_equal(item.n_words, 2);
		assert_string_equal(item.words[1], words[i]);
	}
}

static void test_pem(void **state)
{
	static const char text[] = "Subject: <x>\n-----BEGIN A-----\r\nabc=\n"
				   "-----END A-----\nrest\n";
	struct slice rest = { text, sizeof(text) - 1 }, line;
	bool inside = false;

	(void)state;
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), 1);
	assert_true(slice_is(line, "-----BEGIN A-----"));
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), 1);
	assert_true(slice_is(line, "abc="));
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), 1);
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), 0);
	rest = SLICE("-----BEGIN A-----\n</ca>\n");
	inside = false;
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), 1);
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), -EINVAL);
	rest = SLICE("-----BEGIN A-----\n");
	inside = false;
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), 1);
	assert_int_equal(ovpn_pem_next(&rest, &inside, &line), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	  cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_long),	  cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_judgement), cmocka_unit_test(test_quote),
		cmocka_unit_test(test_pem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
