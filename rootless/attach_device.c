/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attach_device.c - the device of a VPN, made inside
 *
 * It is not persistent: when the last descriptor is closed, however that
 * happens, the kernel removes it together with its addresses and routes.
 */
#include "rootless/attach_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "lib/base/log.h"
#include "lib/sys/ns.h"
#include "net/link.h"
#include "net/tunnel.h"
#include "rootless/attach_away.h"

static int open_tun(char name[IFNAMSIZ])
{
	/* The kernel finds the number. */
	struct ifreq request = {
		.ifr_name = "tun%d",
		.ifr_flags = IFF_TUN | IFF_NO_PI,
	};
	_cleanup_close_ int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC |
				      O_NONBLOCK);

	if (fd < 0)
		return log_errno(-errno, "cannot open /dev/net/tun (is the "
				 "kernel's module tun there?)");
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		return log_errno(-errno, "cannot make a tun device inside");
	memcpy(name, request.ifr_name, IFNAMSIZ);
	return TAKE_FD(fd);
}

static int is_way_out(void *ctx, const struct link *l)
{
	(void)ctx;
	return l->up && !l->loopback;
}

static int no_other_way(struct nl_sock *sk)
{
	int r = link_each(sk, is_way_out, NULL);

	if (r < 0)
		return log_errno(r, "cannot look at the devices inside");
	if (r > 0)
		return log_errno(-EEXIST, "inside there is another way out, "
				 "that would be used when the VPN goes: use "
				 "network none, and end another VPN first");
	return 0;
}

static int set_up(struct nl_sock *sk, const struct attach_device *d)
{
	struct link l;
	int err = link_find(sk, d->name, 0, &l);

	if (err)
		return log_errno(err, "cannot find the device %s", d->name);
	err = away_clear(sk);
	if (err == 0)
		err = away_add(sk, &d->env->away);
	return err ? err : tunnel_apply(sk, l.index, &d->env->tunnel, 0);
}

/* Runs inside. */
static int make(void *ctx)
{
	struct attach_device *d = ctx;
	_cleanup_close_ int fd = -1;
	_cleanup_nl_ struct nl_sock *sk = NULL;
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err)
		return log_errno(err, "cannot open a netlink socket");
	err = ns_loopback_up();
	if (err)
		return log_errno(err, "cannot bring lo up");
	err = no_other_way(sk);
	if (err)
		return err;
	fd = open_tun(d->name);
	if (fd < 0)
		return fd;
	err = d->bare ? 0 : set_up(sk, d);
	return err ? err : TAKE_FD(fd);
}

/* What the child inside called it. */
static int read_name(int fd, char name[IFNAMSIZ])
{
	struct ifreq request = { 0 };

	if (ioctl(fd, TUNGETIFF, &request) < 0)
		return -errno;
	memcpy(name, request.ifr_name, IFNAMSIZ);
	return 0;
}

int attach_device_make(const struct inside *where, struct attach_device *d)
{
	_cleanup_close_ int fd = inside_run(where, make, d);
	int err = fd < 0 ? fd : read_name(fd, d->name);

	if (fd >= 0 && err)
		return log_errno(err, "cannot ask for the device's name");
	return err ? err : TAKE_FD(fd);
}
