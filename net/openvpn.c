/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * openvpn.c - tunnels by openvpn(8)
 *
 * openvpn has no privilege, runs nothing and changes no device, address or
 * route: it gets a tun device of its user's to open, reports over its
 * management interface what the server pushes, and the supervisor does what
 * of it makes sense.  It connects to a socket that is gone once it has done
 * so.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/base/buf.h"
#include "lib/policy/ovpn_conf.h"
#include "lib/policy/ovpn_event.h"
#include "lib/session/paths.h"
#include "net/link.h"
#include "net/openvpn_conf.h"
#include "net/tun.h"
#include "net/vpn.h"

enum {
	FD_LISTEN, FD_CONN,
	SOCKET_NAME_SIZE = NAME_SIZE + 8,
	ARGS_MAX = 40,
	ANSWER_SIZE = 4 * OPENVPN_SECRET_MAX,
	REFUSED_MS = 60000,	/* not to be locked out by trying */
};

/**
 * struct openvpn - one openvpn
 * @conf:	what it reads, and what to answer when it asks
 * @device:	index of its tun, while that is outside; 0: inside
 * @collect:	variables are being told
 * @goes_up:	they are of a tunnel that is up
 * @applied:	the inside is set up
 * @line:	of its management interface, as far as it was read
 */
struct openvpn {
	struct openvpn_conf conf;
	char name[IFNAMSIZ];
	char socket[SOCKET_NAME_SIZE];
	int device;
	bool collect, goes_up, applied, too_long;
	struct ovpn_env env;
	struct tunnel tunnel;
	char line[OVPN_EVENT_LINE_MAX];
	size_t len;
};

static int listen_open(struct vpn_tunnel *t, struct openvpn *o)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;

	snprintf(o->socket, sizeof(o->socket), "%s.%u", t->vpn->plan.name,
		 t->number);
	snprintf(at.sun_path, sizeof(at.sun_path), "/" PATH_RUN_VPN "/%s",
		 o->socket);
	(void)unlinkat(t->vpn->h->vpn, o->socket, 0);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    fchownat(t->vpn->h->vpn, o->socket, t->vpn->uid, t->vpn->gid,
		     AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(t->vpn->h->vpn, o->socket, 0600, 0) < 0 ||
	    listen(fd, 1) < 0)
		return log_errno(-errno, "cannot listen at %s", at.sun_path);
	t->fds[FD_LISTEN].fd = TAKE_FD(fd);
	return 0;
}

static int spawn(struct vpn_tunnel *t, struct openvpn *o)
{
	const struct plan *plan = &t->vpn->plan;
	char program[64], conf[32], path[128];
	char dir[PROFILE_LINE_MAX] = "/";
	int keep[] = { o->conf.fd, -1 };
	const char *argv[ARGS_MAX] = {
		program, "--config", conf, "--dev", o->name, "--dev-type",
		"tun", "--disable-dco", "--ifconfig-noexec",
		"--route-noexec", "--persist-tun", "--persist-key",
		"--allow-recursive-routing",
		"--suppress-timestamps", "--management", path, "unix",
		"--management-client", "--management-hold",
		"--management-up-down", "--management-query-passwords",
		"--cd", dir,
	};
	struct vpn_program p = {
		.argv = argv, .keep = keep, .stdin_fd = -1,
		.root = plan->vpn_scripts,
	};
	size_t n = 23;
	int err = vpn_find_program("openvpn", "openvpn", program);

	if (err)
		return err;
	snprintf(conf, sizeof(conf), "/proc/self/fd/%d", o->conf.fd);
	snprintf(path, sizeof(path), "/" PATH_RUN_VPN "/%s", o->socket);
	if (plan->vpn_scripts) {
		snprintf(dir, sizeof(dir), "%.*s",
			 (int)(strrchr(t->config, '/') - t->config), t->config);
	} else {
		argv[n++] = "--script-security";
		argv[n++] = "0";
	}
	if (plan->vpn_uplink[0]) {
		argv[n++] = "--bind-dev";
		argv[n++] = plan->vpn_uplink;
	}
	return vpn_spawn(t, &p);
}

static int openvpn_start(struct vpn_tunnel *t)
{
	struct vpn *v = t->vpn;
	struct openvpn *o = calloc(1, sizeof(*o));
	char why[400];
	int err;

	if (!o)
		return -ENOMEM;
	o->conf.fd = -1;
	t->data = o;
	err = openvpn_conf_make(v->h, t->config, v->plan.vpn_scripts, &o->conf,
				why);
	if (err) {
		vpn_set_error(t, "%s", why);
		return err;
	}
	if (fchown(o->conf.fd, v->uid, v->gid) < 0 ||
	    fchmod(o->conf.fd, 0400) < 0)
		return log_errno(-errno, "cannot hand the configuration over");
	err = listen_open(t, o);
	if (err)
		return err;
	o->device = tun_make(v->out, v->plan.name, v->uid, o->name);
	return o->device < 0 ? o->device : spawn(t, o);
}

static void openvpn_stop(struct vpn_tunnel *t)
{
	struct openvpn *o = t->data;

	if (!o)
		return;
	if (o->socket[0])
		(void)unlinkat(t->vpn->h->vpn, o->socket, 0);
	if (o->device > 0)
		(void)!link_delete(t->vpn->out, o->device);
	openvpn_conf_free(&o->conf);
	explicit_bzero(o, sizeof(*o));
	free(o);
	t->data = NULL;
}

static int openvpn_accept(struct vpn_tunnel *t, struct openvpn *o)
{
	_cleanup_close_ int fd = accept4(t->fds[FD_LISTEN].fd, NULL, NULL,
					 SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (fd < 0)
		return errno == EAGAIN || errno == ECONNABORTED ? 0 : -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	/* Other programs of that user's are strangers. */
	if (peer.pid != t->pid)
		return 0;
	t->fds[FD_CONN].fd = TAKE_FD(fd);
	base_close(&t->fds[FD_LISTEN].fd);
	t->fds[FD_LISTEN].fd = -1;
	(void)unlinkat(t->vpn->h->vpn, o->socket, 0);
	o->socket[0] = '\0';
	return 0;
}

static int answer(const struct vpn_tunnel *t, const struct buf *b)
{
	int err = buf_status(b);

	if (err)
		return err;
	/* It reads what it asked for: so little always fits. */
	return send(t->fds[FD_CONN].fd, b->text, b->len, MSG_NOSIGNAL) ==
	       (ssize_t)b->len ? 0 : -EPIPE;
}

static int say(const struct vpn_tunnel *t, const char *text)
{
	BUF(b, 64);

	buf_adds(&b, text);
	return answer(t, &b);
}

static int answer_secret(struct vpn_tunnel *t, struct slice realm,
			 const char *user, const char *password)
{
	BUF(b, ANSWER_SIZE);
	int err;

	if (user) {
		buf_addf(&b, "username \"%.*s\" ", SLICE_ARG(realm));
		ovpn_quote(&b, user);
		buf_addc(&b, '\n');
	}
	buf_addf(&b, "password \"%.*s\" ", SLICE_ARG(realm));
	ovpn_quote(&b, password);
	buf_addc(&b, '\n');
	err = answer(t, &b);
	explicit_bzero(b.text, b.size);
	return err;
}

static int refuse(struct vpn_tunnel *t, const char *what, struct slice more)
{
	vpn_set_error(t, "%s: %.*s", what, SLICE_ARG(more));
	t->backoff_ms = REFUSED_MS;
	return -EACCES;
}

static int on_login(struct vpn_tunnel *t, struct openvpn *o,
		    const struct ovpn_event *e)
{
	if (!slice_is(e->name, "Auth") || !o->conf.password[0])
		return refuse(t, "a name and a password are asked for, and "
			      "auth-user-pass names no file", e->name);
	return answer_secret(t, e->name, o->conf.user, o->conf.password);
}

static int on_secret(struct vpn_tunnel *t, struct openvpn *o,
		     const struct ovpn_event *e)
{
	if (!slice_is(e->name, "Private Key") || !o->conf.pass[0])
		return refuse(t, "a password is asked for, and askpass names "
			      "no file", e->name);
	return answer_secret(t, e->name, NULL, o->conf.pass);
}

static int on_variable(struct vpn_tunnel *t, struct openvpn *o,
		       const struct ovpn_event *e)
{
	if (o->collect && ovpn_env_add(&o->env, e->name, e->value))
		vpn_log(t, LOG_WARNING, "ignored: %.*s=%.*s",
			SLICE_ARG(e->name), SLICE_ARG(e->value));
	return 0;
}

static int on_end(struct vpn_tunnel *t, struct openvpn *o)
{
	unsigned int left_out = 0;
	int err;

	o->collect = false;
	if (!o->goes_up) {
		vpn_set_state(t, VPN_RECONNECTING);
		return 0;
	}
	err = ovpn_env_tunnel(&o->env, &o->tunnel, &left_out);
	if (err) {
		vpn_set_error(t, "the server gave no address");
		return err;
	}
	if (left_out)
		vpn_log(t, LOG_WARNING, "%u of the pushed addresses, routes "
			"and names were ignored", left_out);
	err = vpn_apply(t, o->device, &o->tunnel);
	if (err)
		return err;
	o->device = 0;
	o->applied = true;
	vpn_set_state(t, VPN_UP);
	return 0;
}

static int on_connected(struct vpn_tunnel *t, const struct openvpn *o,
			const struct ovpn_event *e)
{
	struct addr a;

	t->server[0] = '\0';
	if (addr_parse(e->name, &a) == 0)
		addr_format(&a, t->server);
	/* The device was kept: nothing else is told. */
	vpn_set_state(t, o->applied ? VPN_UP : t->state);
	return 0;
}

static int on_event(struct vpn_tunnel *t, struct openvpn *o,
		    const struct ovpn_event *e)
{
	switch (e->kind) {
	case OVPN_HOLD:
		return say(t, "state on\nhold release\n");
	case OVPN_CONNECTED:
		return on_connected(t, o, e);
	case OVPN_LOST:
		vpn_set_state(t, VPN_RECONNECTING);
		vpn_set_error(t, "connection lost: %.*s", SLICE_ARG(e->name));
		return 0;
	case OVPN_UP:
	case OVPN_DOWN:
		o->collect = true;
		o->goes_up = e->kind == OVPN_UP;
		o->env = (struct ovpn_env){ 0 };
		return 0;
	case OVPN_ENV:
		return on_variable(t, o, e);
	case OVPN_ENV_END:
		return o->collect ? on_end(t, o) : 0;
	case OVPN_NEED_LOGIN:
		return on_login(t, o, e);
	case OVPN_NEED_SECRET:
		return on_secret(t, o, e);
	case OVPN_NEED_OTHER:
		return refuse(t, "something is asked for that cannot be "
			      "answered", e->name);
	case OVPN_REJECTED:
		return refuse(t, "the server does not let us in", e->name);
	case OVPN_FATAL:
		vpn_set_error(t, "%.*s", SLICE_ARG(e->name));
		return 0;
	case OVPN_NOTHING:
	case OVPN_BUSY:
		break;
	}
	return 0;
}

static int one_line(struct vpn_tunnel *t, struct openvpn *o)
{
	struct ovpn_event e;
	size_t len = o->len;

	o->len = 0;
	if (o->too_long) {
		o->too_long = false;
		return 0;
	}
	if (len && o->line[len - 1] == '\r')
		len--;
	ovpn_event((struct slice){ o->line, len }, &e);
	return on_event(t, o, &e);
}

static int openvpn_read(struct vpn_tunnel *t, struct openvpn *o)
{
	char text[4096];
	ssize_t i, n = read(t->fds[FD_CONN].fd, text, sizeof(text));
	int err = 0;

	if (n <= 0)
		return n < 0 && errno == EAGAIN ? 0 : -EPIPE;
	for (i = 0; i < n && err == 0; i++) {
		if (text[i] == '\n')
			err = one_line(t, o);
		else if (o->len == sizeof(o->line))
			o->too_long = true;
		else
			o->line[o->len++] = text[i];
	}
	return err;
}

static int openvpn_event(struct vpn_tunnel *t, const struct pollfd *fd)
{
	struct openvpn *o = t->data;

	return fd->fd == t->fds[FD_LISTEN].fd ? openvpn_accept(t, o) :
						 openvpn_read(t, o);
}

const struct vpn_kind vpn_openvpn = {
	.name = "openvpn",
	.start = openvpn_start,
	.event = openvpn_event,
	.stop = openvpn_stop,
};
