/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_name.c - names, templates, globs, addresses, numbers and messages
 * from any bytes
 *
 * The input is two texts, parted by its first newline.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/policy/addr.h"
#include "lib/policy/name.h"
#include "lib/policy/who.h"
#include "lib/policy/word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* The definition, as slow and plain as can be. */
static bool is_name(struct slice s)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789";

	for (size_t i = 0; i < s.len; i++)
		if (!memchr(first, s.p[i], sizeof(first) - 1) &&
		    (i == 0 || !memchr("_.-", s.p[i], 3)))
			return false;
	return s.len >= 1 && s.len <= 63 && !slice_is(s, "host") &&
	       !slice_is(s, "deny");
}

static struct slice behind_first(struct slice s)
{
	return (struct slice){ s.p + 1, s.len - 1 };
}

static bool is_match(struct slice glob, struct slice name)
{
	if (glob.len == 0)
		return name.len == 0;
	if (glob.p[0] == '*')
		return is_match(behind_first(glob), name) ||
		       (name.len > 0 && is_match(glob, behind_first(name)));
	return name.len > 0 && (glob.p[0] == '?' || glob.p[0] == name.p[0]) &&
	       is_match(behind_first(glob), behind_first(name));
}

static void check_template(struct slice template, struct slice user)
{
	char text[256], out[NAME_SIZE];
	struct name_values values = { text, 1000, "staff" };
	struct slice result = { out, 0 };

	snprintf(text, sizeof(text), "%.*s", SLICE_ARG(user));
	if (name_expand(out, template, &values) < 0)
		return;
	result.len = strlen(out);
	must(is_name(result));
	if (!name_is_template(template) || name_template_check(template))
		return;
	/* What a template gives, it is said to give, and in its own way. */
	must(name_patterns_overlap(template, result));
	must(strlen(text) == 0 || !memmem(template.p, template.len, "%u", 2) ||
	     memmem(out, result.len, text, strlen(text)));
}

/* What both match, both are said to match. */
static void check_overlap(struct slice template, struct slice glob)
{
	struct name_values values = { "alice", 1000, "staff" };
	char out[NAME_SIZE];

	if (name_template_check(template) || !name_is_template(template) ||
	    word_check_also(glob) || name_is_template(glob) ||
	    name_expand(out, template, &values) < 0)
		return;
	if (name_glob_match(glob, (struct slice){ out, strlen(out) }))
		must(name_patterns_overlap(template, glob));
}

static void check_addr(struct slice s)
{
	char text[64], written[ADDR_TEXT_SIZE];
	uint8_t theirs[16];
	struct addr_net net;
	struct addr a;

	if (s.len >= sizeof(text) || (s.len && memchr(s.p, '\0', s.len)))
		return;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	must((addr_parse(s, &a) == 0) ==
	     (inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text,
			theirs) == 1));
	if (addr_parse(s, &a) == 0) {
		addr_format(&a, written);
		must(addr_parse((struct slice){ written, strlen(written) },
				&a) == 0);
		must(memcmp(a.bytes, theirs, a.family == 4 ? 4 : 16) == 0);
	}
	if (addr_parse_net(s, &net) == 0 && !addr_has_host_bits(&net))
		must(addr_in_net(&net.addr, &net) &&
		     addr_net_overlap(&net, &net));
}

static void check_num(struct slice s)
{
	char text[32];
	uint64_t n;

	if (num_parse(s.p, s.len, UINT64_MAX, &n) == 0) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
		must(slice_is(s, text));
	}
}

/* Nothing but printable characters is left, and no escape is cut. */
static void check_escape(struct slice s)
{
	char whole[4 * 512 + 1], cut[16];

	if (s.len > 512)
		return;
	log_escape(whole, sizeof(whole), s.p, s.len);
	log_escape(cut, sizeof(cut), s.p, s.len);
	must(strncmp(whole, cut, strlen(cut)) == 0);
	for (const char *p = whole; *p; p++) {
		must((unsigned char)*p >= ' ' && *p != 0x7f);
		must(*p != '\\' || (p[1] == 'x' && p[2] && p[3]));
	}
}

/* The judges of words accept nothing that the layers below would not. */
static void check_word(struct slice s)
{
	bool local = slice_is(s, "local") || slice_is(s, "remote");
	struct who_word w;
	struct addr_net net;

	if (s.len == 0)
		return;
	must((word_check_name(s) == NULL) ==
	     (name_is_template(s) ? !name_template_check(s) : is_name(s)));
	must(word_check_name(s) || !word_check_also(s));
	must(who_check(s) || !who_read(s, &w));
	must(word_check_rhost(s) || local ||
	     (addr_parse_net(s, &net) == 0 && !addr_has_host_bits(&net)));
	must(word_check_uplink(s) || (s.len <= 15 && !memchr(s.p, '/', s.len)));
	must(word_check_service(s) || !memchr(s.p, '/', s.len));
	must(word_check_tty(s) || !memchr(s.p, ' ', s.len));
}

/* Few stars: the slow answer takes time that grows with each. */
static bool is_cheap(struct slice glob, struct slice name)
{
	size_t stars = 0;

	for (size_t i = 0; i < glob.len; i++)
		stars += glob.p[i] == '*';
	return stars <= 4 && glob.len <= 32 && name.len <= 32;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size ? (const char *)data : "";
	const char *newline = memchr(text, '\n', size);
	struct slice a = { text, newline ? (size_t)(newline - text) : size };
	struct slice b = { newline ? newline + 1 : text,
			   newline ? size - a.len - 1 : 0 };

	must(name_is_valid(a) == is_name(a));
	if (is_cheap(a, b))
		must(name_glob_match(a, b) == is_match(a, b));
	check_template(a, b);
	check_overlap(a, b);
	check_word(a);
	check_addr(a);
	check_num(a);
	check_escape((struct slice){ text, size });
	return 0;
}
