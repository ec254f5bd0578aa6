/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_door.c - Forward of runns.conf(5): ports that a network publishes
 *
 * PROTO:[ADDR:]PORT:PORT, where ADDR and the first PORT are the host's; an IPv6
 * address stands in brackets.  One of 127.0.0.0/8 is refused: packets from it
 * could only be let into a network by route_localnet, which lets everybody
 * else's in as well.  For ::1 there is not even that.
 */
#include "lib/policy/profile_door.h"

#include <errno.h>

#include "lib/base/buf.h"
#include "lib/base/num.h"
#include "lib/policy/profile_inet6.h"

enum { PORT_MAX = 65535 };

/* Takes what stands behind the last colon off: all of it if there is none. */
static struct slice last_field(struct slice *rest)
{
	size_t i = rest->len;
	struct slice field;

	while (i > 0 && rest->p[i - 1] != ':')
		i--;
	field = (struct slice){ rest->p + i, rest->len - i };
	rest->len = i ? i - 1 : 0;
	return field;
}

static int set_port(const struct profile_input *in, struct slice text,
		    uint16_t *out)
{
	uint64_t n;

	if (num_parse(text.p, text.len, PORT_MAX, &n) < 0 || n == 0)
		return profile_bad(in, text.p, "port from 1 to %d expected, "
				   "not \"%.*s\"", PORT_MAX, SLICE_ARG(text));
	*out = (uint16_t)n;
	return 0;
}

static int set_protocol(const struct profile_input *in, struct slice text,
			bool *udp)
{
	*udp = profile_same_text(text, SLICE("udp"));
	if (*udp || profile_same_text(text, SLICE("tcp")))
		return 0;
	return profile_bad(in, in->value.p,
			   "tcp:[ADDRESS:]PORT:PORT or udp:... expected");
}

static bool is_loopback(const struct addr *a)
{
	static const struct addr six = { .family = 6, .bytes = { [15] = 1 } };

	return a->family == 4 ? a->bytes[0] == 127 :
				memcmp(a->bytes, six.bytes, 16) == 0;
}

static int set_address(const struct profile_input *in, struct slice text,
		       struct addr *out)
{
	if (addr_parse_bracketed(text, out) < 0)
		return profile_bad(in, text.p, "address of the host expected, "
				   "that of IPv6 in brackets, not \"%.*s\"",
				   SLICE_ARG(text));
	if (is_loopback(out))
		return profile_bad(in, text.p, "a port of 127.0.0.0/8 or ::1 "
				   "cannot be forwarded into a network: use "
				   "\"runnsctl forward\"");
	if (out->family == 4 ? out->bytes[0] == 0 || out->bytes[0] >= 224 :
			       !profile_is_unicast6(out))
		return profile_bad(in, text.p, "\"%.*s\" is no address that a "
				   "host can be reached by",
				   SLICE_ARG(text));
	return 0;
}

int profile_forward_set(const struct profile_input *in)
{
	struct profile *p = in->profile;
	const char *colon = memchr(in->value.p, ':', in->value.len);
	struct profile_forward forward = { .line = in->line };
	struct slice word = in->value, rest = in->value, port;
	int r;

	word.len = colon ? (size_t)(colon - word.p) : 0;
	r = set_protocol(in, word, &forward.udp);
	if (r < 0)
		return r;
	rest.p += word.len + 1;
	rest.len -= word.len + 1;
	port = last_field(&rest);
	r = set_port(in, port, &forward.inside_port);
	port = last_field(&rest);
	if (r == 0)
		r = set_port(in, port, &forward.port);
	/* Not at its start: a colon and perhaps an address stand before it. */
	if (r == 0 && port.p != word.p + word.len + 1)
		r = set_address(in, rest, &forward.addr);
	if (r < 0)
		return r;
	if (p->n_forwards == PROFILE_FORWARDS_MAX)
		return profile_bad(in, in->key.p, "more than %d ports",
				   PROFILE_FORWARDS_MAX);
	p->forwards[p->n_forwards++] = forward;
	return 0;
}

void profile_forward_format(const struct profile_forward *f,
			    char out[PROFILE_FORWARD_TEXT_SIZE])
{
	char addr[ADDR_TEXT_SIZE];
	struct buf b;

	buf_init(&b, out, PROFILE_FORWARD_TEXT_SIZE);
	buf_addf(&b, "%s:", f->udp ? "udp" : "tcp");
	if (f->addr.family) {
		addr_format(&f->addr, addr);
		buf_addf(&b, f->addr.family == 4 ? "%s:" : "[%s]:", addr);
	}
	buf_addf(&b, "%u:%u", f->port, f->inside_port);
}

int profile_forward_read(struct slice text, struct profile_forward *out)
{
	struct profile p = { .n_forwards = 0 };
	struct diag d;
	const struct profile_input in = {
		.profile = &p, .start = text.p, .key = text, .value = text,
		.d = &d,
	};
	int r = profile_forward_set(&in);

	if (r == 0)
		*out = p.forwards[0];
	return r;
}

/* What stands in the way of a network's being reached through the host. */
static const char *hindrance(const struct profile *p)
{
	if (p->parent.len)
		return "Parent";
	if (p->link != LINK_VETH)
		return "a Link other than veth";
	return NULL;
}

static uint32_t hash_forward(const struct profile_forward *f)
{
	uint32_t hash = 2166136261u + (f->port << 1 | f->udp);
	size_t i;

	for (i = 0; i < sizeof(f->addr.bytes); i++)
		hash = (hash ^ f->addr.bytes[i]) * 16777619u;
	return hash;
}

static bool same_port(const struct profile_forward *a,
		      const struct profile_forward *b)
{
	return a->udp == b->udp && a->port == b->port &&
	       a->addr.family == b->addr.family &&
	       memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes)) == 0;
}

/*
 * Ports are numbered through all profiles.  Bucket number h is kept in profile
 * h, the ports of a bucket are chained; 0 is the end.
 */
static struct profile_forward *port_numbered(const struct profile_conf *conf,
					     uint32_t n)
{
	return &conf->profiles[(n - 1) / PROFILE_FORWARDS_MAX]
			.forwards[(n - 1) % PROFILE_FORWARDS_MAX];
}

static int check_port(struct profile_conf *conf, size_t i, size_t k,
		      struct diag *d)
{
	struct profile *p = &conf->profiles[i];
	struct profile_forward *f = &p->forwards[k];
	uint32_t *bucket = &conf->profiles[hash_forward(f) % conf->n].bucket;
	uint32_t n;

	for (n = *bucket; n; n = port_numbered(conf, n)->chain) {
		const struct profile *other =
			&conf->profiles[(n - 1) / PROFILE_FORWARDS_MAX];
		const struct profile_forward *same = port_numbered(conf, n);

		if (same_port(same, f))
			return diag_set(d, p->file, f->line, 0, "Forward of "
					"%s port %u is given twice: first by "
					"[%.*s] at %s:%u",
					f->udp ? "udp" : "tcp", f->port,
					SLICE_ARG(other->section), other->file,
					(unsigned int)same->line);
	}
	if (f->addr.family == 6 && !profile_has_inet6(p))
		return diag_set(d, p->file, f->line, 0, "[%.*s] has Forward "
				"at an IPv6 address and no Address6",
				SLICE_ARG(p->section));
	f->chain = *bucket;
	*bucket = (uint32_t)(i * PROFILE_FORWARDS_MAX + k + 1);
	return 0;
}

int profile_forward_check(struct profile_conf *conf, struct diag *d)
{
	size_t i, k;

	for (i = 0; i < conf->n; i++)
		conf->profiles[i].bucket = 0;
	for (i = 0; i < conf->n; i++) {
		const struct profile *p = &conf->profiles[i];
		const char *why = p->n_forwards ? hindrance(p) : NULL;

		if (why)
			return diag_set(d, p->file, p->forwards[0].line, 0,
					"[%.*s] has Forward and %s: no packet "
					"of the host's could reach it",
					SLICE_ARG(p->section), why);
		for (k = 0; k < p->n_forwards; k++) {
			int r = check_port(conf, i, k, d);

			if (r < 0)
				return r;
		}
	}
	return 0;
}
