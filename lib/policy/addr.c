/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr.c - IPv4 and IPv6 addresses and prefixes, read strictly
 *
 * inet_pton(3) and inet_ntop(3) define what is accepted and written; this
 * is written anew because the policy layer takes texts without terminator
 * and calls nothing but memory and string functions.
 */
#include "lib/policy/addr.h"

#include <errno.h>

#include "lib/base/buf.h"
#include "lib/base/num.h"

enum { ADDR4_LEN = 4, ADDR6_LEN = 16, ADDR6_WORDS = 8 };

static unsigned int addr_bits(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

/* Cuts @text at the first @c: the part before, @text moved behind it. */
static bool addr_cut(struct slice *text, char c, struct slice *part)
{
	const char *at = memchr(text->p, c, text->len);

	if (!at) {
		*part = *text;
		*text = (struct slice){ text->p + text->len, 0 };
		return false;
	}
	*part = (struct slice){ text->p, (size_t)(at - text->p) };
	*text = (struct slice){ at + 1, text->len - part->len - 1 };
	return true;
}

static int addr_parse4(struct slice text, uint8_t out[ADDR4_LEN])
{
	for (int i = 0; i < ADDR4_LEN; i++) {
		struct slice part;
		uint64_t n;

		if (addr_cut(&text, '.', &part) != (i < ADDR4_LEN - 1) ||
		    num_parse(part.p, part.len, 255, &n) < 0)
			return -EINVAL;
		out[i] = (uint8_t)n;
	}
	return 0;
}

static int addr_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int addr_parse_word(struct slice text, uint8_t out[2])
{
	unsigned int n = 0;

	if (text.len == 0 || text.len > 4)
		return -EINVAL;
	for (size_t i = 0; i < text.len; i++) {
		int digit = addr_hex_digit(text.p[i]);

		if (digit < 0)
			return -EINVAL;
		n = n << 4 | (unsigned int)digit;
	}
	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	return 0;
}

/*
 * Reads the words on one side of "::", separated by single colons; the last
 * may be an IPv4 address.  Returns the number of bytes, or -EINVAL.
 */
static int addr_parse_words(struct slice text, uint8_t out[ADDR6_LEN])
{
	int at = 0;
	bool more = text.len > 0;

	while (more) {
		struct slice part;

		more = addr_cut(&text, ':', &part);
		if (!more && memchr(part.p, '.', part.len)) {
			if (at > ADDR6_LEN - ADDR4_LEN ||
			    addr_parse4(part, out + at) < 0)
				return -EINVAL;
			return at + ADDR4_LEN;
		}
		if (at > ADDR6_LEN - 2 || addr_parse_word(part, out + at) < 0)
			return -EINVAL;
		at += 2;
	}
	return at;
}

/* Where "::" stands in @text, or its length. */
static size_t addr_find_gap(struct slice text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.p[i] == ':' && text.p[i + 1] == ':')
			return i;
	return text.len;
}

static int addr_parse6(struct slice text, uint8_t out[ADDR6_LEN])
{
	size_t gap = addr_find_gap(text);
	struct slice head = { text.p, gap };
	uint8_t tail_bytes[ADDR6_LEN];
	int before, after;

	before = addr_parse_words(head, out);
	if (gap == text.len)
		return before == ADDR6_LEN ? 0 : -EINVAL;
	/* An IPv4 address can only stand at the very end. */
	if (before < 0 || memchr(head.p, '.', head.len))
		return -EINVAL;
	after = addr_parse_words((struct slice){ text.p + gap + 2,
						 text.len - gap - 2 },
				 tail_bytes);
	/* The gap stands for one word at least. */
	if (after < 0 || before + after > ADDR6_LEN - 2)
		return -EINVAL;
	memset(out + before, 0, (size_t)(ADDR6_LEN - before));
	memcpy(out + ADDR6_LEN - after, tail_bytes, (size_t)after);
	return 0;
}

int addr_parse(struct slice text, struct addr *out)
{
	struct addr a = { 0 };
	int ret;

	if (text.len == 0)
		return -EINVAL;
	if (memchr(text.p, ':', text.len)) {
		a.family = 6;
		ret = addr_parse6(text, a.bytes);
	} else {
		a.family = 4;
		ret = addr_parse4(text, a.bytes);
	}
	if (ret == 0)
		*out = a;
	return ret;
}

int addr_parse_bracketed(struct slice text, struct addr *out)
{
	bool brackets = text.len > 1 && text.p[0] == '[' &&
			text.p[text.len - 1] == ']';
	struct addr a;

	if (brackets)
		text = (struct slice){ text.p + 1, text.len - 2 };
	if (addr_parse(text, &a) < 0 || brackets != (a.family == 6))
		return -EINVAL;
	*out = a;
	return 0;
}

int addr_parse_net(struct slice text, struct addr_net *out)
{
	struct addr_net net = { 0 };
	struct slice part;
	uint64_t prefix;
	int ret;

	if (!addr_cut(&text, '/', &part) || addr_parse(part, &net.addr) < 0)
		return -EINVAL;
	ret = num_parse(text.p, text.len, addr_bits(&net.addr), &prefix);
	if (ret < 0)
		return ret;
	net.prefix = (uint8_t)prefix;
	*out = net;
	return 0;
}

bool addr_has_host_bits(const struct addr_net *net)
{
	for (unsigned int bit = net->prefix; bit < addr_bits(&net->addr); bit++)
		if (net->addr.bytes[bit / 8] & (0x80U >> bit % 8))
			return true;
	return false;
}

/* Makes an IPv4 network of one that lies in ::ffff:0:0/96. */
static struct addr_net addr_unmap(struct addr_net net)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct addr_net out = { .addr.family = 4 };

	if (net.addr.family != 6 || net.prefix < 96 ||
	    memcmp(net.addr.bytes, mapped, sizeof(mapped)) != 0)
		return net;
	memcpy(out.addr.bytes, net.addr.bytes + sizeof(mapped), ADDR4_LEN);
	out.prefix = (uint8_t)(net.prefix - 96);
	return out;
}

bool addr_net_overlap(const struct addr_net *a, const struct addr_net *b)
{
	struct addr_net x = addr_unmap(*a), y = addr_unmap(*b);
	unsigned int bits = x.prefix < y.prefix ? x.prefix : y.prefix;
	unsigned int mask = 0xff00U >> bits % 8 & 0xffU;

	if (x.addr.family != y.addr.family ||
	    memcmp(x.addr.bytes, y.addr.bytes, bits / 8) != 0)
		return false;
	if (bits % 8 == 0)
		return true;
	return ((x.addr.bytes[bits / 8] ^ y.addr.bytes[bits / 8]) & mask) ==
	       0;
}

bool addr_in_net(const struct addr *a, const struct addr_net *net)
{
	struct addr_net one = { .addr = *a, .prefix = (uint8_t)addr_bits(a) };

	return addr_net_overlap(&one, net);
}

static unsigned int addr_word(const struct addr *a, int i)
{
	return (unsigned int)a->bytes[2 * i] << 8 | a->bytes[2 * i + 1];
}

/* The longest, then first, row of two zero words or more; its length. */
static int addr_zero_row(const struct addr *a, int *start)
{
	int best = 0, row = 0;

	*start = -1;
	for (int i = 0; i < ADDR6_WORDS; i++) {
		row = addr_word(a, i) == 0 ? row + 1 : 0;
		if (row > best && row > 1) {
			best = row;
			*start = i + 1 - row;
		}
	}
	return best;
}

static void addr_put4(struct buf *out, const uint8_t *b)
{
	buf_addf(out, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

static void addr_put6(struct buf *out, const struct addr *a)
{
	int start, zeros = addr_zero_row(a, &start);
	bool has_ipv4 = start == 0 &&
			(zeros == 6 ||
			 (zeros == 5 && addr_word(a, 5) == 0xffff));

	for (int i = 0; i < ADDR6_WORDS; i++) {
		if (i == start) {
			buf_adds(out, "::");
			i += zeros - 1;
			continue;
		}
		if (i > 0 && i != start + zeros)
			buf_addc(out, ':');
		if (i == 6 && has_ipv4) {
			addr_put4(out, a->bytes + 12);
			return;
		}
		buf_addf(out, "%x", addr_word(a, i));
	}
}

void addr_format(const struct addr *a, char out[ADDR_TEXT_SIZE])
{
	struct buf text;

	buf_init(&text, out, ADDR_TEXT_SIZE);
	if (a->family == 4)
		addr_put4(&text, a->bytes);
	else
		addr_put6(&text, a);
}
