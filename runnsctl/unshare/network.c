/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network.c - the kinds of networks that runnsctl unshare knows
 */
#include "runnsctl/unshare/network.h"

#include <string.h>

#include "lib/base/buf.h"

static const struct net_kind net_none = { .name = "none" };
static const struct net_kind net_host = { .name = "host", .is_host = true };

static const struct net_kind *const kinds[] = {
	&net_none,
	&net_host,
	&net_slirp,
	&net_pasta,
	&net_slirp4netns,
	&net_vde,
	&net_veth,
};

static const struct net_kind *kind_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strlen(kinds[i]->name) == len &&
		    memcmp(kinds[i]->name, name, len) == 0)
			return kinds[i];
	}
	return NULL;
}

const char *network_parse(char *word, struct network *n)
{
	const char *colon = strchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) : strlen(word);

	n->kind = kind_find(word, len);
	n->arg = colon ? colon + 1 : NULL;
	if (!n->kind)
		return "is none of the networks";
	if (n->arg && !n->kind->arg)
		return "takes no argument";
	return NULL;
}

void network_kinds(char *out, size_t size)
{
	struct buf b;

	buf_init(&b, out, size);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", kinds[i]->name);
}
