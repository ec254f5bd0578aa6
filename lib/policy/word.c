/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * word.c - what one word of runns.map(5) may be
 */
#include "lib/policy/word.h"

#include <errno.h>

#include "lib/policy/addr.h"
#include "lib/policy/name.h"

enum { WORD_IFNAME_MAX = 15 };

const char *word_check_name(struct slice word)
{
	if (name_is_valid(word))
		return NULL;
	if (name_is_template(word))
		return name_template_check(word);
	return "a name has 1 to 63 of A-Z a-z 0-9 _ . -, begins with a letter "
	       "or digit, and is not host or deny";
}

static bool word_is_wild(char c)
{
	return c == '*' || c == '?';
}

/* A glob is judged as a name that it could match. */
static const char *word_check_glob(struct slice word)
{
	char name[NAME_SIZE];

	if (name_is_template(word))
		return "a template cannot have wildcards";
	if (word.len > NAME_LEN_MAX)
		return "a pattern has at most 63 bytes";
	for (size_t i = 0; i < word.len; i++)
		name[i] = word_is_wild(word.p[i]) ? 'x' : word.p[i];
	if (name_is_valid((struct slice){ name, word.len }))
		return NULL;
	return "a pattern has only A-Z a-z 0-9 _ . - and the wildcards * and "
	       "?, and begins with a letter, digit or wildcard";
}

const char *word_check_also(struct slice word)
{
	if (name_is_valid(word) || slice_is(word, "host"))
		return NULL;
	for (size_t i = 0; i < word.len; i++)
		if (word_is_wild(word.p[i]))
			return word_check_glob(word);
	return word_check_name(word);
}

/* Linux-PAM makes the names of services lower case. */
const char *word_check_service(struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !memchr("_.-@+:", c, 6))
			return "a service has only a-z 0-9 _ . - @ + :";
	}
	return NULL;
}

static bool word_is_visible(char c)
{
	return c > ' ' && c < 0x7f && c != '\\';
}

const char *word_check_tty(struct slice word)
{
	if (word.len >= 5 && memcmp(word.p, "/dev/", 5) == 0)
		return "terminals are written without /dev/, as in pts/*";
	for (size_t i = 0; i < word.len; i++)
		if (!word_is_visible(word.p[i]))
			return "a terminal has only visible ASCII bytes";
	return NULL;
}

const char *word_check_rhost(struct slice word)
{
	struct addr_net net;
	int ret;

	if (slice_is(word, "local") || slice_is(word, "remote"))
		return NULL;
	ret = addr_parse_net(word, &net);
	if (ret == -ERANGE)
		return "the prefix is longer than the address";
	if (ret < 0)
		return "expected local, remote or ADDRESS/LENGTH";
	if (addr_has_host_bits(&net))
		return "the address has bits behind the prefix";
	return NULL;
}

/* As the kernel has it; and '%' would make the name a pattern to it. */
const char *word_check_uplink(struct slice word)
{
	static const char bad[] = "an interface has 1 to 15 visible ASCII "
				  "bytes without / : %";

	if (word.len == 0 || word.len > WORD_IFNAME_MAX ||
	    slice_is(word, ".") || slice_is(word, ".."))
		return bad;
	for (size_t i = 0; i < word.len; i++)
		if (!word_is_visible(word.p[i]) || memchr("/:%", word.p[i], 3))
			return bad;
	return NULL;
}
