/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow.c - where a network may go in spite of its walls
 */
#include "lib/policy/allow.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/num.h"

enum {
	PORT_MAX = 65535,
	PREFIX4_MIN = 8,
	PREFIX6_MIN = 16,
};

static int fault_set(struct allow_fault *fault, struct slice at,
		     const char *why)
{
	*fault = (struct allow_fault){ at, why };
	return -EINVAL;
}

/* Takes what stands behind the last @c off; empty if there is none. */
static struct slice cut_last(struct slice *text, char c)
{
	size_t i = text->len;
	struct slice last;

	while (i > 0 && text->p[i - 1] != c)
		i--;
	last = (struct slice){ text->p + i, text->len - i };
	if (i)
		text->len = i - 1;
	else
		last.len = 0;
	return last;
}

static uint8_t whole(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

/* No host has it, or only the one that asks. */
static bool is_nobodys(const struct addr *a)
{
	if (a->family == 4)
		return a->bytes[0] == 0 || a->bytes[0] == 127 ||
		       a->bytes[0] >= 224;
	/* Loopback and mapped IPv4, multicast, link-local. */
	return a->bytes[0] == 0 || a->bytes[0] == 0xff ||
	       (a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80);
}

static int parse_net(struct slice word, struct allow *out,
		     struct allow_fault *fault)
{
	int r = addr_parse_net(word, &out->net);

	if (r == -EINVAL && addr_parse(word, &out->net.addr) == 0) {
		out->net.prefix = whole(&out->net.addr);
		r = 0;
	}
	if (r < 0)
		return fault_set(fault, word, "a network as ADDRESS/LENGTH, "
				 "ADDRESS:PORT/PROTO, [ADDRESS6]:PORT/PROTO, "
				 "host:PORT/PROTO or lan expected");
	if (is_nobodys(&out->net.addr))
		return fault_set(fault, word, "a network that hosts can have "
				 "expected");
	if (out->net.prefix < (out->net.addr.family == 4 ? PREFIX4_MIN :
							   PREFIX6_MIN))
		return fault_set(fault, word, "a length of at least 8, with "
				 "IPv6 16, expected");
	if (addr_has_host_bits(&out->net))
		return fault_set(fault, word, "no bits behind the length "
				 "expected");
	return 0;
}

static int parse_address(struct slice text, struct allow *out,
			 struct allow_fault *fault)
{
	if (addr_parse_bracketed(text, &out->net.addr) < 0)
		return fault_set(fault, text, "host, an IPv4 address or an "
				 "IPv6 address in brackets expected");
	if (is_nobodys(&out->net.addr))
		return fault_set(fault, text, "an address that a host can "
				 "have expected");
	out->net.prefix = whole(&out->net.addr);
	return 0;
}

static int parse_service(struct slice word, struct allow *out,
			 struct allow_fault *fault)
{
	struct slice rest = word;
	struct slice proto = cut_last(&rest, '/');
	struct slice port = cut_last(&rest, ':');
	uint64_t n;

	out->udp = slice_is(proto, "udp");
	if (!out->udp && !slice_is(proto, "tcp"))
		return fault_set(fault, proto, "tcp or udp expected");
	if (num_parse(port.p, port.len, PORT_MAX, &n) < 0 || n == 0)
		return fault_set(fault, port, "a port from 1 to 65535 "
				 "expected");
	out->port = (uint16_t)n;
	if (slice_is(rest, "host")) {
		out->kind = ALLOW_HOST;
		return 0;
	}
	out->kind = ALLOW_PORT;
	return parse_address(rest, out, fault);
}

/* Does a protocol stand behind it, be it a wrong one? */
static bool has_protocol(struct slice word)
{
	struct slice last = cut_last(&word, '/');

	return last.len && !(last.p[0] >= '0' && last.p[0] <= '9');
}

int allow_parse(struct slice word, struct allow *out,
		struct allow_fault *fault)
{
	struct allow a = { .kind = ALLOW_NET };
	int r = 0;

	if (slice_is(word, "lan"))
		a.kind = ALLOW_LAN;
	else if (has_protocol(word))
		r = parse_service(word, &a, fault);
	else
		r = parse_net(word, &a, fault);
	if (r == 0)
		*out = a;
	return r;
}

void allow_format(const struct allow *a, char out[ALLOW_TEXT_SIZE])
{
	const char *proto = a->udp ? "udp" : "tcp";
	bool v6 = a->net.addr.family == 6;
	char text[ADDR_TEXT_SIZE] = "host";
	struct buf b;

	if (a->kind == ALLOW_NET || a->kind == ALLOW_PORT)
		addr_format(&a->net.addr, text);
	buf_init(&b, out, ALLOW_TEXT_SIZE);
	switch (a->kind) {
	case ALLOW_NET:
		buf_addf(&b, "%s/%u", text, a->net.prefix);
		break;
	case ALLOW_PORT:
	case ALLOW_HOST:
		buf_addf(&b, "%s%s%s:%u/%s", v6 ? "[" : "", text,
			 v6 ? "]" : "", a->port, proto);
		break;
	case ALLOW_LAN:
		buf_addf(&b, "lan");
		break;
	}
}

/* Is all that @b opens opened by @a already? */
static bool covers(const struct allow *a, const struct allow *b)
{
	if (a->kind == ALLOW_NET)
		return (b->kind == ALLOW_NET || b->kind == ALLOW_PORT) &&
		       a->net.prefix <= b->net.prefix &&
		       a->net.addr.family == b->net.addr.family &&
		       addr_in_net(&b->net.addr, &a->net);
	if (a->kind != b->kind)
		return false;
	if (a->kind == ALLOW_PORT &&
	    (a->net.addr.family != b->net.addr.family ||
	     !addr_in_net(&b->net.addr, &a->net)))
		return false;
	return a->port == b->port && a->udp == b->udp;
}

int allow_add(struct allow_list *l, const struct allow *a)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n; i++) {
		if (covers(&l->list[i], a))
			return 0;
	}
	for (i = 0; i < l->n; i++) {
		if (!covers(a, &l->list[i]))
			l->list[kept++] = l->list[i];
	}
	l->n = kept;
	if (kept == ALLOW_MAX)
		return -ENOSPC;
	l->list[l->n++] = *a;
	return 0;
}

bool allow_has(const struct allow_list *l, enum allow_kind kind)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->list[i].kind == kind)
			return true;
	}
	return false;
}
