/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.c - how names are resolved in a network
 *
 * A name server on a loopback address is the host's and cannot be reached
 * from inside, where that address is another: it is never written down.
 */
#include "net/dns.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "net/resolv.h"

enum {
	DNS_TEXT_SIZE = 16 * 1024,
	DNS_PATH_SIZE = 256,
	TUNNELS_TEXT_SIZE = 4096,
};

#define DNS_MADE ".made-etc-netns"	/* in PATH_RUN_NET: /etc/netns is ours */

/* Where the host's real servers may stand, when /etc has a stub only. */
static const char *const dns_upstreams[] = {
	"/etc/resolv.conf",
	"/run/systemd/resolve/resolv.conf",
	"/run/NetworkManager/no-stub-resolv.conf",
	"/run/NetworkManager/resolv.conf",
	"/run/resolvconf/resolv.conf",
};

/* Inside there is another loopback than the host's, and mostly no IPv6. */
static bool dns_is_usable(struct slice text, const struct record *r,
			  struct addr *a)
{
	if (addr_parse(text, a) < 0)
		return false;
	if (a->family == 4)
		return a->bytes[0] != 127 && a->bytes[0] != 0;
	/* Global and unique local ones: no zone has to be known for these. */
	return r->net6.addr.family &&
	       ((a->bytes[0] & 0xe0) == 0x20 || (a->bytes[0] & 0xfe) == 0xfc);
}

/* Not on loopback, where the network has a server of its own. */
static bool dns_is_local(const struct addr *a)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (fd < 0 || a->family != 4 || a->bytes[0] == 127)
		return false;
	memcpy(&in.sin_addr, a->bytes, 4);
	return bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0;
}

static void dns_put_server(struct buf *b, const struct plan *plan,
			   const struct record *r, const struct addr *a)
{
	char text[ADDR_TEXT_SIZE];
	bool gateway = a->family == 4 &&
		       memcmp(a->bytes, r->net.addr.bytes, 4) == 0;

	addr_format(a, text);
	buf_addf(b, "nameserver %s\n", text);
	if (plan->isolate && (gateway || dns_is_local(a)))
		log_msg(LOG_WARNING, "%s: name server %s is the host itself, "
			"which Isolate=yes keeps the network from: set DNS=, "
			"or Isolate=no", plan->name, text);
}

/* Servers, search list and options of one of the host's files. */
static int dns_take(struct buf *b, const struct plan *plan,
		    const struct record *r, const char *text)
{
	struct slice line, rest;
	struct addr a;
	int servers = 0;

	while (resolv_next(&text, &line)) {
		if (resolv_line(line, "nameserver", &rest)) {
			if (servers == PROFILE_DNS_MAX ||
			    !dns_is_usable(rest, r, &a))
				continue;
			dns_put_server(b, plan, r, &a);
			servers++;
		} else if (resolv_line(line, "search", &rest) ||
			   resolv_line(line, "domain", &rest) ||
			   resolv_line(line, "options", &rest)) {
			buf_add(b, line.p, line.len);
			buf_addc(b, '\n');
		}
	}
	return servers;
}

/*
 * Those of the network that it hangs on, which may be meant to see every
 * look-up; the administrator's own for that come first, as for its sessions.
 */
static bool dns_from_parent(struct buf *b, const struct plan *plan,
			    const struct record *r)
{
	static const struct {
		const char *dir;
		const char *file;
	} places[] = {
		{ "/etc/netns", "resolv.conf" },
		{ "/" PATH_RUN_NET, NET_ETC "/resolv.conf" },
	};
	size_t before = b->len;
	size_t i;

	for (i = 0; r->parent[0] && i < ARRAY_SIZE(places); i++) {
		char path[DNS_PATH_SIZE];
		char text[DNS_TEXT_SIZE];

		snprintf(path, sizeof(path), "%s/%s/%s", places[i].dir,
			 r->parent, places[i].file);
		if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
			continue;
		if (dns_take(b, plan, r, text) > 0)
			return true;
		b->len = before;
		b->text[before] = '\0';
	}
	return false;
}

void dns_of_host(struct buf *b, const struct plan *plan,
		 const struct record *r)
{
	size_t before = b->len;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dns_upstreams); i++) {
		char text[DNS_TEXT_SIZE];

		if (file_read_small(AT_FDCWD, dns_upstreams[i], text,
				    sizeof(text)) < 0)
			continue;
		if (dns_take(b, plan, r, text) > 0)
			return;
		b->len = before;
		b->text[before] = '\0';
	}
	buf_adds(b, "# The host has no name server that can be reached from "
		 "here.\n");
	log_msg(LOG_WARNING, "%s: the host has no name server that can be "
		"reached from inside (a loopback stub cannot): names will not "
		"resolve; set DNS= in runns.conf", plan->name);
}

static void dns_from_keys(struct buf *b, const struct plan *plan,
			  const struct record *r)
{
	uint32_t i;

	for (i = 0; i < plan->profile->n_dns; i++)
		dns_put_server(b, plan, r, &plan->profile->dns[i]);
}

static int dns_from_file(struct buf *b, const struct plan *plan)
{
	char path[DNS_PATH_SIZE * 16];
	char text[DNS_TEXT_SIZE];
	struct slice file = plan->resolve;
	ssize_t n = -ENAMETOOLONG;

	if (file.len < sizeof(path)) {
		snprintf(path, sizeof(path), "%.*s", SLICE_ARG(file));
		n = file_read_small(AT_FDCWD, path, text, sizeof(text));
	}
	if (n < 0)
		return log_errno((int)n, "%s: Resolve=%.*s", plan->name,
				 SLICE_ARG(file));
	buf_add(b, text, (size_t)n);
	buf_addc(b, '\n');
	return 0;
}

/* Never the host's servers: what is asked of them would be told outside. */
static void dns_from_tunnels(struct buf *b, const struct plan *plan,
			     const struct record *r, bool search)
{
	char path[DNS_PATH_SIZE], text[TUNNELS_TEXT_SIZE];
	const char *at = text;
	struct slice line, rest;
	struct addr a;

	snprintf(path, sizeof(path), "/" PATH_RUN_NET "/%s/" NET_PUSHED,
		 r->name);
	if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
		text[0] = '\0';
	while (resolv_next(&at, &line)) {
		if (resolv_line(line, "nameserver", &rest) &&
		    addr_parse(rest, &a) == 0)
			dns_put_server(b, plan, r, &a);
		else if (search && resolv_line(line, "search", &rest))
			buf_addf(b, "search %.*s\n", SLICE_ARG(rest));
	}
	if (!*text)
		buf_adds(b, "# The VPN has not told any name server (yet).\n");
}

static int dns_resolv(struct buf *b, const struct plan *plan,
		      const struct record *r)
{
	const struct profile *p = plan->profile;
	uint32_t i;

	buf_addf(b, "# Made by RUNNS for network %s, see runns.conf(5).\n",
		 plan->name);
	if (plan->resolve.len)
		return dns_from_file(b, plan);
	if (p && p->n_dns)
		dns_from_keys(b, plan, r);
	else if (plan->vpn)
		dns_from_tunnels(b, plan, r, !p->n_search);
	else if (!dns_from_parent(b, plan, r))
		dns_of_host(b, plan, r);
	/* The last search list counts (resolv.conf(5)). */
	if (p && p->n_search)
		buf_adds(b, "search");
	for (i = 0; p && i < p->n_search; i++)
		buf_addf(b, " %.*s", SLICE_ARG(p->search[i]));
	if (p && p->n_search)
		buf_addc(b, '\n');
	return 0;
}

/* The host's, but names are asked of files and name servers only. */
static void dns_nsswitch(struct buf *b)
{
	char text[DNS_TEXT_SIZE];
	const char *at = text;
	struct slice line;

	if (file_read_small(AT_FDCWD, "/etc/nsswitch.conf", text,
			    sizeof(text)) < 0)
		text[0] = '\0';
	buf_adds(b, "hosts: files dns\n");
	while (resolv_next(&at, &line)) {
		struct slice word = line;

		while (word.len && (*word.p == ' ' || *word.p == '\t')) {
			word.p++;
			word.len--;
		}
		if (word.len >= 6 && memcmp(word.p, "hosts:", 6) == 0)
			continue;
		buf_add(b, line.p, line.len);
		buf_addc(b, '\n');
	}
}

static int dns_put_file(int etc, const char *file, const struct buf *b)
{
	int err = buf_status(b);

	if (err == 0)
		err = file_update(etc, file, 0644, b->text, b->len);
	return err < 0 ? err : 0;
}

/* An empty file that says something by being there. */
static int dns_mark(int dir, const char *mark, bool set)
{
	int fd;

	if (!set)
		return unlinkat(dir, mark, 0) < 0 && errno != ENOENT ? -errno :
								       0;
	fd = openat(dir, mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int dns_files(int dir, const struct plan *plan, const struct record *r)
{
	_cleanup_close_ int etc = -1;
	BUF(resolv, DNS_TEXT_SIZE + 1024);
	BUF(nsswitch, DNS_TEXT_SIZE + 64);
	int err = file_make_dir(dir, NET_ETC, 0700);

	if (err == 0) {
		etc = openat(dir, NET_ETC, O_PATH | O_DIRECTORY | O_CLOEXEC);
		err = etc < 0 ? -errno : dns_resolv(&resolv, plan, r);
	}
	if (err == 0)
		err = dns_put_file(etc, "resolv.conf", &resolv);
	if (err == 0 && plan->strict_dns) {
		dns_nsswitch(&nsswitch);
		err = dns_put_file(etc, "nsswitch.conf", &nsswitch);
	} else if (err == 0) {
		err = dns_mark(etc, "nsswitch.conf", false);
	}
	if (err == 0)
		err = dns_mark(dir, NET_MARK_STRICT, plan->strict_dns);
	if (err == 0)
		err = dns_mark(dir, NET_MARK_IDLE,
			       r->login && !plan->linger);
	return err;
}

static void dns_paths(const char *name, char link[DNS_PATH_SIZE],
		      char target[DNS_PATH_SIZE])
{
	snprintf(link, DNS_PATH_SIZE, "/" PATH_NETNS_ETC "/%s/resolv.conf",
		 name);
	snprintf(target, DNS_PATH_SIZE,
		 "/" PATH_RUN_NET "/%s/" NET_ETC "/resolv.conf", name);
}

bool dns_has_etc_netns(const char *name)
{
	char path[DNS_PATH_SIZE];

	snprintf(path, sizeof(path), "/" PATH_NETNS_ETC "/%s", name);
	return access(path, F_OK) == 0;
}

static int dns_link_once(const struct host *h, const char *name,
			 const char *link, const char *target)
{
	char path[DNS_PATH_SIZE];
	int err = 0;

	if (access("/" PATH_NETNS_ETC, F_OK) < 0) {
		err = dns_mark(h->net, DNS_MADE, true);
		if (err == 0)
			err = file_make_dir(AT_FDCWD, "/" PATH_NETNS_ETC,
					    0755);
	}
	snprintf(path, sizeof(path), "/" PATH_NETNS_ETC "/%s", name);
	if (err == 0 && mkdir(path, 0755) < 0 && errno != EEXIST)
		err = -errno;
	if (err == 0 && symlink(target, link) < 0 && errno != EEXIST)
		err = -errno;
	return err;
}

/* For 'ip netns exec'; what the administrator put there stays. */
static int dns_link(const struct host *h, const char *name)
{
	char link[DNS_PATH_SIZE], target[DNS_PATH_SIZE];
	int tries = 3;
	int err;

	dns_paths(name, link, target);
	/* The last network that goes takes /etc/netns along. */
	do {
		err = dns_link_once(h, name, link, target);
	} while (err == -ENOENT && --tries > 0);
	return err;
}

int dns_write(const struct host *h, const struct plan *plan,
	      const struct record *r)
{
	_cleanup_close_ int dir = record_dir(h, plan->name, true);
	int err = dir < 0 ? dir : dns_files(dir, plan, r);

	if (err)
		return log_errno(err, "cannot write the files of %s",
				 plan->name);
	err = dns_link(h, plan->name);
	if (err)
		log_msg(LOG_WARNING, "%s: 'ip netns exec' will show the "
			"host's name servers: cannot make /" PATH_NETNS_ETC
			"/%s/resolv.conf: %s", plan->name, plan->name,
			strerror(-err));
	return 0;
}

int dns_sweep(const struct host *h)
{
	if (faccessat(h->net, DNS_MADE, F_OK, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (rmdir("/" PATH_NETNS_ETC) < 0 && errno != ENOENT) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			return 0;
		/* Read-only: then it is not there, or stays as it is. */
		if (errno != EROFS)
			return -errno;
	}
	return dns_mark(h->net, DNS_MADE, false);
}

int dns_has_link(const char *name)
{
	char link[DNS_PATH_SIZE], target[DNS_PATH_SIZE];
	char found[DNS_PATH_SIZE];
	ssize_t n;

	dns_paths(name, link, target);
	n = readlink(link, found, sizeof(found));
	/* A file, or something on the way to it, is somebody else's. */
	if (n < 0 && errno != ENOENT && errno != EINVAL && errno != ENOTDIR)
		return -errno;
	return n > 0 && (size_t)n == strlen(target) &&
	       memcmp(found, target, (size_t)n) == 0;
}

/* The link, if it is ours. */
static int dns_unlink(const char *name)
{
	char link[DNS_PATH_SIZE], target[DNS_PATH_SIZE];
	int ours = dns_has_link(name);

	dns_paths(name, link, target);
	if (ours > 0 && unlink(link) < 0 && errno != ENOENT && errno != EROFS)
		return -errno;
	return ours < 0 ? ours : 0;
}

/* The directory, if it is empty. */
static int dns_rmdir(const char *name)
{
	char path[DNS_PATH_SIZE];

	snprintf(path, sizeof(path), "/" PATH_NETNS_ETC "/%s", name);
	if (rmdir(path) < 0 && errno != ENOENT && errno != ENOTEMPTY &&
	    errno != EEXIST && errno != EROFS)
		return -errno;
	return 0;
}

int dns_forget(const char *name)
{
	int r = dns_unlink(name);

	if (r == 0)
		r = dns_rmdir(name);
	if (r)
		return log_errno(r, "cannot remove /" PATH_NETNS_ETC
				 "/%s/resolv.conf", name);
	return 0;
}

int dns_remove(const struct host *h, const struct record *r)
{
	int err = dns_unlink(r->name);

	if (err == 0 && r->etc_netns)
		err = dns_rmdir(r->name);
	if (err == 0)
		err = dns_sweep(h);
	if (err == 0)
		err = record_clear_files(h, r->name);
	if (err)
		return log_errno(err, "cannot remove the files of %s", r->name);
	return 0;
}

void dns_servers(const struct host *h, const char *name, char *out,
		 size_t size)
{
	char path[DNS_PATH_SIZE], text[DNS_TEXT_SIZE];
	const char *at = text;
	struct slice line, rest;
	struct buf b;

	buf_init(&b, out, size);
	snprintf(path, sizeof(path), "%s/" NET_ETC "/resolv.conf", name);
	if (file_read_small(h->net, path, text, sizeof(text)) < 0)
		return;
	while (resolv_next(&at, &line)) {
		if (resolv_line(line, "nameserver", &rest))
			buf_addf(&b, "%s%.*s", b.len ? " " : "",
				 SLICE_ARG(rest));
	}
}
