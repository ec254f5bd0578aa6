/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_match.c - one column of a rule against one subject
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/map.h"
#include "lib/policy/match.h"
#include "lib/policy/who.h"

/* What was asked of the group source, as "name name ..." */
static char asked[128];

static void note(const char *what, int len)
{
	size_t at = strlen(asked);

	snprintf(asked + at, sizeof(asked) - at, "%.*s ", len, what);
}

/* Everybody is in the groups "in" and "staff" (50); "ghost" is unknown. */
static int by_name(void *ctx, struct slice name)
{
	(void)ctx;
	note(name.p, (int)name.len);
	if (slice_is(name, "ghost"))
		return -ENOENT;
	if (slice_is(name, "down"))
		return -ETIMEDOUT;
	return slice_is(name, "in") || slice_is(name, "staff");
}

static int by_gid(void *ctx, uint32_t lo, uint32_t hi)
{
	char text[32];

	(void)ctx;
	note(text, snprintf(text, sizeof(text), "%u:%u", lo, hi));
	if (lo == 666)
		return -EIO;
	return lo <= 50 && 50 <= hi;
}

static const char *primary(void *ctx)
{
	note("primary", 7);
	return ctx;
}

static const struct group_source groups = { by_name, by_gid, primary,
					    (void *)"staff" };
static const struct group_source unnamed = { by_name, by_gid, primary, NULL };

static const struct subject alice = {
	.user = "alice",
	.uid = 1000,
	.groups = &groups,
	.service = "sshd",
	.tty = "",
	.rhost = "",
};

static struct map_rule rules[16];
static struct map map;

static void parse(const char *text)
{
	struct diag d;
	int ret;

	map = (struct map){ .rules = rules, .cap = ARRAY_SIZE(rules) };
	ret = map_parse(&map, "t", text, strlen(text), &d);
	if (ret < 0)
		print_error("%s%s\n", text, d.text);
	assert_int_equal(ret, 0);
}

static const struct {
	const char *who;
	const char *user;
	uint32_t uid;
	int result;
	const char *asked;
} rows[] = {
	{ "*", "alice", 1000, 1, "" },
	{ "alice", "alice", 1000, 1, "" },
	{ "alic", "alice", 1000, 0, "" },
	{ "alicee", "alice", 1000, 0, "" },
	{ "Alice", "alice", 1000, 0, "" },
	{ "bob,alice,carol", "alice", 1000, 1, "" },
	{ "bob,\\\n  alice", "alice", 1000, 1, "" },
	{ "bob", "alice", 1000, 0, "" },
	{ "*,!alice", "alice", 1000, 0, "" },
	{ "!alice,*", "alice", 1000, 0, "" },
	{ "!bob,*", "alice", 1000, 1, "" },
	{ "alice,!1000", "alice", 1000, 0, "" },
	{ "alice,!1001", "alice", 1000, 1, "" },
	{ "!*,alice", "alice", 1000, 0, "" },
	/* numbers */
	{ "1000", "alice", 1000, 1, "" },
	{ "1001", "alice", 1000, 0, "" },
	{ "999:1001", "alice", 1000, 1, "" },
	{ "1000:1000", "alice", 1000, 1, "" },
	{ "1001:2000", "alice", 1000, 0, "" },
	{ "1:999", "alice", 1000, 0, "" },
	{ ":1000", "alice", 1000, 1, "" },
	{ ":999", "alice", 1000, 0, "" },
	{ "1000:", "alice", 1000, 1, "" },
	{ "1001:", "alice", 1000, 0, "" },
	{ "*,!500:1500", "alice", 1000, 0, "" },
	{ "65534", "nobody", 65534, 1, "" },
	{ "4294967294", "x", 4294967294, 1, "" },
	{ "1:", "x", 4294967294, 1, "" },
	/* a user whose name is a number is meant by uid only */
	{ "1001", "1001", 1000, 0, "" },
	/* (uid_t)-1 is nobody's */
	{ "1:", "x", 4294967295, 0, "" },
	/* uid 0 is root's alone, root is uid 0's alone */
	{ "root", "root", 0, 1, "" },
	{ "root", "toor", 0, 1, "" },
	{ "toor", "toor", 0, 0, "" },
	{ "*", "root", 0, 0, "" },
	{ ":5", "root", 0, 0, "" },
	{ "0:5", "root", 0, 0, "" },
	{ "@in,@0,@0:", "root", 0, 0, "" },
	{ "root,!@in", "root", 0, 1, "" },
	{ "root,!*,!root2", "root", 0, 1, "" },
	{ "*,root,!root", "root", 0, 0, "" },
	{ "root", "root", 1000, 0, "" },
	{ "root", "alice", 1000, 0, "" },
	{ "*,!root", "alice", 1000, 1, "" },
	{ "*,!root", "root", 1000, 1, "" },
	/* groups: asked only as long as the answer is open */
	{ "@in", "alice", 1000, 1, "in " },
	{ "@out", "alice", 1000, 0, "out " },
	{ "@out,@in,@staff", "alice", 1000, 1, "out in " },
	{ "@in,@ghost", "alice", 1000, 1, "in " },
	{ "@50", "alice", 1000, 1, "50:50 " },
	{ "@51", "alice", 1000, 0, "51:51 " },
	{ "@40:60", "alice", 1000, 1, "40:60 " },
	{ "@:60", "alice", 1000, 1, "0:60 " },
	{ "@40:", "alice", 1000, 1, "40:4294967294 " },
	{ "alice,@ghost", "alice", 1000, 1, "" },
	{ "@ghost,alice", "alice", 1000, 1, "" },
	{ "@ghost,!alice", "alice", 1000, 0, "" },
	{ "bob,!@ghost", "alice", 1000, 0, "" },
	{ "alice,!@out", "alice", 1000, 1, "out " },
	{ "alice,!@in", "alice", 1000, 0, "in " },
	{ "*,!@out,!@in,!@ghost", "alice", 1000, 0, "out in " },
	{ "@in,!@out", "alice", 1000, 1, "in out " },
	{ "@out,!@in", "alice", 1000, 0, "out " },
	{ "@in,!1000", "alice", 1000, 0, "" },
	/* a group named "alice" or "root" is not the user */
	{ "@alice", "alice", 1000, 0, "alice " },
	{ "@root", "alice", 1000, 0, "root " },
	/* absence of an answer is never "no" */
	{ "@ghost", "alice", 1000, -ENOENT, "ghost " },
	{ "@ghost,@in", "alice", 1000, -ENOENT, "ghost " },
	{ "@out,@down", "alice", 1000, -ETIMEDOUT, "out down " },
	{ "@666", "alice", 1000, -EIO, "666:666 " },
	{ "alice,!@ghost", "alice", 1000, -ENOENT, "ghost " },
	{ "*,!@down", "alice", 1000, -ETIMEDOUT, "down " },
	{ "*,!@666:700", "alice", 1000, -EIO, "666:700 " },
};

static void test_who(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct subject subject = alice;
		struct slice unknown;
		char text[128];
		int ret;

		snprintf(text, sizeof(text), "%s x\n", rows[i].who);
		parse(text);
		subject.user = rows[i].user;
		subject.uid = rows[i].uid;
		asked[0] = '\0';
		ret = match_who(&rules[0], &subject, &unknown);
		if (ret != rows[i].result || strcmp(asked, rows[i].asked) != 0)
			print_error("%s: %d, asked %s\n", rows[i].who, ret,
				    asked);
		assert_int_equal(ret, rows[i].result);
		assert_string_equal(asked, rows[i].asked);
	}
}

static void test_who_unknown(void **state)
{
	struct slice unknown;

	(void)state;
	parse("bob,@out,@ghost x\nalice,!@out,!@down x\n");
	assert_int_equal(match_who(&rules[0], &alice, &unknown), -ENOENT);
	assert_true(slice_is(unknown, "@ghost"));
	assert_int_equal(match_who(&rules[1], &alice, &unknown), -ETIMEDOUT);
	assert_true(slice_is(unknown, "!@down"));
}

static const struct {
	const char *options;
	const char *service;
	const char *tty;
	const char *rhost;
	int result;
} narrowings[] = {
	{ "", "sshd", "", "", 1 },
	{ "service=sshd", "sshd", "", "", 1 },
	{ "service=login,sshd", "sshd", "", "", 1 },
	{ "service=login", "sshd", "", "", 0 },
	{ "service=sshd", "ssh", "", "", 0 },
	{ "service=ssh", "sshd", "", "", 0 },
	{ "tty=tty1", "login", "tty1", "", 1 },
	{ "tty=tty1", "login", "tty11", "", 0 },
	{ "tty=tty?", "login", "tty2", "", 1 },
	{ "tty=pts/*,tty2", "login", "tty2", "", 1 },
	{ "tty=pts/*", "login", "", "", 0 },
	{ "tty=*", "login", "", "", 1 },
	{ "tty=:0", "gdm", ":0", "", 1 },
	{ "tty=tty1", "login", "/dev/tty1", "", 0 },
	{ "rhost=local", "sshd", "", "", 1 },
	{ "rhost=local", "sshd", "", "localhost", 1 },
	{ "rhost=local", "sshd", "", "127.0.0.1", 1 },
	{ "rhost=local", "sshd", "", "127.255.0.9", 1 },
	{ "rhost=local", "sshd", "", "::1", 1 },
	{ "rhost=local", "sshd", "", "::ffff:127.0.0.1", 1 },
	{ "rhost=local", "sshd", "", "10.0.0.1", 0 },
	{ "rhost=local", "sshd", "", "example.org", 0 },
	{ "rhost=local", "sshd", "", "localhost.example.org", 0 },
	{ "rhost=local", "sshd", "", "128.0.0.1", 0 },
	{ "rhost=remote", "sshd", "", "", 0 },
	{ "rhost=remote", "sshd", "", "localhost", 0 },
	{ "rhost=remote", "sshd", "", "::1", 0 },
	{ "rhost=remote", "sshd", "", "::ffff:127.0.0.1", 0 },
	{ "rhost=remote", "sshd", "", "10.0.0.1", 1 },
	{ "rhost=remote", "sshd", "", "example.org", 1 },
	{ "rhost=remote", "sshd", "", "fe80::1%eth0", 1 },
	{ "rhost=10.0.0.0/8", "sshd", "", "10.1.2.3", 1 },
	{ "rhost=10.0.0.0/8", "sshd", "", "11.1.2.3", 0 },
	{ "rhost=10.0.0.0/8", "sshd", "", "::ffff:10.1.2.3", 1 },
	{ "rhost=fe80::/10", "sshd", "", "fe80::1%eth0", 1 },
	{ "rhost=fd00::/8,10.0.0.0/8", "sshd", "", "10.1.2.3", 1 },
	{ "rhost=10.0.0.0/8", "sshd", "", "", 0 },
	{ "rhost=0.0.0.0/0,::/0", "sshd", "", "", 0 },
	{ "rhost=10.0.0.0/8", "sshd", "", "example.org", -EINVAL },
	{ "rhost=10.0.0.0/8", "sshd", "", "localhost", -EINVAL },
	{ "rhost=10.0.0.0/8", "sshd", "", "10.1.2", -EINVAL },
	{ "rhost=10.0.0.0/8", "sshd", "", "%eth0", -EINVAL },
	{ "rhost=local,10.0.0.0/8", "sshd", "", "example.org", -EINVAL },
	{ "rhost=10.0.0.0/8,remote", "sshd", "", "example.org", 1 },
	{ "rhost=10.0.0.0/8,local", "sshd", "", "localhost", 1 },
	/* all options must agree; one "no" settles it */
	{ "service=sshd tty=tty1", "sshd", "tty1", "", 1 },
	{ "service=sshd tty=tty1", "sshd", "tty2", "", 0 },
	{ "service=su rhost=10.0.0.0/8", "sshd", "", "example.org", 0 },
	{ "tty=tty1 rhost=10.0.0.0/8", "sshd", "", "example.org", 0 },
};

static void test_narrowing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(narrowings); i++) {
		struct subject subject = alice;
		char text[128];
		int ret;

		snprintf(text, sizeof(text), "* x - %s\n",
			 narrowings[i].options);
		parse(text);
		subject.service = narrowings[i].service;
		subject.tty = narrowings[i].tty;
		subject.rhost = narrowings[i].rhost;
		ret = match_narrowing(&rules[0], &subject);
		if (ret != narrowings[i].result)
			print_error("%s \"%s\": %d\n", narrowings[i].options,
				    subject.rhost, ret);
		assert_int_equal(ret, narrowings[i].result);
	}
}

static const struct {
	const char *map;	/* the first rule is asked */
	const char *name;
	bool covered;
} also[] = {
	{ "a x -\n", "lab", false },
	{ "a x\n", "lab", false },
	{ "a x -\n", "x", false },
	{ "a x lab\n", "lab", true },
	{ "a x lab\n", "Lab", false },
	{ "a x lab\n", "lab2", false },
	{ "a x lab,vpn*\n", "vpn", true },
	{ "a x lab,vpn*\n", "vpn2", true },
	{ "a x lab,vpn*\n", "myvpn", false },
	{ "a x v?n\n", "vpn", true },
	{ "a x *\n", "anything", true },
	/* the host only when written */
	{ "a x *\n", "host", false },
	{ "a x h*,?ost\n", "host", false },
	{ "a x lab,host\n", "host", true },
	{ "a x HOST\n", "host", false },
	{ "a x host\n", "HOST", false },
	/* templates: his own, and nobody else's */
	{ "a x u-%u\n", "u-alice", true },
	{ "a x u-%u\n", "u-bob", false },
	{ "a x u-%u\n", "u-%u", false },
	{ "a x n%U\n", "n1000", true },
	{ "a x n%U\n", "n1001", false },
	{ "a x t-%g\n", "t-staff", true },
	{ "a x t-%g\n", "t-in", false },
	{ "a x *,u-%u\n", "u-alice", true },
	{ "a x *,u-%u\n", "u-bob", false },
	{ "a x *\nb u-%u -\n", "u-bob", false },
	{ "a x *\nb u-%u -\n", "u-alice", false },
	{ "a x *\nb u-%u -\n", "u-", true },
	{ "a x *\nb u-%u -\n", "v-bob", true },
	{ "a x *\nb y lab,n%U\n", "n7", false },
	{ "a x *\nb y lab,n%U\n", "nx", true },
	/* what is no name is never covered */
	{ "a x *\n", "", false },
	{ "a x *\n", "*", false },
	{ "a x *\n", "-", false },
	{ "a x *\n", "+", false },
	{ "a x *\n", "..", false },
	{ "a x *\n", "a/b", false },
	{ "a x *\n", "deny", false },
	{ "a x v?n\n", "v?n", false },
	{ "a x *\n", "a\n", false },
};

static void test_also(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(also); i++) {
		struct slice name = { also[i].name, strlen(also[i].name) };

		parse(also[i].map);
		if (match_also(&map, &rules[0], &alice, name) !=
		    also[i].covered)
			print_error("%s%s\n", also[i].map, also[i].name);
		assert_int_equal(match_also(&map, &rules[0], &alice, name),
				 also[i].covered);
	}
}

/* A template that gives nothing covers nothing, and hides nothing else. */
static void test_also_no_group(void **state)
{
	struct subject subject = alice;

	(void)state;
	subject.groups = &unnamed;
	parse("a x t-%g,lab\n");
	assert_false(match_also(&map, &rules[0], &subject, SLICE("t-")));
	assert_true(match_also(&map, &rules[0], &subject, SLICE("lab")));
	subject.user = "DOM\\alice";
	parse("a x u-%u,lab\n");
	assert_false(match_also(&map, &rules[0], &subject, SLICE("u-alice")));
	assert_true(match_also(&map, &rules[0], &subject, SLICE("lab")));
}

/* The primary group is looked up for %g only. */
static void test_expand(void **state)
{
	char out[NAME_SIZE];

	(void)state;
	asked[0] = '\0';
	assert_int_equal(match_expand(out, SLICE("u-%u-%U"), &alice), 0);
	assert_string_equal(out, "u-alice-1000");
	assert_string_equal(asked, "");
	assert_int_equal(match_expand(out, SLICE("t-%g"), &alice), 0);
	assert_string_equal(out, "t-staff");
	assert_string_equal(asked, "primary ");
}

/* Where the short way says "a user" the long way must say so, too. */
static void test_plain(void **state)
{
	static const char *const not[] = {
		"", "1", "1a", ":5", "-a", "@a", "!a", "*", "a,b", "a:b", "a*",
		"a?", "a%u", "a\\b", "a\"", "\xc3\xa4", "a b", "a+",
	};
	static const char *const users[] = { "a", "root", "A.b-c_9", "_x" };
	char text[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(not); i++)
		assert_false(who_is_plain((struct slice){ not[i],
							  strlen(not[i]) }));
	for (size_t i = 0; i < ARRAY_SIZE(users); i++)
		assert_true(who_is_plain((struct slice){ users[i],
							 strlen(users[i]) }));
	for (int c = 1; c < 256 * 256; c++) {
		struct slice word = { text, 1 + (c > 255) };

		text[0] = (char)c;
		text[1] = (char)(c >> 8);
		if (who_is_plain(word))
			assert_null(who_check(word));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_who_unknown),
		cmocka_unit_test(test_narrowing),
		cmocka_unit_test(test_also),
		cmocka_unit_test(test_also_no_group),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_plain),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
