/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.c - libslirp between a tap device and the host's sockets
 *
 * One thread, one loop.  All that has arrived on the tap goes in before the
 * sockets are looked at again: libslirp walks over all of them each time.
 */
#include "rootless/engine.h"

#include <errno.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

#include "rootless/names.h"
#include "rootless/segment.h"
#include "rootless/tap.h"

enum {
	ENGINE_BATCH = 64,	/* frames, until sockets have their turn */
	ENGINE_TIMERS = 4,	/* libslirp has one: router advertisements */
	ENGINE_TAP = 0,		/* places in the list that is polled */
	ENGINE_EXIT,
	ENGINE_FIXED,
};

struct engine_timer {
	SlirpTimerCb fn;
	void *ctx;
	int64_t expire_ms;	/* -1: not running */
};

struct engine {
	struct engine_plan plan;
	Slirp *slirp;
	struct sockaddr_in out4;
	struct sockaddr_in6 out6;
	struct engine_timer timers[ENGINE_TIMERS];
	struct pollfd *polled;
	size_t n_polled;
	size_t room;
	bool gone;		/* the device is */
	bool full;		/* no memory for the list */
	uint8_t bytes[TAP_HEADER + FRAME_MAX];
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t now_ms(void)
{
	return now_ns() / 1000000;
}

/* --- what libslirp asks for ---------------------------------------------- */

/* What does not fit is lost, as on a wire. */
static ssize_t cb_send(const void *frame, size_t len, void *ctx)
{
	struct engine *e = ctx;
	size_t n = len < SEGMENT_HEADERS_MAX ? len : SEGMENT_HEADERS_MAX;
	uint8_t first[SEGMENT_HEADERS_MAX];
	struct virtio_net_hdr header;
	struct iovec parts[] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = first, .iov_len = n },
		{ .iov_base = (uint8_t *)frame + n, .iov_len = len - n },
	};

	memcpy(first, frame, n);
	segment_describe(first, len, &header);

	if (writev(e->plan.tap, parts, ARRAY_SIZE(parts)) < 0 &&
	    errno == EBADFD)
		e->gone = true;
	return (ssize_t)len;
}

static void cb_error(const char *msg, void *ctx)
{
	/* Whoever is inside could fill a log with it. */
	(void)msg;
	(void)ctx;
}

static int64_t cb_clock(void *ctx)
{
	(void)ctx;
	return now_ns();
}

static void *cb_timer_new(SlirpTimerCb fn, void *fn_ctx, void *ctx)
{
	struct engine *e = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(e->timers); i++) {
		struct engine_timer *t = &e->timers[i];

		if (!t->fn) {
			*t = (struct engine_timer){ fn, fn_ctx, -1 };
			return t;
		}
	}
	/* Never with the libslirp that is known; it cannot be told no. */
	abort();
}

static void cb_timer_free(void *timer, void *ctx)
{
	(void)ctx;
	*(struct engine_timer *)timer = (struct engine_timer){ 0 };
}

static void cb_timer_mod(void *timer, int64_t expire_ms, void *ctx)
{
	(void)ctx;
	((struct engine_timer *)timer)->expire_ms = expire_ms;
}

static void cb_poll_fd(int fd, void *ctx)
{
	(void)fd;
	(void)ctx;
}

static void cb_notify(void *ctx)
{
	(void)ctx;
}

static const SlirpCb callbacks = {
	.send_packet = cb_send,
	.guest_error = cb_error,
	.clock_get_ns = cb_clock,
	.timer_new = cb_timer_new,
	.timer_free = cb_timer_free,
	.timer_mod = cb_timer_mod,
	.register_poll_fd = cb_poll_fd,
	.unregister_poll_fd = cb_poll_fd,
	.notify = cb_notify,
};

/* --- its life --------------------------------------------------------------- */

static void put64(uint8_t *out, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static struct in6_addr address6(uint64_t prefix, uint64_t rest)
{
	struct in6_addr a;

	put64(a.s6_addr, prefix);
	put64(a.s6_addr + 8, rest);
	return a;
}

static void config_outbound(struct engine *e, SlirpConfig *c)
{
	const struct addr *out = &e->plan.outbound;

	if (out->family == 4) {
		e->out4.sin_family = AF_INET;
		memcpy(&e->out4.sin_addr, out->bytes, 4);
		c->outbound_addr = &e->out4;
	} else if (out->family == 6) {
		e->out6.sin6_family = AF_INET6;
		memcpy(&e->out6.sin6_addr, out->bytes, 16);
		c->outbound_addr6 = &e->out6;
	}
}

struct engine *engine_open(const struct engine_plan *plan)
{
	const struct frame_rules *r = &plan->rules;
	struct engine *e = calloc(1, sizeof(*e));
	SlirpConfig c = {
		.version = 4,
		.in_enabled = true,
		.vnetwork.s_addr = htonl(r->net),
		.vnetmask.s_addr = htonl(r->mask),
		.vhost.s_addr = htonl(r->gateway),
		.in6_enabled = r->ipv6,
		.vprefix_addr6 = address6(r->prefix6, 0),
		.vprefix_len = 64,
		.vhost6 = address6(r->prefix6, r->gateway6),
		.vnameserver.s_addr = htonl(r->server),
		.vnameserver6 = address6(r->prefix6, r->server6),
		.if_mtu = SEGMENT_MTU,
		.if_mru = SEGMENT_MTU,
		.disable_host_loopback = !r->loopback,
		.disable_dns = !r->dns,
		.disable_dhcp = true,
	};

	if (!e)
		return NULL;
	e->plan = *plan;
	config_outbound(e, &c);
	e->slirp = slirp_new(&c, &callbacks, e);
	if (!e->slirp) {
		free(e);
		return NULL;
	}
	return e;
}

void engine_close(struct engine *e)
{
	if (!e)
		return;
	slirp_cleanup(e->slirp);
	free(e->polled);
	free(e);
}

void engine_input(struct engine *e, uint8_t *bytes, size_t len)
{
	uint8_t *frame = bytes + TAP_HEADER;
	struct virtio_net_hdr header;

	if (len < TAP_HEADER)
		return;
	memcpy(&header, bytes, sizeof(header));
	if (segment_complete(&header, frame, len - TAP_HEADER) < 0)
		return;
	switch (frame_judge(&e->plan.rules, frame, len - TAP_HEADER)) {
	case FRAME_DROP:
		return;
	case FRAME_QUESTION:
		if (e->plan.names)
			names_refresh(e->plan.names, now_ms());
		break;
	case FRAME_PASS:
		break;
	}
	slirp_input(e->slirp, frame, (int)(len - TAP_HEADER));
}

/* Return: whether the device is still there. */
static bool engine_read(struct engine *e)
{
	for (int i = 0; i < ENGINE_BATCH; i++) {
		ssize_t n = read(e->plan.tap, e->bytes, sizeof(e->bytes));

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		engine_input(e, e->bytes, (size_t)n);
	}
	return true;
}

/* --- the loop --------------------------------------------------------------- */

static const struct {
	short poll;
	int slirp;
} events[] = {
	{ POLLIN, SLIRP_POLL_IN },   { POLLOUT, SLIRP_POLL_OUT },
	{ POLLPRI, SLIRP_POLL_PRI }, { POLLERR, SLIRP_POLL_ERR },
	{ POLLHUP, SLIRP_POLL_HUP },
};

static bool polled_add(struct engine *e, int fd, short wanted)
{
	if (e->n_polled == e->room) {
		size_t room = e->room ? e->room * 2 : 64;
		struct pollfd *more = realloc(e->polled, room * sizeof(*more));

		if (!more)
			return false;
		e->polled = more;
		e->room = room;
	}
	e->polled[e->n_polled++] = (struct pollfd){ fd, wanted, 0 };
	return true;
}

static int cb_add_poll(int fd, int wanted, void *ctx)
{
	struct engine *e = ctx;
	short bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (wanted & events[i].slirp)
			bits |= events[i].poll;
	}
	if (!polled_add(e, fd, bits)) {
		e->full = true;
		return -1;
	}
	return (int)e->n_polled - 1;
}

static int cb_get_events(int index, void *ctx)
{
	const struct engine *e = ctx;
	int bits = 0;

	if (index < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (e->polled[index].revents & events[i].poll)
			bits |= events[i].slirp;
	}
	return bits;
}

/* Return: how long until the next timer, at most @max, in milliseconds. */
static int64_t timers_next(const struct engine *e, int64_t max)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < ARRAY_SIZE(e->timers); i++) {
		int64_t at = e->timers[i].expire_ms;

		if (!e->timers[i].fn || at < 0)
			continue;
		if (at <= now)
			return 0;
		if (at - now < max)
			max = at - now;
	}
	return max;
}

static void timers_run(struct engine *e)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < ARRAY_SIZE(e->timers); i++) {
		struct engine_timer *t = &e->timers[i];

		if (t->fn && t->expire_ms >= 0 && t->expire_ms <= now) {
			t->expire_ms = -1;
			t->fn(t->ctx);
		}
	}
}

int engine_step(struct engine *e)
{
	uint32_t timeout_ms = INT32_MAX;
	int ready, err;

	e->n_polled = 0;
	if (!polled_add(e, e->plan.tap, POLLIN) ||
	    !polled_add(e, e->plan.exit, POLLIN))
		return -ENOMEM;
	slirp_pollfds_fill(e->slirp, &timeout_ms, cb_add_poll, e);
	if (e->full)
		return -ENOMEM;
	ready = poll(e->polled, e->n_polled, (int)timers_next(e, timeout_ms));
	err = ready < 0 ? -errno : 0;
	if (err && err != -EINTR)
		return err;
	if (err == 0 && e->polled[ENGINE_EXIT].revents)
		return 0;
	if (err == 0 && e->polled[ENGINE_TAP].revents && !engine_read(e))
		return 0;
	slirp_pollfds_poll(e->slirp, err != 0, cb_get_events, e);
	timers_run(e);
	return e->gone ? 0 : 1;
}
