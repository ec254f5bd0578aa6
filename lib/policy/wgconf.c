/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wgconf.c - a WireGuard configuration, as wg-quick(8) reads it
 *
 * What wg(8) is to read is written anew from values that were checked: one
 * key, one kind of value.  Messages never show a value, which may be a secret.
 */
#include "lib/policy/wgconf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/num.h"
#include "lib/policy/profile_keys.h"

enum { KEY_LEN = 44, HOST_MAX = 253 };

static const char blanks[] = " \t\r";

enum place { NOWHERE, INTERFACE, PEER };

struct reader {
	struct wgconf *out;
	const char *file;
	unsigned int line;
	enum place place;
	bool has_private;
	bool has_public;	/* of this peer */
	bool has_keepalive;
	struct diag *d;
};

static int bad(const struct reader *r, const char *what)
{
	return diag_set(r->d, r->file, r->line, 0, "%s", what);
}

/* 32 bytes in base64: its last digit has two bits only. */
static bool is_key(struct slice v)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	if (v.len != KEY_LEN || v.p[KEY_LEN - 1] != '=')
		return false;
	for (i = 0; i < KEY_LEN - 1; i++)
		if (!v.p[i] || !strchr(digits, v.p[i]))
			return false;
	return strchr("AEIMQUYcgkosw048", v.p[KEY_LEN - 2]) != NULL;
}

static int put_key(struct reader *r, const char *name, struct slice v)
{
	if (!is_key(v))
		return bad(r, "32 bytes in base64 expected");
	buf_addf(&r->out->out, "%s = %.*s\n", name, SLICE_ARG(v));
	return 0;
}

static int on_private(struct reader *r, struct slice v)
{
	r->has_private = true;
	return put_key(r, "PrivateKey", v);
}

static int on_public(struct reader *r, struct slice v)
{
	r->has_public = true;
	return put_key(r, "PublicKey", v);
}

static int on_preshared(struct reader *r, struct slice v)
{
	return put_key(r, "PresharedKey", v);
}

static int put_number(struct reader *r, const char *name, struct slice v)
{
	uint64_t n;

	if (num_parse(v.p, v.len, UINT16_MAX, &n) < 0)
		return bad(r, "number from 0 to 65535 expected");
	buf_addf(&r->out->out, "%s = %u\n", name, (unsigned int)n);
	return 0;
}

static int on_port(struct reader *r, struct slice v)
{
	return put_number(r, "ListenPort", v);
}

static int on_keepalive(struct reader *r, struct slice v)
{
	r->has_keepalive = true;
	if (slice_is(v, "off"))
		v = SLICE("0");
	return put_number(r, "PersistentKeepalive", v);
}

static int on_mtu(struct reader *r, struct slice v)
{
	uint64_t n;

	if (num_parse(v.p, v.len, TUNNEL_MTU_MAX, &n) < 0 ||
	    tunnel_set_mtu(&r->out->tunnel, n) < 0)
		return bad(r, "no MTU that a tunnel can have");
	return 0;
}

/* ADDRESS[/LENGTH] */
static int read_net(struct slice word, struct addr_net *net)
{
	if (memchr(word.p, '/', word.len))
		return addr_parse_net(word, net);
	if (addr_parse(word, &net->addr) < 0)
		return -EINVAL;
	net->prefix = net->addr.family == 4 ? 32 : 128;
	return 0;
}

static int on_address(struct reader *r, struct slice v)
{
	struct slice word;
	struct addr_net net;

	while (profile_word_next(&v, &word))
		if (read_net(word, &net) < 0 ||
		    tunnel_add_addr(&r->out->tunnel, &net) < 0)
			return bad(r, "no address that a tunnel can have, or "
				      "too many");
	return 0;
}

static int on_allowed(struct reader *r, struct slice v)
{
	char text[ADDR_TEXT_SIZE];
	struct slice word;
	struct addr_net net;

	while (profile_word_next(&v, &word)) {
		if (read_net(word, &net) < 0 ||
		    tunnel_add_route(&r->out->tunnel, &net) < 0)
			return bad(r, "no network that a tunnel can lead to, "
				      "or too many");
		addr_format(&net.addr, text);
		buf_addf(&r->out->out, "AllowedIPs = %s/%u\n", text,
			 net.prefix);
	}
	return 0;
}

/* Name servers and search domains. */
static int on_dns(struct reader *r, struct slice v)
{
	struct slice word;
	struct addr a;
	int err;

	while (profile_word_next(&v, &word)) {
		if (addr_parse(word, &a) == 0)
			err = tunnel_add_dns(&r->out->tunnel, &a);
		else
			err = tunnel_add_search(&r->out->tunnel, word);
		if (err)
			return bad(r, "no name server or domain, or too many");
	}
	return 0;
}

static bool is_host(struct slice host)
{
	size_t i;

	if (!host.len || host.len > HOST_MAX || host.p[0] == '-')
		return false;
	for (i = 0; i < host.len; i++)
		if (!profile_byte_is_plain(host.p[i]) && host.p[i] != '.')
			return false;
	return true;
}

/* HOST:PORT, ADDRESS:PORT or [ADDRESS]:PORT */
static int on_endpoint(struct reader *r, struct slice v)
{
	struct slice host = v;
	struct addr a;
	uint64_t port;
	bool bracket = v.len && v.p[0] == '[';

	while (host.len && host.p[host.len - 1] != ':')
		host.len--;
	if (!host.len || num_parse(host.p + host.len, v.len - host.len,
				   UINT16_MAX, &port) < 0 || !port)
		return bad(r, "HOST:PORT expected");
	host.len--;
	if (bracket) {
		if (host.len < 2 || host.p[host.len - 1] != ']')
			return bad(r, "[ADDRESS]:PORT expected");
		host.p++;
		host.len -= 2;
	}
	if (addr_parse(host, &a) < 0) {
		if (bracket || !is_host(host))
			return bad(r, "HOST:PORT expected");
		r->out->by_name = true;
	}
	buf_addf(&r->out->out, "Endpoint = %.*s\n", SLICE_ARG(v));
	return 0;
}

static int on_ignored(struct reader *r, struct slice v)
{
	(void)r;
	(void)v;
	return 0;
}

static const struct key {
	const char *name;
	enum place place;
	int (*set)(struct reader *r, struct slice value);
} keys[] = {
	{ "PrivateKey", INTERFACE, on_private },
	{ "ListenPort", INTERFACE, on_port },
	{ "Address", INTERFACE, on_address },
	{ "DNS", INTERFACE, on_dns },
	{ "MTU", INTERFACE, on_mtu },
	{ "FwMark", INTERFACE, on_ignored },
	{ "Table", INTERFACE, on_ignored },
	{ "PreUp", INTERFACE, on_ignored },
	{ "PostUp", INTERFACE, on_ignored },
	{ "PreDown", INTERFACE, on_ignored },
	{ "PostDown", INTERFACE, on_ignored },
	{ "SaveConfig", INTERFACE, on_ignored },
	{ "PublicKey", PEER, on_public },
	{ "PresharedKey", PEER, on_preshared },
	{ "AllowedIPs", PEER, on_allowed },
	{ "Endpoint", PEER, on_endpoint },
	{ "PersistentKeepalive", PEER, on_keepalive },
};

static void note_ignored(struct wgconf *out, const char *name)
{
	size_t len = strlen(out->ignored);

	if (!strstr(out->ignored, name))
		snprintf(out->ignored + len, sizeof(out->ignored) - len, "%s%s",
			 len ? " " : "", name);
}

static int peer_end(struct reader *r)
{
	if (r->place != PEER)
		return 0;
	if (!r->has_public)
		return bad(r, "a [Peer] before it has no PublicKey");
	if (!r->has_keepalive)
		buf_addf(&r->out->out, "PersistentKeepalive = %d\n",
			 WGCONF_KEEPALIVE);
	return 0;
}

static int on_heading(struct reader *r, struct slice line)
{
	int err = peer_end(r);

	if (err)
		return err;
	if (profile_same_text(line, SLICE("[Interface]"))) {
		if (r->place != NOWHERE)
			return bad(r, "[Interface] stands once, and first");
		r->place = INTERFACE;
		buf_adds(&r->out->out, "[Interface]\n");
		return 0;
	}
	if (!profile_same_text(line, SLICE("[Peer]")))
		return bad(r, "[Interface] or [Peer] expected");
	if (r->out->n_peers++ == WGCONF_PEERS_MAX)
		return bad(r, "too many peers");
	r->place = PEER;
	r->has_public = r->has_keepalive = false;
	buf_adds(&r->out->out, "[Peer]\n");
	return 0;
}

static int on_line(struct reader *r, struct slice line)
{
	const char *hash = memchr(line.p, '#', line.len);
	const char *equals;
	struct slice name, value;
	size_t i;

	for (i = 0; i < line.len; i++)
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t' &&
		    line.p[i] != '\r')
			return bad(r, "control character");
	if (hash)
		line.len = (size_t)(hash - line.p);
	line = slice_trim(line, blanks);
	if (!line.len)
		return 0;
	if (line.p[0] == '[')
		return on_heading(r, line);
	equals = memchr(line.p, '=', line.len);
	if (!equals)
		return bad(r, "KEY = VALUE expected");
	name = slice_trim((struct slice){ line.p, (size_t)(equals - line.p) },
			  blanks);
	value.p = equals + 1;
	value.len = (size_t)(line.p + line.len - value.p);
	value = slice_trim(value, blanks);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (r->place != keys[i].place ||
		    !profile_same_text(name, (struct slice){
				keys[i].name, strlen(keys[i].name) }))
			continue;
		if (keys[i].set == on_ignored)
			note_ignored(r->out, keys[i].name);
		return keys[i].set(r, value);
	}
	return bad(r, "no key that can stand here");
}

static int read_end(struct reader *r)
{
	int err = peer_end(r);

	if (err)
		return err;
	if (!r->has_private)
		return bad(r, "there is no PrivateKey");
	if (!r->out->n_peers)
		return bad(r, "there is no [Peer]");
	if (!r->out->tunnel.n_addrs)
		return bad(r, "there is no Address");
	return buf_status(&r->out->out) ? bad(r, "too long") : 0;
}

int wgconf_parse(const char *file, struct slice text, char *memory,
		 struct wgconf *out, struct diag *d)
{
	struct reader r = { .out = out, .file = file, .d = d };
	int err = 0;

	memset(out, 0, sizeof(*out));
	buf_init(&out->out, memory, WGCONF_OUT_SIZE);
	while (err == 0 && text.len) {
		const char *end = memchr(text.p, '\n', text.len);
		struct slice line = text;

		if (end)
			line.len = (size_t)(end - text.p);
		text.p += line.len + (end ? 1 : 0);
		text.len -= line.len + (end ? 1 : 0);
		r.line++;
		err = on_line(&r, line);
	}
	return err ? err : read_end(&r);
}
