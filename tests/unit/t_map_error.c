/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_map_error.c - runns.map(5): every error, with its line and column
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/map.h"

static const struct {
	const char *text;
	size_t len;
	unsigned int line;
	unsigned int column;
	const char *part;	/* of the message */
} rows[] = {
#define ROW(text, line, column, part) \
	{ (text), sizeof(text) - 1, (line), (column), (part) }
	/* the text as a whole */
	ROW("", 0, 0, "the file is empty"),
	ROW("\xef\xbb\xbf" "a x\n", 1, 1, "byte order mark"),
	ROW("a x", 1, 4, "expected a newline"),
	ROW("a x\nb y", 2, 4, "expected a newline"),
	ROW("a x\n# c", 2, 4, "expected a newline"),
	ROW("a x\n ", 2, 2, "expected a newline"),
	/* bytes */
	ROW("a\0 x\n", 1, 2, "control character 0x00"),
	ROW("a x\n\0\n", 2, 1, "control character 0x00"),
	ROW("a x # c\0\n", 1, 8, "control character 0x00"),
	ROW("a x\r\n", 1, 4, "carriage return"),
	ROW("# c\r\n", 1, 4, "carriage return"),
	ROW("a x - service=b,\r\n", 1, 17, "carriage return"),
	ROW("a \x1b[1m x\n", 1, 3, "control character 0x1b"),
	ROW("# \x1b\n", 1, 3, "control character 0x1b"),
	ROW("a x\x0c\n", 1, 4, "control character 0x0c"),
	ROW("a x\x0b\n", 1, 4, "control character 0x0b"),
	ROW("a\x01 x\n", 1, 2, "control character 0x01"),
	ROW("a x \x7f\n", 1, 5, "control character 0x7f"),
	/* continuations */
	ROW("a x \\\n", 1, 5, "the last line is continued"),
	ROW("a x\\\n", 1, 4, "the last line is continued"),
	ROW("\\\n", 1, 1, "the last line is continued"),
	ROW("a,\\\n", 1, 3, "the last line is continued"),
	ROW("a x \\\n\\\n", 2, 1, "the last line is continued"),
	ROW("a \\ \nx\n", 1, 3, "a backslash continues a line only"),
	ROW("a\\ x\n", 1, 2, "a backslash continues a line only"),
	ROW("a,\\ \nb x\n", 1, 3, "a backslash continues a line only"),
	ROW("a\\,b x\n", 1, 1, "a backslash continues a line only"),
	ROW("a x - create\\\t\n", 1, 13, "a backslash continues a line only"),
	ROW("\\a x\n", 1, 1, "a backslash continues a line only"),
	ROW("a\\\n../b\n", 2, 1, "\"../b\" is no SESSION"),
	/* lists */
	ROW("a,\\\n\nb x\n", 2, 1, "an item is missing"),
	ROW("a,\\\n# c\n", 2, 1, "an item is missing"),
	ROW("a,\\\n,b x\n", 2, 1, "an item is missing"),
	ROW("a,\\\n\\\nb x\n", 2, 1, "an item is missing"),
	ROW(", x\n", 1, 1, "an item is missing"),
	ROW("a, b x\n", 1, 3, "an item is missing"),
	ROW("a,b, x\n", 1, 5, "an item is missing"),
	ROW(",a x\n", 1, 1, "an item is missing"),
	ROW("a,,b x\n", 1, 3, "an item is missing"),
	ROW("a x b,\n", 1, 7, "an item is missing"),
	ROW("a x ,b\n", 1, 5, "an item is missing"),
	ROW("a x - service=b,\n", 1, 17, "an item is missing"),
	ROW("a x - tty=,a\n", 1, 11, "an item is missing"),
	ROW("a x - rhost=local,,remote\n", 1, 19, "an item is missing"),
	/* fields */
	ROW("a\n", 1, 2, "expected SESSION after WHO"),
	ROW("a #x\n", 1, 3, "expected SESSION after WHO"),
	ROW("a#x y\n", 1, 2, "expected SESSION after WHO"),
	ROW("a x\nb  \nc z\n", 2, 4, "expected SESSION after WHO"),
	ROW("a \\\n\nb x\n", 2, 1, "expected SESSION after WHO"),
	/* WHO */
	ROW("!a x\n", 1, 1, "only '!' words"),
	ROW("!a,!@g x\n", 1, 1, "only '!' words"),
	ROW("a,a x\n", 1, 3, "\"a\" stands in this list already"),
	ROW("a,b,\\\n  c,a x\n", 2, 5, "\"a\" stands in this list already"),
	ROW("*,@g,!b,@g x\n", 1, 9, "\"@g\" stands in this list already"),
	ROW("! x\n", 1, 1, "expected a user"),
	ROW("@ x\n", 1, 1, "expected a group"),
	ROW("!@ x\n", 1, 1, "expected a group"),
	ROW("!!a x\n", 1, 1, "no quotes, wildcards"),
	ROW("@@g x\n", 1, 1, "does not begin"),
	ROW("@!g x\n", 1, 1, "no quotes, wildcards"),
	ROW("0 x\n", 1, 1, "uid 0 is written root"),
	ROW("b,!0 x\n", 1, 3, "uid 0 is written root"),
	ROW("0:0 x\n", 1, 1, "uid 0 is written root"),
	ROW(":0 x\n", 1, 1, "uid 0 is written root"),
	ROW("00 x\n", 1, 1, "expected a number"),
	ROW("010 x\n", 1, 1, "expected a number"),
	ROW("-1 x\n", 1, 1, "does not begin"),
	ROW("+1 x\n", 1, 1, "does not begin"),
	ROW("- x\n", 1, 1, "does not begin"),
	ROW("-l x\n", 1, 1, "does not begin"),
	ROW("+ x\n", 1, 1, "does not begin"),
	ROW("@-1 x\n", 1, 1, "does not begin"),
	ROW("0x10 x\n", 1, 1, "expected a number"),
	ROW("1e9 x\n", 1, 1, "expected a number"),
	ROW("3com x\n", 1, 1, "expected a number"),
	ROW("@0x10 x\n", 1, 1, "expected a number"),
	ROW("4294967295 x\n", 1, 1, "expected a number"),
	ROW("4294967296 x\n", 1, 1, "expected a number"),
	ROW("18446744073709552616 x\n", 1, 1, "expected a number"),
	ROW("@4294967295 x\n", 1, 1, "expected a number"),
	ROW("1:4294967295 x\n", 1, 1, "expected a number"),
	ROW("1000:abc x\n", 1, 1, "expected a number"),
	ROW("1:2:3 x\n", 1, 1, "expected a number"),
	ROW("1-2 x\n", 1, 1, "expected a number"),
	ROW("5:-1 x\n", 1, 1, "expected a number"),
	ROW(": x\n", 1, 1, "on one side of ':'"),
	ROW("@: x\n", 1, 1, "on one side of ':'"),
	ROW("a,9:8 x\n", 1, 3, "ends before it begins"),
	ROW("@9:8 x\n", 1, 1, "ends before it begins"),
	ROW("a* x\n", 1, 1, "no quotes, wildcards"),
	ROW("?? x\n", 1, 1, "no quotes, wildcards"),
	ROW("@* x\n", 1, 1, "no quotes, wildcards"),
	ROW("%wheel x\n", 1, 1, "no quotes, wildcards"),
	ROW("a:b x\n", 1, 1, "no quotes, wildcards"),
	ROW("a/b x\n", 1, 1, "no quotes, wildcards"),
	ROW("../x x\n", 1, 1, "no quotes, wildcards"),
	ROW("a;b x\n", 1, 1, "no quotes, wildcards"),
	ROW("\"a x\n", 1, 1, "no quotes, wildcards"),
	ROW("'a b' x\n", 1, 1, "no quotes, wildcards"),
	ROW("user=a x\n", 1, 1, "no quotes, wildcards"),
	/* SESSION */
	ROW("a ..\n", 1, 3, "\"..\" is no SESSION"),
	ROW("a ../../proc/1/ns/net\n", 1, 3, "is no SESSION"),
	ROW("a /run/netns/x\n", 1, 3, "is no SESSION"),
	ROW("a -x\n", 1, 3, "\"-x\" is no SESSION"),
	ROW("a *\n", 1, 3, "\"*\" is no SESSION"),
	ROW("a work,lab\n", 1, 3, "\"work,lab\" is no SESSION"),
	ROW("a ++\n", 1, 3, "\"++\" is no SESSION"),
	ROW("a gr\xc3\xbcn\n", 1, 3, "is no SESSION"),
	ROW("a create x\nb %u\n", 2, 3, "text of its own"),
	ROW("a u-%%\n", 1, 3, "after '%'"),
	ROW("a u-%s\n", 1, 3, "after '%'"),
	ROW("a u-%\n", 1, 3, "after '%'"),
	ROW("a %u/x\n", 1, 3, "has only"),
	ROW("a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
	    1, 3, "1 to 63"),
	/* ALSO */
	ROW("a x -,b\n", 1, 5, "\"-\": a name has"),
	ROW("a x b,-\n", 1, 7, "\"-\": a name has"),
	ROW("a x deny\n", 1, 5, "\"deny\": a name has"),
	ROW("a x +\n", 1, 5, "\"+\": a name has"),
	ROW("a x !b\n", 1, 5, "\"!b\": a name has"),
	ROW("a x @b\n", 1, 5, "\"@b\": a name has"),
	ROW("a x b,../c\n", 1, 7, "\"../c\": a name has"),
	ROW("a x ../*\n", 1, 5, "a pattern has only"),
	ROW("a x -*\n", 1, 5, "a pattern has only"),
	ROW("a x .?\n", 1, 5, "a pattern has only"),
	ROW("a x [a-z]*\n", 1, 5, "a pattern has only"),
	ROW("a x u-%u*\n", 1, 5, "cannot have wildcards"),
	ROW("a x %u\n", 1, 5, "text of its own"),
	ROW("a x service=b\n", 1, 5, "\"service=b\": a name has"),
	ROW("a x b c\n", 1, 7, "unknown option \"c\""),
	/* options */
	ROW("a x - Create\n", 1, 7, "unknown option \"Create\""),
	ROW("a x - creat\n", 1, 7, "unknown option \"creat\""),
	ROW("a x - createx\n", 1, 7, "unknown option \"createx\""),
	ROW("a x - =x\n", 1, 7, "unknown option \"\""),
	ROW("a x - services=b\n", 1, 7, "unknown option \"services\""),
	ROW("a x - -\n", 1, 7, "unknown option \"-\""),
	ROW("a x - create create\n", 1, 14, "create is given twice"),
	ROW("a x - create=b create\n", 1, 16, "create is given twice"),
	ROW("a x - veth=1 veth=1\n", 1, 14, "veth is given twice"),
	ROW("a x - service=b service=c\n", 1, 17, "service is given twice"),
	ROW("a x - create=\n", 1, 13, "expected '=' and a value"),
	ROW("a x - create=../y\n", 1, 14, "\"../y\" is no section"),
	ROW("a x - create=u-%u\n", 1, 14, "\"u-%u\" is no section"),
	ROW("a x - create=host\n", 1, 14, "\"host\" is no section"),
	ROW("a x - create=b,c\n", 1, 14, "\"b,c\" is no section"),
	ROW("a - - create\n", 1, 7, "create needs the name"),
	ROW("a host - create\n", 1, 10, "create needs the name"),
	ROW("a + - create=b\n", 1, 7, "create needs the name"),
	ROW("a deny - optional\n", 1, 10, "optional needs the name"),
	ROW("a - - optional\n", 1, 7, "optional needs the name"),
	ROW("a x - optional=yes\n", 1, 15, "optional takes no value"),
	ROW("a x - optional=\n", 1, 15, "optional takes no value"),
	ROW("a x - service\n", 1, 14, "expected '=' and a value"),
	ROW("a x - service=\n", 1, 14, "expected '=' and a value"),
	ROW("a x - service= sshd\n", 1, 14, "expected '=' and a value"),
	ROW("a x - service=SSHD\n", 1, 15, "a service has only"),
	ROW("a x - service=ssh*\n", 1, 15, "a service has only"),
	ROW("a x - service=/etc/x\n", 1, 15, "a service has only"),
	ROW("a x - service=b,!c\n", 1, 17, "a service has only"),
	ROW("a x - tty\n", 1, 10, "expected '=' and a value"),
	ROW("a x - tty=/dev/tty1\n", 1, 11, "without /dev/"),
	ROW("a x - tty=a,/dev/pts/*\n", 1, 13, "without /dev/"),
	ROW("a x - tty=\xc3\xbc\n", 1, 11, "visible ASCII"),
	ROW("a x - tty=a\\b\n", 1, 11, "visible ASCII"),
	ROW("a x - rhost=Local\n", 1, 13, "expected local, remote"),
	ROW("a x - rhost=example.org\n", 1, 13, "expected local, remote"),
	ROW("a x - rhost=10.0.0.1\n", 1, 13, "expected local, remote"),
	ROW("a x - rhost=local,10.0.0.0/33\n", 1, 19, "prefix is longer"),
	ROW("a x - rhost=fd00::/129\n", 1, 13, "prefix is longer"),
	ROW("a x - rhost=10.0.0.1/8\n", 1, 13, "bits behind the prefix"),
	ROW("a x - rhost=fd00::1/8\n", 1, 13, "bits behind the prefix"),
	ROW("a x - rhost=fe80::%eth0/64\n", 1, 13, "expected local, remote"),
	ROW("a x - rhost=fe80::/64%eth0\n", 1, 13, "expected local, remote"),
	ROW("a x - rhost=010.0.0.0/8\n", 1, 13, "expected local, remote"),
	ROW("a x - rhost=10.0.0.0/0x8\n", 1, 13, "expected local, remote"),
	ROW("a x - veth=\n", 1, 11, "expected '=' and a value"),
	ROW("a x - veth=-1\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=1025\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=0x10\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=1e3\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=01\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=18446744073709551617\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=@eth0\n", 1, 12, "N from 0 to 1024"),
	ROW("a x - veth=1@\n", 1, 14, "\"\": an interface has"),
	ROW("a x - veth=1@..\n", 1, 14, "\"..\": an interface has"),
	ROW("a x - veth=1@a/b\n", 1, 14, "\"a/b\": an interface has"),
	ROW("a x - veth=1@a:b\n", 1, 14, "\"a:b\": an interface has"),
	ROW("a x - veth=1@a%d\n", 1, 14, "\"a%d\": an interface has"),
	ROW("a x - veth=1@abcdefghijklmnop\n", 1, 14, "an interface has"),
	ROW("a x - veth=1@\xc3\xbc\n", 1, 14, "an interface has"),
	/* the place in a continued line */
	ROW("# c\na \\\n  x \\\n    - creat\n", 4, 7, "unknown option"),
	ROW("a x - service=b,\\\n  C\n", 2, 3, "\"C\": a service has"),
#undef ROW
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct map_rule rules[4];
		struct map map = { .rules = rules, .cap = ARRAY_SIZE(rules) };
		struct diag d = { 0 };
		char *copy = malloc(rows[i].len ? rows[i].len : 1);
		int ret;

		assert_non_null(copy);
		memcpy(copy, rows[i].text, rows[i].len);
		ret = map_parse(&map, "t.map", copy, rows[i].len, &d);
		free(copy);
		if (ret == 0 || d.line != rows[i].line ||
		    d.column != rows[i].column ||
		    !strstr(d.text, rows[i].part))
			print_error("row %zu: %s%u:%u: %s\n", i, rows[i].text,
				    d.line, d.column, d.text);
		assert_int_equal(ret, -EINVAL);
		assert_string_equal(d.file, "t.map");
		assert_int_equal(d.line, rows[i].line);
		assert_int_equal(d.column, rows[i].column);
		assert_non_null(strstr(d.text, rows[i].part));
	}
}

/* A long word is cut in a message, which ends in any case. */
static void test_long_word(void **state)
{
	char text[4096];
	struct map_rule rule;
	struct map map = { .rules = &rule, .cap = 1 };
	struct diag d;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "a ", 2);
	text[sizeof(text) - 1] = '\n';
	assert_int_equal(map_parse(&map, "t", text, sizeof(text), &d), -EINVAL);
	assert_non_null(memchr(d.text, '\0', sizeof(d.text)));
	assert_non_null(strstr(d.text, "is no SESSION"));
}

static void test_format(void **state)
{
	struct diag d;
	char out[64];

	(void)state;
	assert_int_equal(diag_set(&d, "f", 3, 7, "bad %s", "x"), -EINVAL);
	diag_format(&d, out, sizeof(out));
	assert_string_equal(out, "f:3:7: bad x");
	diag_set(&d, "f", 3, 0, "bad");
	diag_format(&d, out, sizeof(out));
	assert_string_equal(out, "f:3: bad");
	diag_set(&d, "f", 0, 0, "bad");
	diag_format(&d, out, sizeof(out));
	assert_string_equal(out, "f: bad");
	diag_format(&d, out, 4);
	assert_string_equal(out, "f: ");
	diag_set(&d, "f", 1, 1, "%0300d", 1);
	assert_int_equal(strlen(d.text), sizeof(d.text) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_format),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
