/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach.c - the script program of a VPN: its packets, in a network inside
 *
 * Stands where the VPN's program stands, without any capability: a child makes
 * the device inside and hands it over.  The device lives as long as this
 * process, so that what is inside loses its network with the VPN.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <linux/netlink.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/sys/file.h"
#include "net/nl.h"
#include "rootless/attach_device.h"
#include "rootless/attach_hold.h"
#include "rootless/attach_script.h"
#include "rootless/mode.h"
#include "rootless/relay.h"
#include "rootless/vpnfd.h"

enum { LOCK_MS = 5000, RESOLV_SIZE = 4096 };

/* The file is there, and nobody else locks it. */
#define RESOLV "resolv.conf"

/**
 * struct attach - what was asked for, and what there is
 * @dir:	the instance's directory, or -1
 * @script:	sets addresses and routes; NULL: this does
 * @reason:	of the script at first
 */
struct attach {
	struct inside where;
	int mntns, dir;
	const char *script;
	const char *reason;
	int vpn, tun, stop, lock, hold;
	struct oc_env env;
	struct attach_device device;
};

static const struct option options[] = {
	{ "userns", required_argument, NULL, 'u' },
	{ "netns", required_argument, NULL, 'n' },
	{ "mntns", required_argument, NULL, 'm' },
	{ "dir", required_argument, NULL, 'd' },
	{ "script", required_argument, NULL, 's' },
	{ 0 },
};

/* Return: a descriptor, which programs that are started do not get. */
static int read_fd(const char *text)
{
	uint64_t n;

	if (num_parse(text, strlen(text), INT_MAX, &n) < 0 ||
	    fcntl((int)n, F_SETFD, FD_CLOEXEC) < 0)
		return log_errno(-EBADF, "attach: %s is no descriptor", text);
	return (int)n;
}

static int on_option(struct attach *a, int code, const char *arg)
{
	int *to = code == 'u' ? &a->where.userns :
		  code == 'n' ? &a->where.netns :
		  code == 'm' ? &a->mntns :
		  code == 'd' ? &a->dir : NULL;

	if (code == 's') {
		a->script = arg;
		return 0;
	}
	if (!to)
		return -EINVAL;
	*to = read_fd(arg);
	return *to < 0 ? *to : 0;
}

/* Inside, the working directory is another one. */
static int find_script(struct attach *a)
{
	static char path[PATH_MAX];

	if (!a->script || a->script[0] == '/' || !strchr(a->script, '/'))
		return 0;
	if (!realpath(a->script, path))
		return log_errno(-errno, "%s", a->script);
	a->script = path;
	return 0;
}

static int read_options(struct attach *a, int argc, char **argv)
{
	int code, err = 0;

	while (err == 0 &&
	       (code = getopt_long(argc, argv, "", options, NULL)) != -1)
		err = on_option(a, code, optarg);
	if (err == 0 && (optind < argc || a->where.userns < 0 ||
			 a->where.netns < 0))
		err = log_errno(-EINVAL, "attach: --userns and --netns are "
				"needed, and no other words");
	return err ? err : find_script(a);
}

static void read_variables(struct attach *a)
{
	char **e;

	for (e = environ; *e; e++) {
		const char *is = strchr(*e, '=');

		if (is)
			oc_env_add(&a->env,
				   (struct slice){ *e, (size_t)(is - *e) },
				   (struct slice){ is + 1, strlen(is + 1) });
	}
}

/* openconnect --script-tun tells no reason. */
static int read_reason(struct attach *a)
{
	const char *reason = getenv("reason");

	if (!reason || a->env.reason == OC_CONNECT)
		a->reason = "connect";
	else if (a->env.reason == OC_RECONNECT)
		a->reason = "reconnect";
	else
		return log_errno(-EINVAL, "reason %s: only connect and "
				 "reconnect mean anything here", reason);
	return 0;
}

static int read_environment(struct attach *a)
{
	int err;

	read_variables(a);
	err = read_reason(a);
	if (err)
		return err;
	if (a->env.too_many)
		return log_errno(-E2BIG, "the VPN tells of more than %d "
				 "networks in a list", OC_ROUTES_MAX);
	err = oc_env_tunnel(&a->env);
	if (err)
		return log_errno(err, "the VPN gave no address "
				 "(INTERNAL_IP4_ADDRESS)");
	if (a->env.left_out)
		log_msg(LOG_WARNING, "%u of the VPN's addresses, routes and "
			"names are ignored", a->env.left_out);
	a->vpn = vpnfd_open(getenv("VPNFD"));
	return a->vpn < 0 ? a->vpn : 0;
}

static int catch_signals(struct attach *a)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	a->stop = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return a->stop < 0 ? -errno : 0;
}

/* One VPN at a time: one that ends may take a moment. */
static int take_turn(struct attach *a)
{
	if (a->dir < 0)
		return 0;
	a->lock = file_lock(a->dir, RESOLV, LOCK_MS);
	if (a->lock == -ETIMEDOUT)
		return log_errno(-EBUSY, "another VPN is attached");
	if (a->lock < 0)
		return log_errno(a->lock, "cannot lock the instance");
	return 0;
}

/* Without a VPN, @t is NULL, names resolve nowhere. */
static int write_resolv(const struct attach *a, const struct tunnel *t)
{
	BUF(b, RESOLV_SIZE);
	int r;

	if (a->dir < 0)
		return 0;
	if (t)
		tunnel_resolv(&b, &t, 1);
	r = file_update(a->dir, RESOLV, 0644, b.text, b.len);
	return r < 0 ? log_errno(r, "cannot write resolv.conf inside") : 0;
}

static int start(struct attach *a)
{
	int err = take_turn(a);

	if (err)
		return err;
	if (a->mntns >= 0) {
		a->hold = attach_hold(&a->where, a->mntns);
		if (a->hold < 0)
			return a->hold;
	}
	a->device.env = &a->env;
	a->device.bare = a->script;
	a->tun = attach_device_make(&a->where, &a->device);
	return a->tun < 0 ? a->tun : write_resolv(a, &a->env.tunnel);
}

static int relay(struct attach *a)
{
	_cleanup_nl_ struct nl_sock *diag = NULL;
	struct vpnfd_watch watch = { .fd = a->vpn };
	struct relay_ends ends = {
		.vpn = a->vpn,
		.tun = a->tun,
		.stop = a->stop,
		.ctx = &watch,
	};
	struct relay_count count = { 0 };
	int err = nl_open(NETLINK_SOCK_DIAG, &diag);

	/* Without it the end is seen with the next packet out. */
	if (err == 0)
		ends.is_gone = vpnfd_is_gone;
	watch.sk = diag;
	err = relay_run(&ends, &count);
	if (err == -ECONNRESET)
		return 0;
	return err ? log_errno(err, "device %s", a->device.name) : 0;
}

static int run(struct attach *a)
{
	struct attach_script script = {
		.path = a->script,
		.device = a->device.name,
		.stop = a->stop,
		.where = a->where,
		.mntns = a->mntns,
	};
	int err = 0, last = 0;

	if (a->script)
		err = attach_script_run(&script, a->reason);
	if (err == 0)
		err = relay(a);
	if (a->script)
		last = attach_script_run(&script, "disconnect");
	if (write_resolv(a, NULL) < 0)
		last = -EIO;
	return err && err != -EINTR ? err : last;
}

int mode_attach(int argc, char **argv)
{
	struct attach a = {
		.where = { .userns = -1, .netns = -1 },
		.mntns = -1, .dir = -1,
		.vpn = -1, .tun = -1, .stop = -1, .lock = -1,
		.hold = -1,
	};

	if (read_options(&a, argc, argv) < 0)
		return MODE_USAGE;
	if (read_environment(&a) < 0 || catch_signals(&a) < 0)
		return MODE_FAILED;
	if (start(&a) < 0 || run(&a) < 0)
		return MODE_FAILED;
	return 0;
}
