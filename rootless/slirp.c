/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slirp.c - runns-rootless slirp: two processes that are one network
 *
 * The engine moves packets and has nothing else.  The keeper, its parent, is
 * what the caller knows: it never sees a packet, tells which name servers the
 * host has, and neither lives longer than the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/base/log.h"
#include "rootless/engine.h"
#include "rootless/mode.h"
#include "rootless/names.h"
#include "rootless/sandbox.h"
#include "rootless/slirp_options.h"
#include "rootless/tap.h"

enum { HOST_GATEWAY = 2, HOST_SERVER = 3, HOST_DEVICE = 100 };

#define PREFIX6 0xfd00000000000000U

static uint32_t mask_of(uint8_t prefix)
{
	return UINT32_MAX << (32 - prefix);
}

static uint32_t to_host(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static struct addr inside4(const struct slirp_options *o, uint8_t host)
{
	struct addr a = o->net.addr;

	a.bytes[3] |= host;
	return a;
}

static struct addr inside6(uint8_t host)
{
	struct addr a = { .family = 6, .bytes = { PREFIX6 >> 56 } };

	/* As it is written: ::100. */
	a.bytes[15] = host == HOST_DEVICE ? 0 : host;
	a.bytes[14] = host == HOST_DEVICE;
	return a;
}

static int make_tap(const struct slirp_options *o)
{
	struct inside where = { .userns = o->userns, .netns = o->netns };
	struct addr_net addrs[] = {
		{ inside4(o, HOST_DEVICE), o->net.prefix },
		{ inside6(HOST_DEVICE), 64 },
	};
	struct addr gateways[] = { inside4(o, HOST_GATEWAY),
				   inside6(HOST_GATEWAY) };
	struct tap tap = {
		.name = o->ifname,
		.mtu = o->mtu,
		.addrs = addrs,
		.gateways = gateways,
		.n = o->no_ipv6 ? 1 : 2,
		.segments = true,
	};

	return tap_make(&where, &tap);
}

static struct frame_rules make_rules(const struct slirp_options *o)
{
	uint32_t net = to_host(o->net.addr.bytes);

	return (struct frame_rules){
		.net = net,
		.mask = mask_of(o->net.prefix),
		.gateway = net + HOST_GATEWAY,
		.server = net + HOST_SERVER,
		.prefix6 = PREFIX6,
		.gateway6 = HOST_GATEWAY,
		.server6 = HOST_SERVER,
		.ipv6 = !o->no_ipv6,
		.loopback = o->host_loopback,
		.dns = !o->no_dns,
	};
}

/* --- the engine ------------------------------------------------------------- */

static int run(const struct slirp_options *o, struct engine *e)
{
	int r;

	if (write(o->ready, "1", 1) != 1)
		return MODE_FAILED;
	close(o->ready);
	do
		r = engine_step(e);
	while (r > 0);
	return r ? MODE_FAILED : 0;
}

static int engine_main(const struct slirp_options *o, int tap, int keeper,
		       pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct names names = { .keeper = keeper };
	struct engine_plan plan = {
		.rules = make_rules(o),
		.outbound = o->outbound,
		.tap = tap,
		.exit = o->exit,
	};
	int keep[5] = { tap, keeper, o->ready, o->exit };
	size_t n = 4;
	struct engine *e;

	/* Nothing of the caller's directs libraries any more. */
	clearenv();
	names.file = sandbox_enter();
	if (null < 0 || names.file == -EIO ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		return MODE_FAILED;
	if (names.file >= 0) {
		keep[n++] = names.file;
		plan.names = &names;
	}
	e = engine_open(&plan);
	if (!e || sandbox_close(null, keep, n) < 0)
		return MODE_FAILED;
	return run(o, e);
}

/* --- the keeper ------------------------------------------------------------- */

static int keeper_main(pid_t engine, int socket)
{
	int status;

	while (names_answer(socket) > 0)
		;
	close(socket);
	while (waitpid(engine, &status, 0) < 0) {
		if (errno != EINTR)
			return MODE_FAILED;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status))
		log_msg(LOG_ERR, "the network's engine could not go on");
	else
		log_msg(LOG_ERR, "the network's engine was killed by signal %d",
			WTERMSIG(status));
	return MODE_FAILED;
}

static int start(const struct slirp_options *o, int tap)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		log_errno(-errno, "cannot make a socket pair");
		return MODE_FAILED;
	}
	pid = fork();
	if (pid < 0) {
		log_errno(-errno, "cannot start the engine");
		return MODE_FAILED;
	}
	if (pid == 0) {
		close(ends[0]);
		_exit(engine_main(o, tap, ends[1], parent));
	}
	/* Only the engine holds them: its end is the network's. */
	close(ends[1]);
	close(tap);
	close(o->ready);
	close(o->exit);
	return keeper_main(pid, ends[0]);
}

int mode_slirp(int argc, char **argv)
{
	struct slirp_options o;
	int tap;

	if (slirp_options_parse(argc, argv, &o) < 0)
		return MODE_USAGE;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return MODE_FAILED;
	/* Keys that end the user's program are not meant for its network. */
	setsid();
	signal(SIGPIPE, SIG_IGN);
	tap = make_tap(&o);
	if (tap < 0)
		return MODE_FAILED;
	/* They would keep the namespaces alive. */
	close(o.netns);
	if (o.userns >= 0)
		close(o.userns);
	return start(&o, tap);
}
