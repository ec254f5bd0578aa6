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
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/policy/addr.h"
#include "runnsctl/unshare/network_engine.h"

enum { SERVER = 3, RESOLV_READ_MAX = 4096 };

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

static bool is_loopback(const char *line, size_t len)
{
	static const char word[] = "nameserver";
	struct slice text = { line, len };
	struct addr_net loopback = { { 4, { 127 } }, 8 };
	struct addr a;

	if (len < sizeof(word) || memcmp(line, word, sizeof(word) - 1) != 0)
		return false;
	text.p += sizeof(word) - 1;
	text.len -= sizeof(word) - 1;
	while (text.len && (*text.p == ' ' || *text.p == '\t')) {
		text.p++;
		text.len--;
	}
	return addr_parse(text, &a) == 0 && addr_in_net(&a, &loopback);
}

/* What cannot be read counts as such: its library takes 127.0.0.1 then. */
static bool server_is_loopback(void)
{
	_cleanup_close_ int fd = open("/etc/resolv.conf",
				      O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[RESOLV_READ_MAX];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	const char *line = text, *end;

	while (n > 0) {
		end = memchr(line, '\n', (size_t)n);
		if (!end)
			end = line + n;
		if (is_loopback(line, (size_t)(end - line)))
			return true;
		n -= end - line + 1;
		line = end + 1;
	}
	return fd < 0;
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
