/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_decide.c - where sessions live, and which launches are allowed
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/decide.h"

static int n_asked;

/* alice is in the group "staff"; "ghost" does not exist, "down" hangs. */
static int by_name(void *ctx, struct slice name)
{
	(void)ctx;
	n_asked++;
	if (slice_is(name, "ghost"))
		return -ENOENT;
	if (slice_is(name, "down"))
		return -ETIMEDOUT;
	return slice_is(name, "staff");
}

static int by_gid(void *ctx, uint32_t lo, uint32_t hi)
{
	(void)ctx;
	n_asked++;
	return lo <= 50 && 50 <= hi;
}

static const char *primary(void *ctx)
{
	return ctx;
}

static const struct group_source unnamed = { by_name, by_gid, primary, NULL };
static const struct group_source groups = { by_name, by_gid, primary,
					    (void *)"staff" };

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
static struct diag diag;

static void parse(const char *text)
{
	int ret;

	map = (struct map){ .rules = rules, .cap = ARRAY_SIZE(rules) };
	ret = map_parse(&map, "t.map", text, strlen(text), &diag);
	if (ret == 0)
		ret = map_check(&map, &diag);
	if (ret < 0)
		print_error("%s%s\n", text, diag.text);
	assert_int_equal(ret, 0);
	diag = (struct diag){ 0 };
}

/* The result in one text: "name", "-", "host", "+", "deny" and flags. */
static const char *show(const struct decision *d)
{
	static const char *const words[] = { "-", "host", "+", "deny" };
	static char text[256];

	snprintf(text, sizeof(text), "%s%s%s%s%s",
		 d->session == MAP_NAME ? d->name : words[d->session],
		 d->create ? " create" : "", d->section[0] ? "=" : "",
		 d->section, d->optional ? " optional" : "");
	return text;
}

static const struct {
	const char *map;
	unsigned int line;	/* of the rule, 0 for none */
	const char *result;
} sessions[] = {
	{ "#\n", 0, "-" },
	{ "bob work\n", 0, "-" },
	{ "root work\n", 0, "-" },
	{ "alice work\n", 1, "work" },
	{ "alice -\n* work\n", 1, "-" },
	{ "alice host\n", 1, "host" },
	{ "alice +\n", 1, "+" },
	{ "alice deny\n", 1, "deny" },
	{ "bob work\nalice lab\n", 2, "lab" },
	{ "alice work\nalice lab\n", 1, "work" },
	{ "*,!alice work\n* lab\n", 2, "lab" },
	{ "alice u-%u - create\n", 1, "u-alice create" },
	{ "alice u-%U - create=tenant\n", 1, "u-1000 create=tenant" },
	{ "alice t-%g - optional\n", 1, "t-staff optional" },
	{ "alice x lab service=login\n* y\n", 2, "y" },
	{ "alice x lab service=login,sshd\n* y\n", 1, "x" },
	{ "alice x - tty=tty1\nalice z\n", 2, "z" },
	{ "alice x - rhost=remote\nalice z\n", 2, "z" },
	{ "alice x - rhost=local\nalice z\n", 1, "x" },
	{ "alice x - service=runns\nalice z\n", 2, "z" },
	{ "@staff work\n", 1, "work" },
	{ "@50 work\n", 1, "work" },
	{ "@other work\n* lab\n", 2, "lab" },
	/* who is decided above need not be looked up below */
	{ "alice work\n@ghost lab\n", 1, "work" },
	/* a rule that is not for this service asks for no groups */
	{ "@ghost x - service=login\n* lab\n", 2, "lab" },
	/* a name of the host matters only where the rule is for him */
	{ "bob x - rhost=10.0.0.0/8\n* lab\n", 2, "lab" },
};

static void test_sessions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++) {
		struct decision out;
		int ret;

		parse(sessions[i].map);
		memset(&out, 0xaa, sizeof(out));
		ret = decide_session(&map, &alice, &out, &diag);
		if (ret < 0 || strcmp(show(&out), sessions[i].result) != 0)
			print_error("%s%d %s\n", sessions[i].map, ret,
				    diag.text);
		assert_int_equal(ret, 0);
		assert_string_equal(show(&out), sessions[i].result);
		if (sessions[i].line == 0)
			assert_null(out.rule);
		else
			assert_int_equal(out.rule->line, sessions[i].line);
		if (out.session != MAP_NAME)
			assert_string_equal(out.name, "");
	}
}

static const struct {
	const char *map;
	const char *user;
	const char *rhost;
	const struct group_source *groups;
	int ret;
	unsigned int line;
	const char *part;
} refusals[] = {
	{ "#\n@ghost work\n* lab\n", "alice", "", &groups, -ENOENT, 2,
	  "\"@ghost\": there is no such group" },
	{ "bob x\n*,!@down work\n", "alice", "", &groups, -ETIMEDOUT, 2,
	  "\"!@down\": its members could not be looked up" },
	{ "alice x - rhost=10.0.0.0/8\n* -\n", "alice", "example.org", &groups,
	  -EINVAL, 1, "\"rhost=10.0.0.0/8\"" },
	{ "* -\n@ghost u-%u\n", "alice", "", &groups, 0, 0, "" },
	{ "alice t-%g\n", "alice", "", &unnamed, -ENODATA, 1,
	  "the primary group of alice has no name" },
	{ "* u-%u\n", "DOM\\al", "", &groups, -EINVAL, 1,
	  "no valid name for user DOM\\al" },
	{ "* u-%u\n", "a/../b", "", &groups, -EINVAL, 1, "no valid name" },
	{ "* h%u\n", "ost", "", &groups, -EINVAL, 1, "no valid name" },
	{ "* u-%u\n", "", "", &groups, -EINVAL, 1, "no valid name" },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct subject subject = alice;
		struct decision out = { .session = MAP_DENY };
		int ret;

		parse(refusals[i].map);
		subject.user = refusals[i].user;
		subject.rhost = refusals[i].rhost;
		subject.groups = refusals[i].groups;
		ret = decide_session(&map, &subject, &out, &diag);
		if (ret != refusals[i].ret ||
		    !strstr(diag.text, refusals[i].part))
			print_error("%s%d %s\n", refusals[i].map, ret,
				    diag.text);
		assert_int_equal(ret, refusals[i].ret);
		if (ret == 0)
			continue;
		assert_int_equal(out.session, MAP_DENY);
		assert_string_equal(diag.file, "t.map");
		assert_int_equal(diag.line, refusals[i].line);
		assert_non_null(strstr(diag.text, refusals[i].part));
	}
}

/* uid 0 is root's, and only the word root is about it. */
static void test_root(void **state)
{
	struct subject root = alice;
	struct decision out;

	(void)state;
	root.uid = 0;
	root.user = "root";
	parse("* work\n:9 work\n0:5 work\n@ghost,@0 work\n*,!bob deny\n");
	n_asked = 0;
	assert_int_equal(decide_session(&map, &root, &out, &diag), 0);
	assert_int_equal(out.session, MAP_STAY);
	assert_null(out.rule);
	assert_int_equal(n_asked, 0);
	parse("* work\nroot lab\n");
	assert_int_equal(decide_session(&map, &root, &out, &diag), 0);
	assert_string_equal(show(&out), "lab");
	root.user = "toor";
	assert_int_equal(decide_session(&map, &root, &out, &diag), 0);
	assert_string_equal(show(&out), "lab");
	/* another account that is called root is nobody special */
	root.uid = 1000;
	root.user = "root";
	assert_int_equal(decide_session(&map, &root, &out, &diag), 0);
	assert_string_equal(show(&out), "work");
}

static const struct {
	const char *map;
	const char *requested;
	int ret;
	unsigned int line;
	const char *result;
} launches[] = {
	/* nobody is mapped */
	{ "#\n", "work", -EACCES, 0, NULL },
	{ "#\n", NULL, -EACCES, 0, NULL },
	{ "bob work *\n", "work", -EACCES, 0, NULL },
	{ "root - *\n", "work", -EACCES, 0, NULL },
	/* SESSION */
	{ "alice work\n", NULL, 0, 1, "work" },
	{ "alice work\n", "work", 0, 1, "work" },
	{ "alice work - create=x optional\n", "work", 0, 1, "work create=x" },
	{ "alice work - create optional\n", NULL, 0, 1, "work create" },
	{ "alice u-%u\n", NULL, 0, 1, "u-alice" },
	{ "alice u-%u\n", "u-alice", 0, 1, "u-alice" },
	{ "alice u-%u\n", "u-bob", -EACCES, 0, NULL },
	{ "alice work\n", "lab", -EACCES, 0, NULL },
	{ "alice work\n", "Work", -EACCES, 0, NULL },
	{ "alice deny *,host\n", "work", -EACCES, 0, NULL },
	{ "alice deny *\n", NULL, -EACCES, 0, NULL },
	{ "alice - work\n", NULL, -EDESTADDRREQ, 1, "SESSION is -:" },
	{ "alice + work\n", NULL, -EDESTADDRREQ, 1, "SESSION is +:" },
	{ "alice host work\n", NULL, -EDESTADDRREQ, 1, "SESSION is host:" },
	{ "alice - work\n", "work", 0, 1, "work" },
	{ "alice + work\n", "work", 0, 1, "work" },
	{ "alice host work\n", "work", 0, 1, "work" },
	{ "alice -\n", "work", -EACCES, 0, NULL },
	/* ALSO */
	{ "alice work lab,vpn*\n", "lab", 0, 1, "lab" },
	{ "alice work lab,vpn* create=x\n", "vpn7", 0, 1, "vpn7" },
	{ "alice work *\n", "anything", 0, 1, "anything" },
	{ "alice work *\nbob u-%u\n", "u-bob", -EACCES, 0, NULL },
	{ "alice u-%u *\n", "u-alice", 0, 1, "u-alice" },
	{ "alice u-%u *\n", "u-bob", -EACCES, 0, NULL },
	{ "alice work n%U\n", "n1000", 0, 1, "n1000" },
	{ "alice work n%U\n", "n1001", -EACCES, 0, NULL },
	/* host, only as it is written */
	{ "alice work *\n", "host", -EACCES, 0, NULL },
	{ "alice work\n", "host", -EACCES, 0, NULL },
	{ "alice -\n", "host", -EACCES, 0, NULL },
	{ "alice work lab,host\n", "host", 0, 1, "host" },
	{ "alice host\n", "host", 0, 1, "host" },
	{ "alice deny host\n", "host", -EACCES, 0, NULL },
	{ "alice h%u *\n", "host", -EACCES, 0, NULL },
	/* what is no name gets the answer that a forbidden one gets */
	{ "alice work *\n", "", -EACCES, 0, NULL },
	{ "alice work *\n", "-", -EACCES, 0, NULL },
	{ "alice - *\n", "-", -EACCES, 0, NULL },
	{ "alice + *\n", "+", -EACCES, 0, NULL },
	{ "alice work *\n", "deny", -EACCES, 0, NULL },
	{ "alice work *\n", "..", -EACCES, 0, NULL },
	{ "alice work *\n", "../../proc/1/ns/net", -EACCES, 0, NULL },
	{ "alice work *\n", "/run/netns/work", -EACCES, 0, NULL },
	{ "alice work *\n", "wo\nrk", -EACCES, 0, NULL },
	{ "alice work *\n", "*", -EACCES, 0, NULL },
	{ "alice u-%u *\n", "u-%u", -EACCES, 0, NULL },
	/* the rule for launches is found first, narrowed ones do not fall */
	{ "alice work lab\nalice - vpn service=runns\n", "vpn", 0, 2, "vpn" },
	{ "alice work lab\nalice - vpn service=runns\n", "lab", -EACCES, 0,
	  NULL },
	{ "alice work lab\nalice - vpn service=runns\n", "work", -EACCES, 0,
	  NULL },
	{ "alice work lab\nalice vpn - service=sshd,runns\n", NULL, 0, 2,
	  "vpn" },
	{ "alice work\nalice deny - service=runns\n", "work", -EACCES, 0, NULL },
	{ "alice work\nbob lab - service=runns\n", "work", 0, 1, "work" },
	{ "alice work lab service=sshd\n* - *\n", "other", -EACCES, 0, NULL },
	{ "alice work lab service=sshd\n* - *\n", "lab", 0, 1, "lab" },
	{ "alice work lab tty=tty1\n* - *\n", "other", -EACCES, 0, NULL },
	{ "alice work lab rhost=10.0.0.0/8\n* - *\n", "lab", 0, 1, "lab" },
	{ "alice work lab service=runns tty=tty9\n* - *\n", "lab", 0, 1, "lab" },
	/* the answer about a group is needed before anything is told */
	{ "@ghost work\nalice lab\n", "lab", -ENOENT, 1, "\"@ghost\"" },
	{ "alice lab\n@ghost work\n", "lab", 0, 1, "lab" },
	{ "alice lab\n@ghost work - service=runns\n", "lab", -ENOENT, 2,
	  "\"@ghost\"" },
};

static void test_launches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(launches); i++) {
		struct decision out = { .session = MAP_DENY };
		const char *result;
		int ret;

		parse(launches[i].map);
		ret = decide_launch(&map, &alice, launches[i].requested, &out,
				    &diag);
		result = ret == 0 ? show(&out) : diag.text;
		if (ret != launches[i].ret)
			print_error("%s%s: %d %s\n", launches[i].map,
				    launches[i].requested, ret, result);
		assert_int_equal(ret, launches[i].ret);
		if (ret == 0) {
			assert_string_equal(result, launches[i].result);
			assert_int_equal(out.rule->line, launches[i].line);
			continue;
		}
		assert_int_equal(out.session, MAP_DENY);
		if (ret == -EACCES) {
			assert_string_equal(diag.text, "");
			continue;
		}
		assert_int_equal(diag.line, launches[i].line);
		assert_non_null(strstr(result, launches[i].result));
	}
}

/* A template that gives nothing for him does not bar what ALSO names. */
static void test_launch_no_name(void **state)
{
	struct subject subject = alice;
	struct decision out;

	(void)state;
	subject.user = "DOM\\alice";
	parse("* u-%u lab\n");
	assert_int_equal(decide_launch(&map, &subject, "lab", &out, &diag), 0);
	assert_string_equal(show(&out), "lab");
	assert_int_equal(decide_launch(&map, &subject, "work", &out, &diag),
			 -EACCES);
	assert_string_equal(diag.text, "");
	assert_int_equal(decide_launch(&map, &subject, NULL, &out, &diag),
			 -EINVAL);
	assert_non_null(strstr(diag.text, "no valid name"));
}

static void test_launch_root(void **state)
{
	struct subject root = alice;
	struct decision out;

	(void)state;
	root.uid = 0;
	root.user = "root";
	parse("* work *\n");
	assert_int_equal(decide_launch(&map, &root, "work", &out, &diag),
			 -EACCES);
	parse("* work *\nroot - *,host\n");
	assert_int_equal(decide_launch(&map, &root, "lab", &out, &diag), 0);
	assert_string_equal(show(&out), "lab");
	assert_int_equal(decide_launch(&map, &root, "host", &out, &diag), 0);
	assert_string_equal(show(&out), "host");
}

/* The longest name there is, and one byte more. */
static void test_launch_long(void **state)
{
	char name[NAME_SIZE + 1];
	struct decision out;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[NAME_SIZE] = '\0';
	parse("alice - *\n");
	assert_int_equal(decide_launch(&map, &alice, name, &out, &diag),
			 -EACCES);
	name[NAME_LEN_MAX] = '\0';
	assert_int_equal(decide_launch(&map, &alice, name, &out, &diag), 0);
	assert_string_equal(out.name, name);
}

static const struct {
	const char *map;
	int ret;
	uint32_t n;
	const char *uplink;
} grants[] = {
	{ "#\n", -EACCES, 0, "" },
	{ "alice -\n", -EACCES, 0, "" },
	{ "bob - - veth=4\n", -EACCES, 0, "" },
	{ "alice - - veth=0\n", -EACCES, 0, "" },
	{ "alice - - veth=4\n", 0, 4, "" },
	{ "alice work lab veth=1@eth0\n", 0, 1, "eth0" },
	{ "@staff - - veth=3\n", 0, 3, "" },
	{ "al - - veth=4\n", -EACCES, 0, "" },
	{ "alice2 - - veth=4\n", -EACCES, 0, "" },
	/* who is denied has none, and an earlier rule decides */
	{ "alice deny - veth=4\n", -EACCES, 0, "" },
	{ "alice -\nalice - - veth=4\n", -EACCES, 0, "" },
	/* one that lists the service comes before */
	{ "alice -\nalice - - service=runns veth=2\n", 0, 2, "" },
	{ "alice - - service=runns\nalice - - veth=2\n", -EACCES, 0, "" },
	/* narrowing is about sessions */
	{ "alice - - service=sshd veth=2\n", 0, 2, "" },
	{ "@ghost - - veth=4\n* -\n", -ENOENT, 0, "" },
	{ "@down - - veth=4\n", -ETIMEDOUT, 0, "" },
};

static void test_grants(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(grants); i++) {
		struct grant grant = { 0 };
		int ret;

		parse(grants[i].map);
		ret = decide_veth(&map, &alice, &grant, &diag);
		if (ret != grants[i].ret || grant.n != grants[i].n ||
		    !slice_is(grant.uplink, grants[i].uplink))
			fail_msg("%s: %d, %u", grants[i].map, ret, grant.n);
		if (ret < 0 && ret != -EACCES)
			assert_true(diag.text[0]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_launches),
		cmocka_unit_test(test_launch_no_name),
		cmocka_unit_test(test_launch_root),
		cmocka_unit_test(test_launch_long),
		cmocka_unit_test(test_grants),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
