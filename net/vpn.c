/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn.c - the supervisor of a network's VPNs: `runns-net __vpn NAME'
 *
 * There is one for each network, which is who holds the lock vpn.NAME; its
 * number stands in that file.  TERM ends it and its programs; HUP makes it
 * look after what somebody may have changed.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

#include "lib/base/log.h"
#include "lib/session/handle.h"
#include "lib/sys/file.h"
#include "lib/sys/nss.h"
#include "net/build.h"
#include "net/cmd.h"
#include "net/supervisor.h"
#include "net/tun.h"
#include "net/vpn_spawn.h"
#include "net/vpn_start.h"
#include "net/vpn_tunnel.h"

#define VPN_USER "runns-vpn"

enum {
	NOBODY = 65534,
	LOCK_MS = 3000,
	PRESENT_MS = 5000,	/* between looks whether the network is there */
	SLOT_PID = 0, SLOT_OUTPUT, SLOT_FDS,
	SLOTS = SLOT_FDS + VPN_FDS_MAX,
};

static const struct vpn_kind *const kinds[] = {
	[PROFILE_OPENVPN] = &vpn_openvpn,
	[PROFILE_WIREGUARD] = &vpn_wireguard,
	[PROFILE_OPENCONNECT] = &vpn_openconnect,
};

/* In the network's namespace. */
static int vpn_open_inner(void *ctx)
{
	struct vpn *v = ctx;

	return nl_open(NETLINK_ROUTE, &v->in);
}

static void vpn_user(struct vpn *v)
{
	struct nss_user user;

	v->uid = NOBODY;
	v->gid = NOBODY;
	if (nss_user_by_name(VPN_USER, &user) < 0 || user.uid == 0)
		return;
	v->uid = user.uid;
	v->gid = user.gid;
}

static int vpn_tunnels(struct vpn *v)
{
	const struct profile *p = v->plan.profile;
	size_t i;

	for (i = 0; i < p->n_vpns; i++) {
		struct vpn_tunnel *t = &v->tunnels[i];
		enum profile_vpn_kind kind = p->vpns[i].kind;

		vpn_tunnel_init(t, v, (unsigned int)i);
		t->config = strndup(p->vpns[i].value.p, p->vpns[i].value.len);
		if (!t->config)
			return -ENOMEM;
		if (kind >= ARRAY_SIZE(kinds) || !kinds[kind])
			return log_errno(-EOPNOTSUPP, "%s: this kind of VPN is "
					 "not built yet", v->plan.name);
		t->kind = kinds[kind];
		v->n++;
	}
	return v->n ? 0 : -ENOENT;
}

/* To where its own packets leave. */
static int vpn_enter(struct vpn *v)
{
	const struct record *r = &v->record;
	int err = outer_enter(v->h, r->parent, r->parent_cookie, &v->outer);

	if (err == -ENOENT)
		log_errno(err, "%s: its Parent %s is gone", r->name, r->parent);
	if (err == 0)
		v->h = &v->outer.host;
	return err;
}

static int vpn_open(struct vpn *v, const struct conf *conf, const char *name)
{
	struct request request = { 0 };
	int err = record_read(v->h, name, &v->record);

	if (err)
		return log_errno(err, "%s: no network of ours", name);
	/* One that was built from a pattern. */
	if (!profile_find_netns(&conf->profiles,
				(struct slice){ name, strlen(name) }))
		snprintf(request.section, sizeof(request.section), "%s",
			 v->record.section);
	err = conf_plan(conf, &request, name, &v->plan);
	if (err)
		return err;
	if (!v->plan.profile || !v->plan.vpn)
		return log_errno(-ENOENT, "%s: its section names no VPN", name);
	v->ns = handle_open(v->h->root, name);
	if (v->ns < 0)
		return host_explain(v->ns, handle_explain, name);
	if (build_is_ours(&v->record, v->ns) != 1)
		return log_errno(-ESTALE, "%s: not the namespace that was "
				 "recorded", name);
	err = vpn_enter(v);
	if (err)
		return err;
	err = nl_open(NETLINK_ROUTE, &v->out);
	if (err == 0)
		err = build_inside(v->h, v->ns, vpn_open_inner, v);
	if (err)
		return log_errno(err, "%s: cannot open netlink sockets", name);
	vpn_user(v);
	return vpn_tunnels(v);
}

static void vpn_close(struct vpn *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		vpn_tunnel_stop(&v->tunnels[i]);
	for (i = 0; i < PROFILE_VPN_MAX; i++)
		free(v->tunnels[i].config);
	nl_close(v->in);
	nl_close(v->out);
	base_close(&v->ns);
	if (v->h == &v->outer.host)
		outer_leave(&v->outer);
}

static bool vpn_is_mine(void *ctx, const char *name)
{
	const struct vpn *v = ctx;

	return strcmp(v->plan.name, name) == 0;
}

static void loop_slots(const struct vpn_tunnel *t, struct pollfd *slots)
{
	slots[SLOT_PID] = (struct pollfd){ .fd = t->pidfd, .events = POLLIN };
	slots[SLOT_OUTPUT] = (struct pollfd){ .fd = t->output,
					      .events = POLLIN };
	memcpy(slots + SLOT_FDS, t->fds, sizeof(t->fds));
}

static void loop_tunnel(struct vpn_tunnel *t, const struct pollfd *slots)
{
	int err = 0;
	size_t i;

	if (slots[SLOT_OUTPUT].revents)
		vpn_output(t);
	for (i = 0; i < VPN_FDS_MAX && err == 0; i++) {
		const struct pollfd *fd = &slots[SLOT_FDS + i];

		if (fd->revents && t->fds[i].fd == fd->fd)
			err = t->kind->event(t, fd);
	}
	if (err || slots[SLOT_PID].revents)
		vpn_tunnel_end(t);
}

/* How long to sleep, in milliseconds. */
static int loop_pause(const struct vpn *v, long long now)
{
	long long due = now + PRESENT_MS;
	size_t i;

	for (i = 0; i < v->n; i++) {
		long long at = vpn_tunnel_due(&v->tunnels[i]);

		due = at < due ? at : due;
	}
	return due > now ? (int)(due - now) : 0;
}

/* Has `down' taken its record away, or somebody all of /run/runns? */
static bool loop_is_orphan(const struct vpn *v, long long now)
{
	static long long looked;
	_cleanup_close_ int dir = -1;

	if (now - looked < PRESENT_MS)
		return false;
	looked = now;
	dir = record_dir(v->h, v->plan.name, false);
	return dir == -ENOENT;
}

/* Does a signal end us? */
static bool loop_signal(struct vpn *v, int signals)
{
	struct signalfd_siginfo info;
	size_t i;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo != SIGHUP)
		return true;
	for (i = 0; i < v->n; i++)
		vpn_tunnel_again(&v->tunnels[i]);
	return false;
}

static void vpn_loop(struct vpn *v, int signals)
{
	struct pollfd slots[1 + PROFILE_VPN_MAX * SLOTS];
	bool end = false;
	size_t i;

	while (!end) {
		long long now = file_now_ms();

		if (loop_is_orphan(v, now))
			break;
		for (i = 0; i < v->n; i++) {
			vpn_tunnel_clock(&v->tunnels[i], now);
			loop_slots(&v->tunnels[i], slots + 1 + i * SLOTS);
		}
		slots[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
		if (poll(slots, 1 + v->n * SLOTS, loop_pause(v, now)) <= 0)
			continue;
		for (i = 0; i < v->n; i++)
			loop_tunnel(&v->tunnels[i], slots + 1 + i * SLOTS);
		end = slots[0].revents && loop_signal(v, signals);
	}
}

static int vpn_run(struct vpn *v, bool detach, int lock)
{
	_cleanup_close_ int signals = -1;
	int err = supervisor_begin(lock, detach, "runns-vpn", &signals);

	if (err <= 0)
		return err;
	openlog(VPN_LOG_TAG, 0, LOG_DAEMON);
	/* Of a supervisor that was killed. */
	if (tun_sweep(v->out, vpn_is_mine, v) < 0)
		log_msg(LOG_WARNING, "%s: an old device may be left",
			v->plan.name);
	vpn_loop(v, signals);
	return 0;
}

int cmd_vpn(const struct host *h, const struct options *o, char **names, int n)
{
	_cleanup_close_ int lock = -1;
	struct vpn *v = calloc(1, sizeof(*v));
	_cleanup_free_ char *path = NULL;
	struct conf conf = { 0 };
	int err = v ? 0 : -ENOMEM;

	(void)n;
	if (v)
		v->ns = -1;
	if (err == 0 && !name_is_valid((struct slice){ names[0],
						       strlen(names[0]) }))
		err = log_errno(-EINVAL, "not a name for a network");
	if (err == 0) {
		v->h = h;
		lock = host_lock(h, "vpn.", names[0], LOCK_MS);
		err = lock < 0 ? lock : vpn_start_conf(h, names[0], &path);
	}
	if (err == 0)
		err = conf_load(h, path, &conf);
	if (err == 0) {
		v->conf = path;
		err = vpn_open(v, &conf, names[0]);
	}
	if (err == 0)
		err = vpn_run(v, o->daemon, lock);
	if (v)
		vpn_close(v);
	conf_free(&conf);
	free(v);
	return err ? EXIT_FAILED : 0;
}
