/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_names.c - how names are resolved, as runns.conf(5) says it
 */
#include <errno.h>
#include <string.h>

#include "lib/policy/profile_names.h"

enum { HOST_NAME_MAX_LEN = 253, LABEL_MAX_LEN = 63 };

int profile_resolve_set(const struct profile_input *in)
{
	if (!profile_path_is_plain(in->value))
		return profile_bad(in, in->value.p,
				   "absolute path of a file expected, without "
				   "\"//\", \".\" or \"..\", not \"%.*s\"",
				   SLICE_ARG(in->value));
	in->profile->resolve = in->value;
	return 0;
}

bool profile_is_server(const struct addr *a)
{
	static const uint8_t zero[16];

	if (a->family == 4)
		return a->bytes[0] != 0 && a->bytes[0] < 224;
	return a->bytes[0] != 0xff && memcmp(a->bytes, zero, 16) != 0;
}

int profile_dns_set(const struct profile_input *in)
{
	struct profile *p = in->profile;
	struct slice list = in->value, word;
	struct addr addr;

	while (profile_word_next(&list, &word)) {
		if (addr_parse(word, &addr) < 0 || !profile_is_server(&addr))
			return profile_bad(
				in, word.p,
				"address of a name server expected, not \"%.*s\"",
				SLICE_ARG(word));
		if (p->n_dns == PROFILE_DNS_MAX)
			return profile_bad(in, word.p,
					   "more than %d name servers",
					   PROFILE_DNS_MAX);
		p->dns[p->n_dns++] = addr;
	}
	if (!p->n_dns)
		return profile_bad(in, in->value.p,
				   "address of a name server expected");
	return 0;
}

bool profile_is_domain(struct slice name)
{
	size_t i, label = 0;

	if (slice_is(name, "."))
		return true;
	if (name.len > HOST_NAME_MAX_LEN || name.p[0] == '-')
		return false;
	for (i = 0; i < name.len; i++) {
		if (name.p[i] == '.' && label == 0)
			return false;
		label = name.p[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MAX_LEN ||
		    (label && !profile_byte_is_plain(name.p[i])))
			return false;
	}
	return true;
}

int profile_search_set(const struct profile_input *in)
{
	struct profile *p = in->profile;
	struct slice list = in->value, word;

	while (profile_word_next(&list, &word)) {
		if (!profile_is_domain(word))
			return profile_bad(in, word.p,
					   "domain expected, not \"%.*s\"",
					   SLICE_ARG(word));
		if (p->n_search == PROFILE_SEARCH_MAX)
			return profile_bad(in, word.p,
					   "more than %d search domains",
					   PROFILE_SEARCH_MAX);
		p->search[p->n_search++] = word;
	}
	if (!p->n_search)
		return profile_bad(in, in->value.p, "domain expected");
	return 0;
}

bool profile_strict_dns(const struct profile *p)
{
	if (p->strict_dns != SWITCH_DEFAULT)
		return p->strict_dns == SWITCH_YES;
	return p->n_dns || p->resolve.len || p->n_vpns;
}
