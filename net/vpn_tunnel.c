/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_tunnel.c - the life of one tunnel: started, applied, ended, again
 *
 * With the kill switch a device stays inside when its program has ended: what
 * is sent then goes nowhere, and connections outlast it.  Without, it goes,
 * so that the network's own way out is used.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/sys/file.h"
#include "net/link.h"
#include "net/steer_dns.h"
#include "net/tunnel.h"
#include "net/tunnel_dns.h"
#include "net/vpn.h"
#include "net/vpn_spawn.h"
#include "net/vpn_tunnel.h"

enum {
	BACKOFF_FIRST_MS = 1000,
	BACKOFF_MAX_MS = 60000,
	BACKOFF_FORGET_MS = 60000,	/* up for so long: all is well again */
	LOOK_MS = 5000,
};

static void tunnel_later(struct vpn_tunnel *t)
{
	long long now = file_now_ms();

	if (t->up_at && now - t->up_at >= BACKOFF_FORGET_MS)
		t->backoff_ms = BACKOFF_FIRST_MS;
	t->start_at = now + t->backoff_ms;
	t->backoff_ms *= 2;
	if (t->backoff_ms > BACKOFF_MAX_MS)
		t->backoff_ms = BACKOFF_MAX_MS;
	t->up_at = 0;
}

static void tunnel_drop_device(struct vpn_tunnel *t)
{
	int err = 0;

	if (t->device && !t->vpn->plan.kill_switch) {
		err = link_delete(t->vpn->in, t->device);
		t->device = 0;
	}
	if (err && err != -ENODEV)
		log_errno(err, "%s: cannot remove tun%u", t->vpn->plan.name,
			  t->number);
}

static void tunnel_clear(struct vpn_tunnel *t)
{
	size_t i;

	t->kind->stop(t);
	for (i = 0; i < VPN_FDS_MAX; i++) {
		base_close(&t->fds[i].fd);
		t->fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	}
	t->running = false;
	t->server[0] = '\0';
}

void vpn_tunnel_init(struct vpn_tunnel *t, struct vpn *v, unsigned int number)
{
	size_t i;

	t->vpn = v;
	t->number = number;
	t->pidfd = t->output = -1;
	t->backoff_ms = BACKOFF_FIRST_MS;
	for (i = 0; i < VPN_FDS_MAX; i++)
		t->fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
}

void vpn_tunnel_start(struct vpn_tunnel *t)
{
	int err;

	t->start_at = 0;
	t->last[0] = '\0';
	t->last_is_error = t->told = false;
	t->running = true;
	vpn_set_state(t, VPN_STARTING);
	err = t->kind->start(t);
	if (err) {
		if (!t->error[0])
			vpn_set_error(t, "cannot be started: %s",
				      strerror(-err));
		vpn_tunnel_end(t);
		return;
	}
	t->tick_at = file_now_ms() + t->kind->tick_ms;
	t->look_at = file_now_ms() + LOOK_MS;
}

void vpn_tunnel_end(struct vpn_tunnel *t)
{
	bool had = t->pidfd >= 0;
	int status = vpn_reap(t, true);

	if (had && !t->told)
		vpn_set_error(t, "ended with status %d%s%s", status,
			      t->last[0] ? ": " : "", t->last);
	tunnel_clear(t);
	tunnel_drop_device(t);
	t->restarts++;
	tunnel_later(t);
	vpn_set_state(t, VPN_DEAD);
}

void vpn_tunnel_stop(struct vpn_tunnel *t)
{
	if (t->running) {
		vpn_reap(t, true);
		tunnel_clear(t);
	}
	tunnel_drop_device(t);
	free(t->tunnel);
	t->tunnel = NULL;
}

/* Without the kill switch there is another default route to be preferred to. */
static int tunnel_in_front(struct tunnel *t)
{
	uint32_t i, n = t->n_routes;

	for (i = 0; i < n; i++) {
		struct addr_net half = t->routes[i];
		int err;

		if (half.prefix)
			continue;
		half.prefix = 1;
		half.addr.bytes[0] = 0x80;
		t->routes[i].prefix = 1;
		err = tunnel_add_route(t, &half);
		if (err)
			return err;
	}
	return 0;
}

static int tunnel_keep(struct vpn_tunnel *t, const struct tunnel *tunnel)
{
	if (!t->tunnel)
		t->tunnel = malloc(sizeof(*t->tunnel));
	if (!t->tunnel)
		return -ENOMEM;
	if (t->tunnel != tunnel)
		*t->tunnel = *tunnel;
	return t->vpn->plan.kill_switch ? 0 : tunnel_in_front(t->tunnel);
}

static int tunnel_take(struct vpn_tunnel *t, int index)
{
	char name[IFNAMSIZ];
	struct tunnel_way way = {
		.from = t->vpn->out,
		.to = t->vpn->in,
		.ns = t->vpn->ns,
		.network = t->vpn->plan.name,
		.name = name,
	};
	int inside;

	snprintf(name, sizeof(name), "tun%u", t->number);
	inside = tunnel_move(&way, index);
	if (inside > 0)
		t->device = inside;
	return inside < 0 ? inside : 0;
}

/* Look-ups go to the servers that are known now. */
static int tunnel_steer(const struct vpn *v)
{
	const struct fw_backend *fw = fw_find(v->record.firewall);
	struct steer_dns dns;
	int err;

	if (!v->plan.strict_dns || !fw)
		return 0;
	err = steer_dns_read(v->h, v->plan.name, &dns);
	dns.anew = false;
	return err ? err : steer_dns_set(v->h, fw, v->ns, &dns);
}

static int tunnel_names(struct vpn *v)
{
	const struct tunnel *up[PROFILE_VPN_MAX];
	size_t i, n = 0;
	int err;

	for (i = 0; i < v->n; i++)
		if (v->tunnels[i].tunnel)
			up[n++] = v->tunnels[i].tunnel;
	err = tunnel_dns(v->h, &v->plan, &v->record, up, n);
	return err ? err : tunnel_steer(v);
}

/* Networks that hang on this one shall leave by the new device. */
static void tunnel_tell_children(const struct vpn *v)
{
	int err = outer_again(v->outer.home, v->plan.name, v->record.cookie,
			      v->conf);

	if (err)
		log_errno(err, "%s: cannot mend what hangs on it",
			  v->plan.name);
}

int vpn_apply(struct vpn_tunnel *t, int index, const struct tunnel *tunnel)
{
	int err = index ? tunnel_take(t, index) : 0;

	if (err == 0)
		err = tunnel_keep(t, tunnel);
	if (err == 0)
		err = tunnel_apply(t->vpn->in, t->device, t->tunnel,
				   t->number);
	if (err == 0)
		err = tunnel_names(t->vpn);
	if (err) {
		vpn_set_error(t, "cannot set up tun%u: %s", t->number,
			      strerror(-err));
		return err;
	}
	if (!t->up_at)
		t->up_at = file_now_ms();
	if (index)
		tunnel_tell_children(t->vpn);
	return 0;
}

static int tunnel_look(struct vpn_tunnel *t)
{
	struct link l;
	int err;

	if (t->state != VPN_UP)
		return 0;
	err = link_find(t->vpn->in, NULL, t->device, &l);
	if (err == -ENODEV)
		vpn_set_error(t, "somebody has removed tun%u", t->number);
	return err;
}

long long vpn_tunnel_due(const struct vpn_tunnel *t)
{
	if (!t->running)
		return t->start_at;
	return t->kind->tick && t->tick_at < t->look_at ? t->tick_at :
							  t->look_at;
}

void vpn_tunnel_clock(struct vpn_tunnel *t, long long now)
{
	int err = 0;

	if (!t->running) {
		if (now >= t->start_at)
			vpn_tunnel_start(t);
		return;
	}
	if (now >= t->look_at) {
		t->look_at = now + LOOK_MS;
		err = tunnel_look(t);
	}
	if (err == 0 && t->kind->tick && now >= t->tick_at) {
		t->tick_at = now + t->kind->tick_ms;
		err = t->kind->tick(t);
	}
	if (err)
		vpn_tunnel_end(t);
}

void vpn_tunnel_again(struct vpn_tunnel *t)
{
	if (t->state == VPN_UP && vpn_apply(t, 0, t->tunnel))
		vpn_tunnel_end(t);
	/* Whoever asks for it does not want to wait. */
	if (!t->running) {
		t->backoff_ms = BACKOFF_FIRST_MS;
		t->start_at = 0;
	}
}
