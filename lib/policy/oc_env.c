/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oc_env.c - the variables of openconnect's script, and its options
 */
#include "lib/policy/oc_env.h"

#include <errno.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/policy/profile_keys.h"

static int read_bits(struct slice v, uint8_t max, uint8_t *out)
{
	uint64_t n;

	if (num_parse(v.p, v.len, max, &n) < 0)
		return -EINVAL;
	*out = (uint8_t)n;
	return 0;
}

static int read_addr(struct slice v, uint8_t family, struct addr *out)
{
	struct addr a;

	if (addr_parse(v, &a) < 0 || a.family != family)
		return -EINVAL;
	*out = a;
	return 0;
}

static int on_reason(struct oc_env *e, struct slice v)
{
	e->reason = slice_is(v, "connect") ? OC_CONNECT :
		    slice_is(v, "reconnect") ? OC_RECONNECT :
		    slice_is(v, "disconnect") ? OC_DISCONNECT :
		    slice_is(v, "attempt-reconnect") ? OC_TRYING : OC_OTHER;
	return 0;
}

static int on_address(struct oc_env *e, struct slice v)
{
	e->has4 = read_addr(v, 4, &e->address) == 0;
	return e->has4 ? 0 : -EINVAL;
}

static int on_length(struct oc_env *e, struct slice v)
{
	return read_bits(v, 32, &e->bits4);
}

static int on_address6(struct oc_env *e, struct slice v)
{
	struct addr_net net = { .prefix = 128 };

	if (memchr(v.p, '/', v.len) ? addr_parse_net(v, &net) :
				      addr_parse(v, &net.addr))
		return -EINVAL;
	if (net.addr.family != 6)
		return -EINVAL;
	e->address6 = net.addr;
	e->bits6 = net.prefix;
	e->has6 = true;
	return 0;
}

static int on_mtu(struct oc_env *e, struct slice v)
{
	uint64_t n;

	if (num_parse(v.p, v.len, TUNNEL_MTU_MAX, &n) < 0)
		return -EINVAL;
	return tunnel_set_mtu(&e->tunnel, n);
}

static int on_dns(struct oc_env *e, struct slice v)
{
	struct slice word;
	struct addr a;
	int err = 0;

	while (profile_word_next(&v, &word))
		if (addr_parse(word, &a) < 0 ||
		    tunnel_add_dns(&e->tunnel, &a) < 0)
			err = -EINVAL;
	return err;
}

static int on_domain(struct oc_env *e, struct slice v)
{
	struct slice word;
	int err = 0;

	while (profile_word_next(&v, &word))
		if (tunnel_add_search(&e->tunnel, word) < 0)
			err = -EINVAL;
	return err;
}

/* How many networks a list has: more than there is room for is nonsense. */
static int on_count(struct oc_env *e, struct slice v, bool *split)
{
	uint64_t n;

	if (num_parse(v.p, v.len, OC_ROUTES_MAX, &n) < 0) {
		e->too_many = true;
		return -ENOSPC;
	}
	if (n)
		*split = true;
	return 0;
}

static int on_include(struct oc_env *e, struct slice v)
{
	return on_count(e, v, &e->split4);
}

static int on_include6(struct oc_env *e, struct slice v)
{
	return on_count(e, v, &e->split6);
}

static int on_exclude(struct oc_env *e, struct slice v)
{
	bool any;

	return on_count(e, v, &any);
}

static const struct {
	const char *name;
	int (*set)(struct oc_env *e, struct slice v);
} plain[] = {
	{ "reason", on_reason },
	{ "INTERNAL_IP4_ADDRESS", on_address },
	{ "INTERNAL_IP4_NETMASKLEN", on_length },
	{ "INTERNAL_IP4_MTU", on_mtu },
	{ "INTERNAL_IP4_DNS", on_dns },
	{ "INTERNAL_IP6_ADDRESS", on_address6 },
	{ "INTERNAL_IP6_NETMASK", on_address6 },
	{ "INTERNAL_IP6_DNS", on_dns },
	{ "CISCO_DEF_DOMAIN", on_domain },
	{ "CISCO_SPLIT_INC", on_include },
	{ "CISCO_IPV6_SPLIT_INC", on_include6 },
	{ "CISCO_SPLIT_EXC", on_exclude },
	{ "CISCO_IPV6_SPLIT_EXC", on_exclude },
};

/* NUMBER_ADDR or NUMBER_MASKLEN */
static int on_split(struct oc_route list[OC_ROUTES_MAX], bool six,
		    struct slice name, struct slice v)
{
	struct oc_route *r;
	size_t digits = 0;
	uint64_t n;

	while (digits < name.len && name.p[digits] != '_')
		digits++;
	if (num_parse(name.p, digits, OC_ROUTES_MAX - 1, &n) < 0)
		return -ENOSPC;
	name.p += digits;
	name.len -= digits;
	r = &list[n];
	if (slice_is(name, "_ADDR")) {
		r->has_addr = read_addr(v, six ? 6 : 4, &r->addr) == 0;
		return r->has_addr ? 0 : -EINVAL;
	}
	if (!slice_is(name, "_MASKLEN"))
		return 0;
	r->has_bits = read_bits(v, six ? 128 : 32, &r->bits) == 0;
	return r->has_bits ? 0 : -EINVAL;
}

static int on_list(struct oc_env *e, struct slice name, struct slice v)
{
	if (slice_take(&name, "CISCO_SPLIT_INC_")) {
		e->split4 = true;
		return on_split(e->routes[0], false, name, v);
	}
	if (slice_take(&name, "CISCO_IPV6_SPLIT_INC_")) {
		e->split6 = true;
		return on_split(e->routes[1], true, name, v);
	}
	if (slice_take(&name, "CISCO_SPLIT_EXC_"))
		return on_split(e->excluded[0], false, name, v);
	if (slice_take(&name, "CISCO_IPV6_SPLIT_EXC_"))
		return on_split(e->excluded[1], true, name, v);
	return 0;
}

void oc_env_add(struct oc_env *env, struct slice name, struct slice value)
{
	int err = on_list(env, name, value);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (slice_is(name, plain[i].name))
			err = plain[i].set(env, value);
	if (err)
		env->left_out++;
}

static void add_routes(struct oc_env *e, struct tunnel *to,
		       const struct oc_route list[OC_ROUTES_MAX])
{
	size_t i;

	for (i = 0; i < OC_ROUTES_MAX; i++) {
		const struct oc_route *r = &list[i];
		struct addr_net net = { .addr = r->addr, .prefix = r->bits };

		if (r->has_addr && r->has_bits &&
		    tunnel_add_route(to, &net) < 0)
			e->left_out++;
	}
}

/* Name servers lie behind the tunnel, also where the list forgets them. */
static void add_servers(struct oc_env *e)
{
	size_t i;

	for (i = 0; i < e->tunnel.n_dns; i++) {
		struct addr_net net = { .addr = e->tunnel.dns[i] };
		bool six = net.addr.family == 6;

		net.prefix = six ? 128 : 32;
		if ((six ? e->split6 : e->split4) &&
		    tunnel_add_route(&e->tunnel, &net) < 0)
			e->left_out++;
	}
}

static void add_default(struct oc_env *e, uint8_t family)
{
	struct addr_net net = { .addr = { .family = family } };

	if (tunnel_has_family(&e->tunnel, family) &&
	    tunnel_add_route(&e->tunnel, &net) < 0)
		e->left_out++;
}

int oc_env_tunnel(struct oc_env *e)
{
	struct addr_net net4 = { .addr = e->address, .prefix = e->bits4 };
	struct addr_net net6 = { .addr = e->address6, .prefix = e->bits6 };

	if (!net4.prefix)
		net4.prefix = 32;
	if (e->has4 && tunnel_add_addr(&e->tunnel, &net4) < 0)
		e->left_out++;
	if (e->has6 && tunnel_add_addr(&e->tunnel, &net6) < 0)
		e->left_out++;
	if (!e->tunnel.n_addrs)
		return -EINVAL;
	if (!e->split4)
		add_default(e, 4);
	if (!e->split6)
		add_default(e, 6);
	add_routes(e, &e->tunnel, e->routes[0]);
	add_routes(e, &e->tunnel, e->routes[1]);
	add_servers(e);
	add_routes(e, &e->away, e->excluded[0]);
	add_routes(e, &e->away, e->excluded[1]);
	return 0;
}

/* Options that say where and who, and run or write nothing. */
static const char *const allowed[] = {
	"--authgroup", "--protocol", "--servercert", "--user", "--usergroup",
};

static bool is_allowed(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++)
		if (strcmp(allowed[i], word) == 0)
			return true;
	return false;
}

const char *oc_words(const char *value, struct oc_words *out,
		     const char **passwd)
{
	struct slice rest = { value, strlen(value) }, word;
	char *at = out->text;
	unsigned int i;

	*passwd = NULL;
	out->n = 0;
	if (rest.len >= sizeof(out->text))
		return "too long";
	while (profile_word_next(&rest, &word)) {
		if (out->n == OC_WORDS_MAX)
			return "too many words";
		out->words[out->n++] = at;
		memcpy(at, word.p, word.len);
		at[word.len] = '\0';
		at += word.len + 1;
	}
	if (!out->n || out->words[0][0] == '-' || out->n % 2 == 0)
		return "SERVER [--OPTION VALUE]... expected";
	for (i = 1; i < out->n; i += 2) {
		if (strcmp(out->words[i], "--passwd-file") == 0)
			*passwd = out->words[i + 1];
		else if (!is_allowed(out->words[i]))
			return "only --authgroup, --passwd-file, --protocol, "
			       "--servercert, --user and --usergroup can be "
			       "given";
		if (out->words[i + 1][0] == '-')
			return "an option has no value";
	}
	return NULL;
}
