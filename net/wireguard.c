/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wireguard.c - tunnels by WireGuard
 *
 * By the kernel, or by wireguard-go where it has no such devices.  The device
 * is made and configured outside, so that its socket stays there, and then
 * taken in.  wireguard-go runs as the VPNs' user, without any capability; its
 * socket for wg(8) is made by us.
 *
 * There is no connection: a tunnel counts as up while a peer has answered not
 * long ago, which every peer is made to by a keep-alive now and then.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include "lib/policy/wgconf.h"
#include "lib/sys/file.h"
#include "lib/sys/proc.h"
#include "net/build.h"
#include "net/dir.h"
#include "net/link.h"
#include "net/tun.h"
#include "net/vpn.h"

#define SOCKET_DIR "/var/run/wireguard"

enum {
	TICK_MS = 1000,
	WG_MS = 8000,		/* it may have to look names up */
	ALIVE_S = 180,		/* after that the keys are no longer valid */
	RESOLVE_S = 150,
	SHOW_SIZE = 8192,
	SOCKET_TRIES = 100,
};

/**
 * struct wireguard - one device
 * @name:	that it was made with
 * @device:	its index, while it is outside
 * @kernel:	it is the kernel's, and not wireguard-go's
 * @configured:	it knows its peers
 * @begun:	file_now_ms()
 */
struct wireguard {
	struct wgconf conf;
	char *memory;
	char name[IFNAMSIZ];
	int device;
	bool kernel;
	bool configured;
	long long begun;
};

static int read_conf(struct vpn_tunnel *t, struct wireguard *w)
{
	_cleanup_free_ char *dir = strdup(t->config);
	_cleanup_close_ int at = -1;
	_cleanup_close_ int fd = -1;
	char *text = NULL, *slash = dir ? strrchr(dir, '/') : NULL;
	struct diag d = { 0 };
	char why[400];
	size_t len = 0;
	int err;

	w->memory = malloc(WGCONF_OUT_SIZE);
	if (!slash || slash == dir || !w->memory)
		return slash == dir ? -EINVAL : -ENOMEM;
	*slash = '\0';
	at = file_open_dir(t->vpn->h->root, dir + 1);
	fd = at < 0 ? at : file_open_trusted(at, slash + 1);
	err = fd < 0 ? fd : file_read_all(fd, WGCONF_TEXT_MAX, &text, &len);
	if (err) {
		vpn_set_error(t, "%s: %s", t->config, file_explain(err));
		return err;
	}
	err = wgconf_parse(t->config, (struct slice){ text, len }, w->memory,
			   &w->conf, &d);
	explicit_bzero(text, len);
	free(text);
	if (err) {
		diag_format(&d, why, sizeof(why));
		vpn_set_error(t, "%s", why);
	} else if (w->conf.ignored[0]) {
		vpn_log(t, LOG_WARNING, "%s: left out: %s", t->config,
			w->conf.ignored);
	}
	return err;
}

static int make_kernel(struct vpn_tunnel *t, struct wireguard *w)
{
	struct ifinfomsg head = { 0 };
	char alias[sizeof(LINK_ALIAS_PREFIX) + NAME_SIZE];
	_cleanup_msg_ struct nl_msg *msg = NULL;
	struct nlattr *info;
	struct link l;
	int err;

	snprintf(alias, sizeof(alias), LINK_ALIAS_PREFIX "%s",
		 t->vpn->plan.name);
	err = tun_name(w->name);
	msg = nl_new(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head,
		     sizeof(head));
	if (err || !msg)
		return err ? err : -ENOMEM;
	if (nla_put_string(msg, IFLA_IFNAME, w->name) < 0 ||
	    nla_put_string(msg, IFLA_IFALIAS, alias) < 0)
		return -EMSGSIZE;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "wireguard") < 0)
		return -EMSGSIZE;
	nla_nest_end(msg, info);
	err = nl_talk(t->vpn->out, msg, NULL, NULL);
	if (err == 0)
		err = link_find(t->vpn->out, w->name, 0, &l);
	if (err)
		return err;
	w->kernel = true;
	return l.index;
}

/* A socket that wg(8) finds, and that wireguard-go may watch. */
static int make_socket(const struct vpn_tunnel *t, const struct wireguard *w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (mkdir(SOCKET_DIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	snprintf(at.sun_path, sizeof(at.sun_path), SOCKET_DIR "/%s.sock",
		 w->name);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    chmod(at.sun_path, 0600) < 0 ||
	    chown(at.sun_path, t->vpn->uid, t->vpn->gid) < 0 ||
	    listen(fd, 4) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/*
 * wireguard-go insists on setting its device's MTU, which takes a privilege
 * over the whole network that it stands in: the host's.  It is told that it
 * has set it; the right one is set inside.
 */
static int pretend_mtu(void)
{
	const unsigned int low = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1]) + low),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIOCSIFMTU, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ?
		       -errno : 0;
}

static int spawn_go(struct vpn_tunnel *t, const struct wireguard *w)
{
	_cleanup_close_ int sock = make_socket(t, w);
	char program[64], socket_fd[32];
	const char *const argv[] = { program, "-f", w->name, NULL };
	const char *const envp[] = { socket_fd, "LOG_LEVEL=error", NULL };
	const int keep[] = { sock, -1 };
	const struct vpn_program p = {
		.argv = argv, .envp = envp, .keep = keep, .stdin_fd = -1,
		.confine = pretend_mtu,
	};

	if (sock < 0)
		return log_errno(sock, "cannot make a socket in " SOCKET_DIR);
	snprintf(socket_fd, sizeof(socket_fd), "WG_UAPI_FD=%d", sock);
	if (vpn_find_program("wireguard-go", "wireguard-go", program) < 0)
		return -ENOENT;
	return vpn_spawn(t, &p);
}

static int make_device(struct vpn_tunnel *t, struct wireguard *w)
{
	char program[64];

	w->device = make_kernel(t, w);
	if (w->device != -EOPNOTSUPP)
		return w->device < 0 ? w->device : 0;
	w->device = 0;
	if (vpn_find_program("wireguard-go", "wireguard-go", program) < 0) {
		vpn_set_error(t, "the kernel has no WireGuard devices "
			      "(CONFIG_WIREGUARD), and wireguard-go is not "
			      "installed");
		return -EOPNOTSUPP;
	}
	w->device = tun_make(t->vpn->out, t->vpn->plan.name, t->vpn->uid,
			     w->name);
	return w->device < 0 ? w->device : spawn_go(t, w);
}

/* What it printed is in @out_fd, from the beginning. */
static int run_wg(const char *const argv[], int out_fd)
{
	static const char *const envp[] = {
		"WG_ENDPOINT_RESOLUTION_RETRIES=1", NULL
	};
	struct proc_child child = {
		.argv = argv, .envp = envp, .timeout_ms = WG_MS,
		.out_fd = out_fd,
	};
	int status = proc_run(&child);

	return status > 0 ? -EIO : status;
}

static int configure(struct vpn_tunnel *t, struct wireguard *w)
{
	_cleanup_close_ int fd = memfd_create("wireguard", MFD_CLOEXEC);
	char program[64], path[64];
	const char *const argv[] = { program, "setconf", w->name, path, NULL };
	const struct buf *b = &w->conf.out;
	int err = vpn_find_program("wg", "wireguard-tools", program);

	if (err || fd < 0)
		return err ? err : -errno;
	if (fchmod(fd, 0600) < 0 ||
	    write(fd, b->text, b->len) != (ssize_t)b->len)
		return -EIO;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	err = run_wg(argv, -1);
	if (err) {
		vpn_set_error(t, "wg does not accept the configuration, or "
			      "cannot look up an Endpoint");
		return err;
	}
	w->configured = true;
	err = vpn_apply(t, w->device, &w->conf.tunnel);
	if (err == 0)
		w->device = 0;
	return err;
}

static int wireguard_start(struct vpn_tunnel *t)
{
	struct wireguard *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	t->data = w;
	w->begun = file_now_ms();
	if (t->vpn->plan.vpn_uplink[0]) {
		vpn_set_error(t, "InterfaceOut is not supported with "
			      "WireGuard");
		return -EOPNOTSUPP;
	}
	err = read_conf(t, w);
	if (err == 0)
		err = make_device(t, w);
	return err || !w->kernel ? err : configure(t, w);
}

struct show {
	const struct vpn_tunnel *t;
	const struct wireguard *w;
	int out;
};

static int show_run(void *ctx)
{
	const struct show *s = ctx;
	char program[64], inside[IFNAMSIZ];
	const char *const argv[] = {
		program, "show", s->w->kernel ? inside : s->w->name,
		"latest-handshakes", NULL,
	};
	int err = vpn_find_program("wg", "wireguard-tools", program);

	snprintf(inside, sizeof(inside), "tun%u", s->t->number);
	return err ? err : run_wg(argv, s->out);
}

/* Seconds since a peer has answered last; -ENODATA: none ever has; -errno. */
static long long handshake_age(const struct vpn_tunnel *t,
			       const struct wireguard *w)
{
	_cleanup_close_ int out = memfd_create("handshakes", MFD_CLOEXEC);
	struct show show = { .t = t, .w = w, .out = out };
	char text[SHOW_SIZE];
	long long newest = 0;
	const char *at = text;
	ssize_t n;
	int err = out < 0 ? -errno : 0;

	if (err == 0)
		err = w->kernel ? build_inside(t->vpn->h, t->vpn->ns, show_run,
					       &show) : show_run(&show);
	if (err)
		return err;
	n = pread(out, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	while ((at = strchr(at, '\t'))) {
		long long when = strtoll(++at, NULL, 10);

		newest = when > newest ? when : newest;
	}
	return newest ? (long long)time(NULL) - newest : -ENODATA;
}

static int wireguard_tick(struct vpn_tunnel *t)
{
	struct wireguard *w = t->data;
	long long age;

	/* wireguard-go takes a moment until it listens. */
	if (!w->configured)
		return configure(t, w);
	age = handshake_age(t, w);
	if (age < 0 && age != -ENODATA)
		return (int)age;
	if (age >= 0 && age < ALIVE_S) {
		vpn_set_state(t, VPN_UP);
		return 0;
	}
	if (age >= ALIVE_S && t->state == VPN_UP) {
		vpn_set_state(t, VPN_RECONNECTING);
		vpn_set_error(t, "no peer answers any more");
	}
	/* A peer may have moved to another address. */
	if (age == -ENODATA)
		age = (file_now_ms() - w->begun) / 1000;
	return w->conf.by_name && age > RESOLVE_S ? -ETIMEDOUT : 0;
}

static int wireguard_event(struct vpn_tunnel *t, const struct pollfd *fd)
{
	(void)t;
	(void)fd;
	return 0;
}

static void wireguard_stop(struct vpn_tunnel *t)
{
	struct wireguard *w = t->data;
	char path[sizeof(SOCKET_DIR) + IFNAMSIZ + 8];

	if (!w)
		return;
	if (w->name[0] && !w->kernel) {
		snprintf(path, sizeof(path), SOCKET_DIR "/%s.sock", w->name);
		(void)unlink(path);
	}
	if (w->device > 0)
		(void)!link_delete(t->vpn->out, w->device);
	if (w->memory)
		explicit_bzero(w->memory, WGCONF_OUT_SIZE);
	free(w->memory);
	free(w);
	t->data = NULL;
}

/* Does nobody listen there any more? */
static bool is_dead(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
							 SOCK_NONBLOCK, 0);

	if (snprintf(at.sun_path, sizeof(at.sun_path), SOCKET_DIR "/%s",
		     name) >= (int)sizeof(at.sun_path))
		return false;
	return fd >= 0 &&
	       connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0 &&
	       errno == ECONNREFUSED;
}

static int sweep_one(void *ctx, const char *name)
{
	const int *dir = ctx;

	if (strncmp(name, TUN_PREFIX, sizeof(TUN_PREFIX) - 1) == 0 &&
	    is_dead(name))
		(void)unlinkat(*dir, name, 0);
	return 0;
}

void wireguard_sweep(void)
{
	_cleanup_close_ int dir = open(SOCKET_DIR, O_RDONLY | O_DIRECTORY |
						   O_NOFOLLOW | O_CLOEXEC);

	if (dir >= 0)
		(void)!dir_each(dir, sweep_one, &dir);
}

const struct vpn_kind vpn_wireguard = {
	.name = "wireguard",
	.start = wireguard_start,
	.event = wireguard_event,
	.tick = wireguard_tick,
	.stop = wireguard_stop,
	.tick_ms = TICK_MS,
};
