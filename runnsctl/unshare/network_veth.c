/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_veth.c - a device of the kernel's, by runns-helper
 *
 * The helper asks the map, proves whose the namespace is, and tells the
 * address and the name servers.  Nothing stays that would have to end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "config.h"
#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/policy/slice.h"
#include "runnsctl/unshare/engine.h"
#include "runnsctl/unshare/network.h"

enum { VETH_SAID_MAX = 4096 };

static const char helper_path[] = RUNNS_BINDIR "/runns-helper";

static const char *veth_check(const struct network *n)
{
	const struct network_options *o = &n->options;

	if (o->mtu || o->ifname || o->cidr || o->outbound)
		return "device, addresses and way out are the "
		       "administrator's to choose";
	if (o->host_loopback)
		return "nothing of the host can be reached from there";
	return NULL;
}

/* Until it has ended; what does not fit is lost, and it is not held up. */
static size_t veth_hear(int fd, char *out, size_t size)
{
	char rest[256] = "";
	size_t len = 0;
	ssize_t n;

	do {
		bool full = len == size;

		n = read(fd, full ? rest : out + len,
			 full ? sizeof(rest) : size - len);
		if (n > 0 && !full)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return len;
}

static bool veth_is_resolv(struct slice line)
{
	static const char *const words[] = {
		"nameserver ", "search ", "domain ", "options ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i]);

		if (line.len > len && memcmp(line.p, words[i], len) == 0)
			return true;
	}
	return false;
}

static void veth_take(struct network *n, const char *said, size_t len)
{
	const char *end = said + len;
	struct buf resolv;

	buf_init(&resolv, n->resolv, sizeof(n->resolv));
	while (!n->options.no_dns && said < end) {
		const char *eol = memchr(said, '\n', (size_t)(end - said));
		struct slice line = { said, (size_t)((eol ? eol : end) - said) };

		if (eol && veth_is_resolv(line))
			buf_addf(&resolv, "%.*s\n", SLICE_ARG(line));
		said = eol ? eol + 1 : end;
	}
}

static int veth_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	/* It has said why not. */
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EACCES;
}

static int veth_start(struct network *n)
{
	char fd[12], said[VETH_SAID_MAX];
	char name[] = "runns-helper", option[] = "--veth";
	char *argv[] = { name, option, fd, NULL };
	struct engine helper = {
		.path = helper_path, .argv = argv, .fds = { n->netns },
		.n_fds = 1,
	};
	int ends[2];
	size_t len;
	pid_t pid;
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return log_errno(-errno, "unshare: --net veth: pipe");
	snprintf(fd, sizeof(fd), "%d", n->netns);
	helper.out = ends[1];
	pid = engine_start(&helper);
	close(ends[1]);
	len = pid < 0 ? 0 : veth_hear(ends[0], said, sizeof(said));
	close(ends[0]);
	if (pid < 0)
		return log_errno(pid, "unshare: --net veth: %s", helper_path);
	r = veth_status(pid);
	if (r == 0)
		veth_take(n, said, len);
	return r;
}

const struct net_kind net_veth = {
	.name = "veth",
	.check = veth_check,
	.start = veth_start,
};
