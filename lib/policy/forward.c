/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forward.c - what `runnsctl forward` is told to forward
 */
#include "lib/policy/forward.h"

#include "lib/base/buf.h"
#include "lib/base/num.h"

enum { FIELDS_MAX = 4, PORT_MAX = 65535, LABEL_MAX = 63 };

static const char bad_form[] = "[ADDRESS:]PORT:HOST:PORT[/udp] expected";
static const char bad_brackets[] = "an IPv6 address in brackets expected";
static const char many_colons[] =
	"too many colons: an IPv6 address stands in brackets";
static const char bad_port[] = "a port is a number from 1 to 65535";
static const char bad_listen[] =
	"the address to listen at is an IP address, \"localhost\" or \"*\"";
static const char bad_host[] = "HOST is a name or an IP address";
static const char bad_proto[] = "only /tcp and /udp can be forwarded";

/* A field, and whether it stood in brackets. */
struct field {
	struct slice text;
	bool brackets;
};

static struct slice slice_from(struct slice s, size_t at)
{
	return (struct slice){ s.p + at, s.len - at };
}

/* Takes the field that @rest begins with; @rest begins with its colon then. */
static const char *field_take(struct slice *rest, struct field *field)
{
	const char *end;

	field->brackets = rest->len > 0 && rest->p[0] == '[';
	if (field->brackets) {
		end = memchr(rest->p, ']', rest->len);
		if (!end)
			return bad_brackets;
		field->text.p = rest->p + 1;
		field->text.len = (size_t)(end - field->text.p);
		*rest = slice_from(*rest, field->text.len + 2);
		return NULL;
	}
	end = rest->len ? memchr(rest->p, ':', rest->len) : NULL;
	field->text.p = rest->p;
	field->text.len = end ? (size_t)(end - rest->p) : rest->len;
	*rest = slice_from(*rest, field->text.len);
	return NULL;
}

/* Return: NULL, and @n fields, or what is wrong. */
static const char *fields_take(struct slice rest, struct field *fields,
			       size_t *n)
{
	for (*n = 0; *n < FIELDS_MAX;) {
		const char *why = field_take(&rest, &fields[*n]);

		if (why)
			return why;
		++*n;
		if (rest.len == 0)
			return NULL;
		if (rest.p[0] != ':')
			return bad_brackets;
		rest = slice_from(rest, 1);
	}
	return many_colons;
}

static const char *port_read(const struct field *field, uint16_t *port)
{
	uint64_t n;

	if (field->brackets ||
	    num_parse(field->text.p, field->text.len, PORT_MAX, &n) < 0 ||
	    n == 0)
		return bad_port;
	*port = (uint16_t)n;
	return NULL;
}

/* @spec has the address of "localhost" until then. */
static const char *listen_read(const struct field *field,
			       struct forward_spec *spec)
{
	spec->any = !field->brackets && slice_is(field->text, "*");
	if (spec->any ||
	    (!field->brackets && slice_is(field->text, "localhost")))
		return NULL;
	if (addr_parse(field->text, &spec->addr) < 0)
		return field->brackets ? bad_brackets : bad_listen;
	return field->brackets == (spec->addr.family == 6) ? NULL
							   : bad_brackets;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Labels as the DNS has them, and '_', which names in use have.  A last label
 * of digits only would be read as a number by inet_aton(3): it must be an
 * address.
 */
static bool host_is_name(struct slice s)
{
	size_t label = 0;
	bool number = true;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '.') {
			if (label == 0)
				return false;
			number = number && i + 1 == s.len;
			label = 0;
			continue;
		}
		if (!is_letter(c) && !is_digit(c) && c != '_' &&
		    (c != '-' || label == 0))
			return false;
		number = is_digit(c) && (number || label == 0);
		if (++label > LABEL_MAX)
			return false;
	}
	return s.len > 0 && !number;
}

static const char *host_read(const struct field *field,
			     struct forward_spec *spec)
{
	struct slice s = field->text;
	struct addr addr;

	if (s.len == 0 || s.len >= sizeof(spec->host))
		return bad_host;
	if (addr_parse(s, &addr) == 0) {
		if (field->brackets != (addr.family == 6))
			return bad_brackets;
	} else if (field->brackets) {
		return bad_brackets;
	} else if (!host_is_name(s)) {
		return bad_host;
	}
	memcpy(spec->host, s.p, s.len);
	spec->host[s.len] = '\0';
	return NULL;
}

/* Cuts the protocol off @text. */
static const char *proto_read(struct slice *text, struct forward_spec *spec)
{
	const char *slash = text->len ? memchr(text->p, '/', text->len) : NULL;
	struct slice proto;

	if (!slash)
		return NULL;
	proto = slice_from(*text, (size_t)(slash - text->p) + 1);
	text->len = (size_t)(slash - text->p);
	spec->udp = slice_is(proto, "udp");
	return spec->udp || slice_is(proto, "tcp") ? NULL : bad_proto;
}

const char *forward_parse(struct slice text, struct forward_spec *out)
{
	struct field fields[FIELDS_MAX], *f = fields;
	struct forward_spec spec = {
		.addr = { .family = 4, .bytes = { 127, 0, 0, 1 } },
	};
	const char *why;
	size_t n;

	why = proto_read(&text, &spec);
	if (!why)
		why = fields_take(text, fields, &n);
	if (!why && n < 3)
		why = bad_form;
	if (!why && n == 4)
		why = listen_read(f++, &spec);
	if (!why)
		why = port_read(&f[0], &spec.port);
	if (!why)
		why = host_read(&f[1], &spec);
	if (!why)
		why = port_read(&f[2], &spec.host_port);
	if (!why)
		*out = spec;
	return why;
}

void forward_listen_format(const struct forward_spec *spec,
			   char out[FORWARD_LISTEN_SIZE])
{
	char addr[ADDR_TEXT_SIZE] = "*";
	bool brackets = !spec->any && spec->addr.family == 6;
	struct buf text;

	if (!spec->any)
		addr_format(&spec->addr, addr);
	buf_init(&text, out, FORWARD_LISTEN_SIZE);
	buf_addf(&text, brackets ? "[%s]:%u" : "%s:%u", addr, spec->port);
}
