/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns.c - look-ups go to the network's own name servers
 */
#include "net/steer_dns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "net/build.h"
#include "net/resolv.h"

enum { STEER_TEXT_MAX = 64 * 1024, STEER_PATH_SIZE = 256 };

/*
 * The administrator's file; our link there, which 'ip netns exec' wants, is
 * none of his.  -ENOENT: he has none.
 */
static int steer_open_theirs(const struct host *h, const char *name)
{
	char path[STEER_PATH_SIZE];
	_cleanup_close_ int dir = -1;
	int fd;

	snprintf(path, sizeof(path), PATH_NETNS_ETC "/%s", name);
	dir = file_open_dir(h->root, path);
	if (dir < 0)
		return dir;
	fd = file_open_trusted(dir, "resolv.conf");
	/* Any other link refuses sessions, and needs no rules. */
	return fd == -ELOOP ? -ENOENT : fd;
}

static int steer_open_ours(const struct host *h, const char *name)
{
	char path[STEER_PATH_SIZE];
	int fd;

	snprintf(path, sizeof(path), "%s/" NET_ETC "/resolv.conf", name);
	fd = openat(h->net, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Packets to an IPv4-mapped address are IPv4. */
static void steer_unmap(struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family == 4 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->bytes, a->bytes + 12, 4);
	a->family = 4;
}

/* An address with a zone cannot be told apart by rules: left out. */
static void steer_parse(const char *text, struct steer_dns *out)
{
	struct slice line, rest;

	while (out->n < ARRAY_SIZE(out->servers) && resolv_next(&text, &line)) {
		struct addr *a = &out->servers[out->n];

		if (!resolv_line(line, "nameserver", &rest) ||
		    addr_parse(rest, a) < 0)
			continue;
		steer_unmap(a);
		out->n++;
	}
}

int steer_dns_read(const struct host *h, const char *name,
		   struct steer_dns *out)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = steer_open_theirs(h, name);
	size_t len;
	int err;

	*out = (struct steer_dns){ .n = 0 };
	if (fd == -ENOENT)
		fd = steer_open_ours(h, name);
	err = fd < 0 ? fd : file_read_all(fd, STEER_TEXT_MAX, &text, &len);
	if (err < 0)
		return log_errno(err,
				 "%s: cannot read the resolv.conf of its "
				 "sessions",
				 name);
	steer_parse(text, out);
	return 0;
}

const struct addr_net steer_dns_near[STEER_DNS_NEAR] = {
	{ { 4, { 127 } }, 8 },
	{ { 6, { [15] = 1 } }, 128 },
	{ { 6, { 0xfe, 0x80 } }, 10 },
};

static bool steer_is_near(const struct addr *a)
{
	size_t i;

	for (i = 0; i < STEER_DNS_NEAR; i++) {
		if (addr_in_net(a, &steer_dns_near[i]))
			return true;
	}
	return false;
}

const struct addr *steer_dns_target(const struct steer_dns *dns, int family)
{
	size_t i;

	for (i = 0; i < dns->n; i++) {
		if (dns->servers[i].family == family &&
		    !steer_is_near(&dns->servers[i]))
			return &dns->servers[i];
	}
	return NULL;
}

void steer_dns_text(const struct steer_dns *dns, char out[STEER_DNS_TEXT_SIZE])
{
	char text[ADDR_TEXT_SIZE];
	struct buf b;
	size_t i;

	buf_init(&b, out, STEER_DNS_TEXT_SIZE);
	for (i = 0; i < dns->n; i++) {
		addr_format(&dns->servers[i], text);
		buf_addf(&b, "%s%s", i ? " " : "", text);
	}
}

struct steer_call {
	const struct fw_backend *fw;
	const struct steer_dns *dns;
};

static int steer_set_inside(void *ctx)
{
	const struct steer_call *call = ctx;

	return call->fw->steer(call->dns);
}

static int steer_holds_inside(void *ctx)
{
	const struct steer_call *call = ctx;

	return call->fw->steers(call->dns);
}

int steer_dns_set(const struct host *h, const struct fw_backend *fw, int ns,
		  const struct steer_dns *dns)
{
	struct steer_call call = { .fw = fw, .dns = dns };

	return build_inside(h, ns, steer_set_inside, &call);
}

int steer_dns_clear(const struct host *h, const struct fw_backend *fw, int ns)
{
	struct steer_call call = { .fw = fw, .dns = NULL };

	return build_inside(h, ns, steer_set_inside, &call);
}

int steer_dns_holds(const struct host *h, const struct fw_backend *fw, int ns,
		    const struct steer_dns *dns)
{
	struct steer_call call = { .fw = fw, .dns = dns };

	return build_inside(h, ns, steer_holds_inside, &call);
}
