/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.c - packets between a VPN's program and a device
 *
 * Whoever waits is woken for the first packet of many; so as many as there
 * are, up to a batch, are taken at once, before the other direction has its
 * turn.  A socket gives and takes a batch with one call, a device does not.
 */
#include "rootless/relay.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum {
	RELAY_BATCH = 64,
	RELAY_PACKET = 65536,	/* the largest that IP can have, and one more */
	/* Packets in the same place of each page would share a cache line. */
	RELAY_SLOT = RELAY_PACKET + 23 * 64,
	RELAY_TURNS = 64,	/* without a look at the descriptor that ends it */
	RELAY_IDLE_MS = 2000,
};

struct lane {
	struct mmsghdr msgs[RELAY_BATCH];
	struct iovec iovs[RELAY_BATCH];
	unsigned char packets[RELAY_BATCH][RELAY_SLOT];
};

/**
 * struct relay - the state of the loop
 * @first:	of the packets in @out that were not sent yet
 * @end:	behind the last of them
 */
struct relay {
	struct relay_ends ends;
	struct relay_count *count;
	unsigned int first, end;
	struct lane in, out;
};

static void lane_init(struct lane *lane)
{
	unsigned int i;

	for (i = 0; i < RELAY_BATCH; i++) {
		lane->iovs[i].iov_base = lane->packets[i];
		lane->iovs[i].iov_len = RELAY_PACKET;
		lane->msgs[i].msg_hdr.msg_iov = &lane->iovs[i];
		lane->msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

static bool would_wait(int err)
{
	return err == EAGAIN || err == EWOULDBLOCK || err == EINTR;
}

/* The device refuses what is no packet, and that is all. */
static int put_packet(struct relay *r, const struct mmsghdr *m)
{
	const struct iovec *iov = m->msg_hdr.msg_iov;

	if (m->msg_hdr.msg_flags & MSG_TRUNC) {
		r->count->dropped++;
		return 0;
	}
	if (write(r->ends.tun, iov->iov_base, m->msg_len) >= 0) {
		r->count->in++;
		return 0;
	}
	if (errno == EBADFD || errno == ENODEV)
		return -ENODEV;
	r->count->dropped++;
	return 0;
}

/* Return: whether there may be more; or -errno. */
static int move_in(struct relay *r)
{
	int n = recvmmsg(r->ends.vpn, r->in.msgs, RELAY_BATCH, MSG_DONTWAIT,
			 NULL);
	int i, err = 0;

	if (n < 0)
		return would_wait(errno) ? 0 : -ECONNRESET;
	for (i = 0; i < n && err == 0; i++)
		err = put_packet(r, &r->in.msgs[i]);
	return err ? err : n == RELAY_BATCH;
}

/* Return: 0, also if some have to wait; -ECONNRESET. */
static int send_out(struct relay *r)
{
	while (r->first < r->end) {
		int n = sendmmsg(r->ends.vpn, &r->out.msgs[r->first],
				 r->end - r->first,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			r->first += (unsigned int)n;
			r->count->out += (unsigned int)n;
		} else if (would_wait(errno)) {
			return 0;
		} else if (errno == EMSGSIZE || errno == ENOBUFS ||
			   errno == ENOMEM) {
			r->first++;
			r->count->dropped++;
		} else {
			return -ECONNRESET;
		}
	}
	return 0;
}

/* Return: 0; -ENODEV. */
static int take_out(struct relay *r)
{
	r->first = r->end = 0;
	while (r->end < RELAY_BATCH) {
		ssize_t n = read(r->ends.tun, r->out.packets[r->end],
				 RELAY_PACKET);

		if (n < 0 && would_wait(errno))
			return 0;
		if (n <= 0)
			return -ENODEV;
		r->out.iovs[r->end++].iov_len = (size_t)n;
	}
	return 0;
}

/* Return: whether there may be more; or -errno. */
static int move_out(struct relay *r)
{
	int err = r->first < r->end ? send_out(r) : 0;

	if (err || r->first < r->end)
		return err;
	err = take_out(r);
	if (err == 0)
		err = send_out(r);
	if (err || r->first < r->end)
		return err;
	return r->end == RELAY_BATCH;
}

/* Return: 1 to go on, 0 if that is the end, or -errno. */
static int relay_wait(struct relay *r, bool busy)
{
	bool blocked = r->first < r->end;
	struct pollfd fds[] = {
		{ .fd = r->ends.stop, .events = POLLIN },
		{ .fd = r->ends.vpn,
		  .events = blocked ? POLLIN | POLLOUT : POLLIN },
		{ .fd = r->ends.tun, .events = blocked ? 0 : POLLIN },
	};
	int n = poll(fds, ARRAY_SIZE(fds), busy ? 0 : RELAY_IDLE_MS);

	if (n < 0)
		return errno == EINTR ? 1 : -errno;
	if (n == 0)
		return busy || !r->ends.is_gone ||
			!r->ends.is_gone(r->ends.ctx) ? 1 : -ECONNRESET;
	if (fds[0].revents)
		return 0;
	if (fds[1].revents & (POLLHUP | POLLNVAL))
		return -ECONNRESET;
	return fds[2].revents & (POLLERR | POLLHUP | POLLNVAL) ? -ENODEV : 1;
}

static int relay_loop(struct relay *r)
{
	unsigned int turn;
	int in, out, go_on;

	for (turn = 0;; turn++) {
		in = move_in(r);
		if (in < 0)
			return in;
		out = move_out(r);
		if (out < 0)
			return out;
		if ((in || out) && turn % RELAY_TURNS)
			continue;
		go_on = relay_wait(r, in || out);
		if (go_on <= 0)
			return go_on;
	}
}

int relay_run(const struct relay_ends *ends, struct relay_count *count)
{
	/* Pages that no packet ever reaches are never there. */
	struct relay *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err;

	if (r == MAP_FAILED)
		return -errno;
	r->ends = *ends;
	r->count = count;
	lane_init(&r->in);
	lane_init(&r->out);
	err = relay_loop(r);
	munmap(r, sizeof(*r));
	return err;
}
