/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_start.c - the supervisor of a network's VPNs: started, found, ended
 *
 * It is whoever holds the lock vpn.NAME.  A process is signalled by a
 * descriptor that was opened before the lock was seen to be held by its
 * number, so that it cannot be another one.
 */
#include "net/vpn_start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/num.h"
#include "lib/session/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/proc.h"
#include "net/dir.h"
#include "net/tun.h"
#include "net/vpn_state.h"

enum {
	WANT_SIZE = 32 * 1024,
	START_MS = 10000,
	STOP_MS = 8000,		/* its programs say good-bye to their servers */
	KILL_MS = 2000,
	BORN_MS = 1000,
	POLL_MS = 20,
};

#define WANT_FILE "vpn.want"
#define SELF "/proc/self/exe"
#define WANT_CONF "conf="

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

static void lock_name(char *out, size_t size, const char *name)
{
	snprintf(out, size, "vpn.%s", name);
}

/* The number in the lock's file; 0 if there is none (yet). */
static pid_t lock_pid(const struct host *h, const char *file)
{
	char text[16];
	uint64_t n;
	ssize_t len = file_read_small(h->lock, file, text, sizeof(text));

	if (len <= 0 || num_parse(text, (size_t)len, INT32_MAX, &n) < 0)
		return 0;
	return (pid_t)n;
}

static int find_once(const struct host *h, const char *file, bool *held)
{
	pid_t pid = lock_pid(h, file);
	_cleanup_close_ int fd = -1;
	_cleanup_close_ int lock = -1;

	if (pid > 0)
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
	lock = file_lock(h->lock, file, 0);
	*held = lock == -ETIMEDOUT;
	if (lock >= 0)
		return -ESRCH;
	if (lock != -ETIMEDOUT)
		return lock;
	return fd >= 0 && lock_pid(h, file) == pid ? TAKE_FD(fd) : -EAGAIN;
}

/*
 * The supervisor of @name.
 *
 * Return: pidfd; -ESRCH if there is none; -errno.
 */
static int find(const struct host *h, const char *name)
{
	long long deadline = file_now_ms() + BORN_MS;
	char file[NAME_SIZE + 8];
	bool held;
	int fd;

	lock_name(file, sizeof(file), name);
	/* One that was just born has not written its number yet. */
	while ((fd = find_once(h, file, &held)) == -EAGAIN &&
	       file_now_ms() < deadline)
		usleep(POLL_MS * 1000);
	return fd;
}

/* The lock's file stays: no VPN was ever there without one. */
static bool had_any(const struct host *h, const char *name)
{
	char file[NAME_SIZE + 8];

	lock_name(file, sizeof(file), name);
	return faccessat(h->lock, file, F_OK, 0) == 0;
}

bool vpn_is_attended(const struct host *h, const char *name)
{
	char file[NAME_SIZE + 8];
	_cleanup_close_ int lock = -1;

	if (!had_any(h, name))
		return false;
	lock_name(file, sizeof(file), name);
	lock = file_lock(h->lock, file, 0);
	return lock == -ETIMEDOUT;
}

pid_t vpn_supervisor(const struct host *h, const char *name)
{
	char file[NAME_SIZE + 8];

	lock_name(file, sizeof(file), name);
	return vpn_is_attended(h, name) ? lock_pid(h, file) : 0;
}

static bool ends(int pidfd, int timeout_ms)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	return poll(&end, 1, timeout_ms) > 0;
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
	_cleanup_close_ int fd = -1;
	int err;

	if (!had_any(h, name))
		return 0;
	fd = find(h, name);
	err = fd;
	if (fd >= 0) {
		(void)syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0);
		if (!ends(fd, STOP_MS))
			(void)syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL,
				      0);
		err = ends(fd, KILL_MS) ? 0 : -ETIMEDOUT;
	} else if (fd == -ESRCH) {
		err = 0;
	}
	if (err == 0)
		err = stop_sweep(name);
	if (err)
		return log_errno(err, "%s: cannot end what looks after its VPN",
				 name);
	return 0;
}

/* As a unit of its own, where systemd is. */
static bool start_unit(const char *name)
{
	char unit[sizeof("runns-vpn@.service") + NAME_SIZE];
	const char *const argv[] = {
		"/usr/bin/systemctl", "--quiet", "--no-ask-password",
		"--no-block", "restart", unit, NULL,
	};
	struct proc_child child = {
		.argv = argv, .timeout_ms = START_MS, .out_fd = -1,
	};

	snprintf(unit, sizeof(unit), "runns-vpn@%s.service", name);
	return proc_systemd_is_init() && proc_run(&child) == 0;
}

static int start_daemon(const char *name)
{
	const char *const argv[] = { SELF, "__vpn", "--daemon", name, NULL };
	struct proc_child child = {
		.argv = argv,
		.detach = true,
		.timeout_ms = START_MS,
		.out_fd = isatty(STDERR_FILENO) ? STDERR_FILENO : -1,
	};
	int status = proc_run(&child);

	if (status < 0)
		return status;
	return status ? -ECHILD : 0;
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
	fd = find(h, plan->name);
	if (fd >= 0 && !other)
		return (int)syscall(SYS_pidfd_send_signal, fd, SIGHUP, NULL, 0);
	err = vpn_stop(h, plan->name);
	if (err == 0)
		err = vpn_state_forget(h, plan->name);
	if (err == 0 && !start_unit(plan->name))
		err = start_daemon(plan->name);
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
