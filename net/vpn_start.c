/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_start.c - the supervisor of a network's VPNs: started, found, ended
 */
#include "net/vpn_start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "net/supervisor.h"
#include "net/tun.h"
#include "net/vpn_state.h"

enum {
	WANT_SIZE = 32 * 1024,
	STOP_MS = 8000,		/* its programs say good-bye to their servers */
	POLL_MS = 20,
};

#define WANT_FILE "vpn.want"
#define WANT_CONF "conf="

static const struct supervisor vpn_supervisors = {
	.lock = "vpn.",
	.command = "__vpn",
	.unit = "runns-vpn@",
	.stop_ms = STOP_MS,
};

/* A file that was edited is another one. */
static void want_file(struct buf *b, const struct host *h, struct slice path)
{
	char text[PROFILE_LINE_MAX];
	struct stat st;

	if (path.len < 2 || path.len >= sizeof(text) || path.p[0] != '/')
		return;
	snprintf(text, sizeof(text), "%.*s", SLICE_ARG(path));
	if (fstatat(h->root, text + 1, &st, 0) == 0)
		buf_addf(b, " %llu %lld.%09ld",
			 (unsigned long long)st.st_ino,
			 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* All that a supervisor goes by, so that two of them can be told apart. */
static void want_text(struct buf *b, const struct host *h,
		      const struct plan *plan, const char *conf)
{
	const struct profile *p = plan->profile;
	size_t i;

	buf_addf(b, WANT_CONF "%s\nuplink=%s\nscripts=%d\nkill-switch=%d\n",
		 conf ? conf : "", plan->vpn_uplink, plan->vpn_scripts,
		 plan->kill_switch);
	for (i = 0; i < p->n_vpns; i++) {
		buf_addf(b, "vpn=%d %.*s", (int)p->vpns[i].kind,
			 SLICE_ARG(p->vpns[i].value));
		want_file(b, h, p->vpns[i].value);
		buf_addc(b, '\n');
	}
}

/* 1 if it was another before, 0 if not, -errno. */
static int want_write(const struct host *h, const struct plan *plan,
		      const char *conf)
{
	_cleanup_close_ int dir = record_dir(h, plan->name, false);
	_cleanup_free_ char *memory = malloc(WANT_SIZE);
	struct buf b;
	int err;

	if (dir < 0)
		return dir;
	if (!memory)
		return -ENOMEM;
	buf_init(&b, memory, WANT_SIZE);
	want_text(&b, h, plan, conf);
	err = buf_status(&b);
	return err ? err : file_update(dir, WANT_FILE, 0600, b.text, b.len);
}

int vpn_start_conf(const struct host *h, const char *name, char **path)
{
	_cleanup_close_ int dir = record_dir(h, name, false);
	_cleanup_free_ char *text = malloc(WANT_SIZE);
	ssize_t n = dir < 0 ? dir : -ENOMEM;
	const char *start;

	*path = NULL;
	if (dir >= 0 && text)
		n = file_read_small(dir, WANT_FILE, text, WANT_SIZE);
	if (n < 0)
		return log_errno((int)n, "%s has no VPN to be looked after",
				 name);
	start = text + sizeof(WANT_CONF) - 1;
	if (strncmp(text, WANT_CONF, sizeof(WANT_CONF) - 1) != 0)
		return log_errno(-EINVAL, "%s: " WANT_FILE " makes no sense",
				 name);
	if (*start == '\n')
		return 0;
	*path = strndup(start, strcspn(start, "\n"));
	return *path ? 0 : -ENOMEM;
}

bool vpn_is_attended(const struct host *h, const char *name)
{
	return supervisor_is_there(h, &vpn_supervisors, name);
}

pid_t vpn_supervisor(const struct host *h, const char *name)
{
	return supervisor_pid(h, &vpn_supervisors, name);
}

static bool is_it(void *ctx, const char *name)
{
	return strcmp(ctx, name) == 0;
}

static int stop_sweep(const char *name)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	wireguard_sweep();
	return err ? err : tun_sweep(sk, is_it, (void *)name);
}

int vpn_stop(const struct host *h, const char *name)
{
	int err;

	if (!supervisor_had_any(h, &vpn_supervisors, name))
		return 0;
	err = supervisor_stop(h, &vpn_supervisors, name);
	if (err == 0)
		err = stop_sweep(name);
	if (err)
		return log_errno(err, "%s: cannot end what looks after its VPN",
				 name);
	return 0;
}

int vpn_start(const struct host *h, const struct plan *plan, const char *conf)
{
	_cleanup_close_ int fd = -1;
	int err, other;

	if (!plan->vpn)
		return vpn_stop(h, plan->name);
	other = want_write(h, plan, conf);
	if (other < 0)
		return log_errno(other, "%s: cannot note its VPN", plan->name);
	fd = supervisor_find(h, &vpn_supervisors, plan->name);
	if (fd >= 0 && !other)
		return (int)syscall(SYS_pidfd_send_signal, fd, SIGHUP, NULL, 0);
	err = vpn_stop(h, plan->name);
	if (err == 0)
		err = vpn_state_forget(h, plan->name);
	if (err == 0)
		err = supervisor_start(&vpn_supervisors, plan->name);
	if (err)
		return log_errno(err, "%s: cannot start what looks after its "
				 "VPN (the log says why)", plan->name);
	return 0;
}

int vpn_wait(const struct host *h, const char *name, int timeout_ms)
{
	long long deadline = file_now_ms() + timeout_ms;
	_cleanup_close_ int dir = record_dir(h, name, false);
	struct vpn_seen seen;

	if (dir < 0 || faccessat(dir, WANT_FILE, F_OK, 0) < 0)
		return 0;
	do {
		if (vpn_state_read(h, name, &seen) == 0 &&
		    strcmp(seen.state, "up") == 0)
			return 0;
		usleep(POLL_MS * 1000);
	} while (file_now_ms() < deadline);
	return log_errno(-ETIMEDOUT, "%s: its VPN is %s%s%s", name,
			 seen.state[0] ? seen.state : "not started",
			 seen.error[0] ? ": " : "", seen.error);
}

/* Networks without a record are gone. */
static bool is_gone(void *ctx, const char *name)
{
	const struct host *h = ctx;
	_cleanup_close_ int dir = record_dir(h, name, false);

	return dir == -ENOENT;
}

int vpn_sweep(const struct host *h)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	wireguard_sweep();
	if (err == 0)
		err = tun_sweep(sk, is_gone, (void *)h);
	if (err)
		return log_errno(err, "cannot look for devices of VPNs");
	return 0;
}
