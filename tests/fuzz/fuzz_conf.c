/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_conf.c - runns.conf(5) from any bytes
 *
 * What is accepted must keep what the rest of the program relies on.
 */
#include <stdint.h>
#include <stdlib.h>

#include "lib/policy/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void slice_in(struct slice s, const char *text, size_t len)
{
	size_t i;

	if (!s.len)
		return;
	must(s.p >= text && s.p + s.len <= text + len);
	for (i = 0; i < s.len; i++)
		must((unsigned char)s.p[i] > ' ' || s.p[i] == ' ' ||
		     s.p[i] == '\t');
}

static void check_profile(const struct profile *p, const char *text, size_t len)
{
	uint32_t i;

	must(name_is_valid(p->section) && p->line > 0);
	must(!p->netns.len || name_is_valid(p->netns));
	must(p->interface.len <= PROFILE_IFNAME_MAX);
	must(p->interface_in.len <= PROFILE_IFNAME_MAX);
	must(p->interface_out.len <= PROFILE_IFNAME_MAX);
	must(p->mtu == 0 || (p->mtu >= 68 && p->mtu <= 65535));
	must(p->n_dns <= PROFILE_DNS_MAX && p->n_search <= PROFILE_SEARCH_MAX);
	must(!p->has_address ||
	     (p->address.addr.family == 4 && p->address.prefix <= 31));
	must(p->link < LINK_KINDS);
	must(p->link_device.len <= PROFILE_IFNAME_MAX);
	must(!p->parent.len || name_is_valid(p->parent));
	must(!p->resolve.len || p->resolve.p[0] == '/');
	slice_in(p->section, text, len);
	slice_in(p->netns, text, len);
	slice_in(p->interface, text, len);
	slice_in(p->interface_in, text, len);
	slice_in(p->interface_out, text, len);
	slice_in(p->link_device, text, len);
	slice_in(p->parent, text, len);
	slice_in(p->resolve, text, len);
	for (i = 0; i < p->n_search; i++)
		slice_in(p->search[i], text, len);
}

static bool has_network(const struct profile *p)
{
	return p->has_address && p->link == LINK_VETH;
}

/* Whoever goes from Parent to Parent arrives. */
static void check_chain(const struct profile_conf *conf,
			const struct profile *p)
{
	unsigned int left = PROFILE_PARENTS_MAX + 1;

	while (p && p->parent.len && left) {
		p = profile_find_netns(conf, p->parent);
		left--;
	}
	must(left > 0);
}

/* The slow answer to what profile_check() promises of two sections. */
static void check_pair(const struct profile *a, const struct profile *b)
{
	struct slice x = a->netns.len ? a->netns : a->section;
	struct slice y = b->netns.len ? b->netns : b->section;

	must(!slice_equal(x, y));
	must(!slice_equal(a->section, b->section));
	must(!a->interface_in.len ||
	     !slice_equal(a->interface_in, b->interface_in));
	must(!a->interface_in.len ||
	     !slice_equal(a->interface_in, b->interface_out));
	must(!has_network(a) || !has_network(b) ||
	     !addr_net_overlap(&a->address, &b->address));
}

static void check_checked(const struct profile_conf *conf)
{
	size_t i, j;

	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i];

		must(profile_find(conf, p->section) == p);
		must(profile_find_netns(conf, p->netns.len ? p->netns :
							     p->section) == p);
		must(!has_network(p) ||
		     !addr_net_overlap(&p->address, &conf->pool));
		must(!p->gateway.family ||
		     (p->has_address && addr_in_net(&p->gateway, &p->address)));
		check_chain(conf, p);
		for (j = 0; j < conf->n; j++)
			if (i != j)
				check_pair(p, &conf->profiles[j]);
	}
	must(conf->pool.prefix <= conf->pool_prefix && conf->pool_prefix < 32);
}

/* profile_count() is an upper bound: the room that it asks for suffices. */
static bool is_out_of_room(const char *text)
{
	const char *end = strstr(text, " sections");

	return strncmp(text, "more than ", 10) == 0 && end &&
	       strcmp(end, " sections") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t n = profile_count(text, size);
	struct profile *memory = malloc((n ? n : 1) * sizeof(*memory));
	struct profile_conf conf;
	struct diag d = { 0 };
	size_t i;

	if (!memory)
		return 0;
	profile_conf_init(&conf, memory, n);
	if (profile_parse(&conf, "fuzz", text, size, &d) < 0) {
		must(d.text[0] && memchr(d.text, '\0', sizeof(d.text)));
		must(!is_out_of_room(d.text));
		goto out;
	}
	must(size == 0 || text[size - 1] == '\n');
	must(!size || !memchr(text, '\0', size));
	must(!size || !memchr(text, '\r', size));
	must(conf.n <= n);
	for (i = 0; i < conf.n; i++)
		check_profile(&conf.profiles[i], text, size);
	if (profile_check(&conf, &d) == 0)
		check_checked(&conf);
	else
		must(d.text[0] && d.line > 0);
out:
	free(memory);
	return 0;
}
