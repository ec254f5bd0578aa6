/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_slirp4netns.c - the network slirp4netns: by that program
 *
 * slirp4netns(1).  Its --enable-sandbox wants to be root.  The address of its
 * name server leads to all ports of the host's, so there is none if that is on
 * the loopback.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/policy/addr.h"
#include "lib/sys/file.h"
#include "runnsctl/unshare/network_engine.h"

enum { SERVER = 3, RESOLV_READ_MAX = 64 * 1024 };

static const char *check(const struct network *n)
{
	const struct network_options *o = &n->options;
	struct slice cidr = { o->cidr, o->cidr ? strlen(o->cidr) : 0 };
	struct addr_net net;

	if (o->mtu > 65521)
		return "--mtu is above 65521";
	if (o->cidr && (addr_parse_net(cidr, &net) < 0 ||
			net.addr.family != 4 || addr_has_host_bits(&net)))
		return "--cidr is not an IPv4 network, such as 10.0.2.0/24";
	return NULL;
}

/* Return: whether the line names a server, read as its library does. */
static bool parse_server(const char *line, struct addr *out)
{
	static const char word[] = "nameserver";
	struct slice text = { line, 0 };

	if (strncmp(line, word, sizeof(word) - 1) != 0)
		return false;
	text.p += sizeof(word) - 1;
	text.p += strspn(text.p, " \t");
	/* What follows is no part of it, nor is the device of fe80::1%eth0. */
	text.len = strcspn(text.p, " \t\r\v\f%");
	return addr_parse(text, out) == 0;
}

static bool is_loopback(const struct addr *a)
{
	static const struct addr_net nets[] = {
		{ { 4, { 127 } }, 8 },
		/* Connecting to nothing connects to oneself. */
		{ { 4, { 0 } }, 8 },
		/* ::, ::1, and IPv4 in IPv6 */
		{ { 6, { 0 } }, 64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(nets); i++) {
		if (addr_in_net(a, &nets[i]))
			return true;
	}
	return false;
}

/* What names none counts as such: its library takes 127.0.0.1 then. */
static bool server_is_loopback(void)
{
	_cleanup_close_ int fd = open("/etc/resolv.conf",
				      O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_free_ char *text = NULL;
	char *rest = NULL;
	bool found = false;
	size_t len;

	if (fd < 0 || file_read_all(fd, RESOLV_READ_MAX, &text, &len) < 0)
		return true;
	for (const char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct addr server;

		if (!parse_server(line, &server))
			continue;
		if (is_loopback(&server))
			return true;
		found = found || server.family == 4;
	}
	return !found;
}

static void add_options(struct words *w, const struct network_options *o)
{
	words_add(w, "--mtu=%u", o->mtu ? o->mtu : 65520);
	if (o->cidr)
		words_add(w, "--cidr=%s", o->cidr);
	if (o->outbound)
		words_add(w, "--outbound-addr=%s", o->outbound);
	if (!o->no_ipv6)
		words_add(w, "--enable-ipv6");
	if (o->no_dns)
		words_add(w, "--disable-dns");
	if (!o->host_loopback)
		words_add(w, "--disable-host-loopback");
}

static void put_resolv(struct network *n)
{
	const char *cidr = n->options.cidr ? n->options.cidr : "10.0.2.0/24";
	struct addr_net net;
	char text[ADDR_TEXT_SIZE];

	if (n->options.no_dns ||
	    addr_parse_net((struct slice){ cidr, strlen(cidr) }, &net) < 0)
		return;
	net.addr.bytes[3] |= SERVER;
	addr_format(&net.addr, text);
	snprintf(n->resolv, sizeof(n->resolv), "nameserver %s\n", text);
}

static int start(struct network *n)
{
	const char *ifname = n->options.ifname;
	struct words w = { .n = 0 };
	int ready[2];
	int err = network_ready(ready);

	if (err)
		return err;
	if (!n->options.host_loopback && !n->options.no_dns &&
	    server_is_loopback()) {
		log_msg(LOG_WARNING, "unshare: no names by slirp4netns, whose "
			"name server would open the host's loopback: use "
			"--net slirp, or --host-loopback");
		n->options.no_dns = true;
	}
	words_add(&w, "slirp4netns");
	words_add(&w, "--configure");
	words_add(&w, "--enable-seccomp");
	words_add(&w, "--ready-fd=%d", ready[1]);
	words_add(&w, "--exit-fd=%d", n->end);
	add_options(&w, &n->options);
	words_add(&w, "--netns-type=path");
	words_add(&w, "--userns-path=/proc/self/fd/%d", n->userns);
	words_add(&w, "/proc/self/fd/%d", n->netns);
	words_add(&w, "%s", ifname ? ifname : "tap0");
	err = network_engine(n, &w, ready, "slirp4netns");
	if (err == 0)
		put_resolv(n);
	return err;
}

const struct net_kind net_slirp4netns = {
	.name = "slirp4netns",
	.check = check,
	.start = start,
};
