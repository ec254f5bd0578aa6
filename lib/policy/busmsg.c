/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * busmsg.c - messages of D-Bus, as few of them as one question needs
 */
#include "lib/policy/busmsg.h"

#include <errno.h>
#include <string.h>

enum {
	VERSION = 1,
	NO_AUTO_START = 2,
	HEADER_SIZE = 16,
	FIELDS_MAX = 4096,
	BODY_MAX = 65536,
	FIELD_PATH = 1,
	FIELD_MEMBER = 3,
	FIELD_ERROR_NAME = 4,
	FIELD_REPLY_SERIAL = 5,
	FIELD_DESTINATION = 6,
};

/* The first byte of a message tells. */
static char byte_order(void)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 'l' : 'B';
}

static size_t align(size_t at, size_t to)
{
	return (at + to - 1) & ~(to - 1);
}

static void put_padding(struct buf *b, size_t to)
{
	while (b->len != align(b->len, to) && !b->full)
		buf_addc(b, '\0');
}

static void put_u32(struct buf *b, uint32_t value)
{
	put_padding(b, sizeof(value));
	buf_add(b, &value, sizeof(value));
}

/* @type: 's' or 'o' */
static void put_field(struct buf *b, char field, char type, const char *value)
{
	const char head[] = { field, 1, type, '\0' };

	put_padding(b, 8);
	buf_add(b, head, sizeof(head));
	put_u32(b, (uint32_t)strlen(value));
	buf_add(b, value, strlen(value) + 1);
}

void busmsg_call(struct buf *b, uint32_t serial, const char *destination,
		 const char *path, const char *member)
{
	const char head[] = { byte_order(), BUSMSG_CALL, NO_AUTO_START,
			      VERSION };
	size_t start = b->len;
	uint32_t fields;

	buf_add(b, head, sizeof(head));
	put_u32(b, 0);
	put_u32(b, serial);
	put_u32(b, 0);
	put_field(b, FIELD_PATH, 'o', path);
	put_field(b, FIELD_DESTINATION, 's', destination);
	put_field(b, FIELD_MEMBER, 's', member);
	if (b->full)
		return;
	fields = (uint32_t)(b->len - start - HEADER_SIZE);
	memcpy(b->text + start + HEADER_SIZE - sizeof(fields), &fields,
	       sizeof(fields));
	put_padding(b, 8);
}

static uint32_t get_u32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

ssize_t busmsg_size(const char *bytes, size_t have)
{
	uint32_t body, fields;

	if (have < HEADER_SIZE)
		return 0;
	body = get_u32(bytes + 4);
	fields = get_u32(bytes + 12);
	if (bytes[0] != byte_order() || bytes[3] != VERSION ||
	    body > BODY_MAX || fields > FIELDS_MAX)
		return -EPROTO;
	return (ssize_t)(align(HEADER_SIZE + fields, 8) + body);
}

/* struct fields - those of a header, and how far they have been read */
struct fields {
	const char *bytes;
	size_t at;
	size_t end;
};

static bool take(struct fields *f, size_t to, size_t n, const char **out)
{
	size_t at = align(f->at, to);

	if (at > f->end || n > f->end - at)
		return false;
	*out = f->bytes + at;
	f->at = at + n;
	return true;
}

/* A value of a type that fields have; a number is its four bytes. */
static bool take_value(struct fields *f, char type, struct slice *out)
{
	const char *len;

	out->len = 4;
	switch (type) {
	case 'u':
		return take(f, 4, 4, &out->p);
	case 's':
	case 'o':
		if (!take(f, 4, 4, &len))
			return false;
		out->len = get_u32(len);
		break;
	case 'g':
		if (!take(f, 1, 1, &len))
			return false;
		out->len = (unsigned char)*len;
		break;
	default:
		return false;
	}
	/* A terminator follows, which is not counted. */
	return out->len < FIELDS_MAX && take(f, 1, out->len + 1, &out->p);
}

int busmsg_parse(const char *bytes, size_t len, struct busmsg *out)
{
	struct fields f = { .bytes = bytes, .at = HEADER_SIZE };
	ssize_t size = busmsg_size(bytes, len);

	memset(out, 0, sizeof(*out));
	if (size <= 0 || (size_t)size != len)
		return -EPROTO;
	out->type = (unsigned char)bytes[1];
	f.end = HEADER_SIZE + get_u32(bytes + 12);
	while (f.at < f.end) {
		struct slice value;
		const char *head;

		/* Its code, and a signature of one character. */
		if (!take(&f, 8, 4, &head) || head[1] != 1 || head[3] ||
		    !take_value(&f, head[2], &value))
			return -EPROTO;
		if (head[0] == FIELD_REPLY_SERIAL && head[2] == 'u')
			out->answers = get_u32(value.p);
		if (head[0] == FIELD_ERROR_NAME && head[2] == 's')
			out->error = value;
	}
	return 0;
}
