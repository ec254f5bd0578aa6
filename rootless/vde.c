/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vde.c - runns-rootless vde: a port of a virtual Ethernet
 *
 * vde_plug(1), libvdeplug.  The library's plugins may do whatever their URL
 * asks for, so there is no filter of system calls; what they can do the caller
 * can.
 */
#include <errno.h>
#include <libvdeplug.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "rootless/frame.h"
#include "rootless/mode.h"
#include "rootless/slirp_options.h"
#include "rootless/tap.h"

enum { VDE_BATCH = 64 };

/**
 * struct vde - a port
 * @frame:	struct virtio_net_hdr, always 0, and one frame
 */
struct vde {
	VDECONN *conn;
	int tap;
	uint8_t frame[TAP_HEADER + FRAME_MAX];
};

/* Return: whether the device is still there. */
static bool vde_outwards(struct vde *v)
{
	for (int i = 0; i < VDE_BATCH; i++) {
		ssize_t n = read(v->tap, v->frame, sizeof(v->frame));

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		/* What the other side does not take is lost, as on a wire. */
		if (n > TAP_HEADER)
			(void)vde_send(v->conn, v->frame + TAP_HEADER,
				       (size_t)n - TAP_HEADER, 0);
	}
	return true;
}

/* Return: whether the other side is still there. */
static bool vde_inwards(struct vde *v)
{
	ssize_t n = vde_recv(v->conn, v->frame + TAP_HEADER, FRAME_MAX, 0);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	/* One byte is how the library says that there is nothing. */
	if (n < FRAME_ETHER)
		return true;
	memset(v->frame, 0, TAP_HEADER);
	return write(v->tap, v->frame, TAP_HEADER + (size_t)n) >= 0 ||
	       errno != EBADFD;
}

static int vde_run(struct vde *v, int exit_fd)
{
	struct pollfd fds[] = {
		{ .fd = v->tap, .events = POLLIN },
		{ .fd = vde_datafd(v->conn), .events = POLLIN },
		{ .fd = exit_fd, .events = POLLIN },
		/* Of a switch: the end of it is the switch's. */
		{ .fd = vde_ctlfd(v->conn), .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return MODE_FAILED;
		}
		if (fds[2].revents ||
		    (fds[0].revents && !vde_outwards(v)))
			return 0;
		if (fds[3].revents || (fds[1].revents && !vde_inwards(v))) {
			log_msg(LOG_ERR, "the virtual Ethernet has ended");
			return MODE_FAILED;
		}
	}
}

static int vde_connect(const struct slirp_options *o, char *url,
		       struct vde *v)
{
	struct inside where = { .userns = o->userns, .netns = o->netns };
	struct tap tap = { .name = o->ifname, .mtu = o->mtu };

	v->conn = vde_open(url, (char *)"runns", NULL);
	if (!v->conn)
		return log_errno(-errno, "cannot connect to %s", url);
	v->tap = tap_make(&where, &tap);
	if (v->tap < 0)
		return v->tap;
	/* They would keep the namespaces alive. */
	close(o->netns);
	if (o->userns >= 0)
		close(o->userns);
	return 0;
}

int mode_vde(int argc, char **argv)
{
	static struct vde v;
	struct slirp_options o;
	char ready = '1';

	if (argc < 2 || slirp_options_parse(argc - 1, argv + 1, &o) < 0)
		return MODE_USAGE;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return MODE_FAILED;
	setsid();
	signal(SIGPIPE, SIG_IGN);
	if (vde_connect(&o, argv[1], &v) < 0 ||
	    write(o.ready, &ready, 1) != 1)
		return MODE_FAILED;
	close(o.ready);
	return vde_run(&v, o.exit);
}
