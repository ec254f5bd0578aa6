/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.c - the device of a network inside, whose other end an engine holds
 */
#include "rootless/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/base/log.h"
#include "lib/sys/ns.h"
#include "net/link.h"
#include "net/route.h"
#include "net/route6.h"
#include "net/sysctl.h"

static int tap_open(const struct tap *tap)
{
	_cleanup_close_ int fd = open("/dev/net/tun",
				      O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct ifreq request = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR,
	};
	unsigned long offload = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;

	if (fd < 0)
		return log_errno(-errno, "cannot open /dev/net/tun (is the "
				 "kernel's module tun there, and may all "
				 "users open it?)");
	memccpy(request.ifr_name, tap->name, 0, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		return log_errno(-errno, "cannot make the device %s",
				 tap->name);
	if (tap->segments && ioctl(fd, TUNSETOFFLOAD, offload) < 0)
		return log_errno(-errno, "cannot set up the device %s",
				 tap->name);
	return TAKE_FD(fd);
}

static int tap_address(struct nl_sock *sk, int index, const struct tap *tap,
		       unsigned int i)
{
	bool v6 = tap->addrs[i].addr.family == 6;
	int err;

	/* No IPv6 inside is what the user, or the machine, has asked for. */
	if (v6 && sysctl_get("ipv6", tap->name, "disable_ipv6") != 0)
		return 0;
	err = v6 ? route6_add_addr(sk, index, &tap->addrs[i]) :
		   route_add_addr(sk, index, &tap->addrs[i]);
	if (err)
		return err;
	return v6 ? route6_add_default(sk, index, &tap->gateways[i]) :
		    route_add_default(sk, index, &tap->gateways[i]);
}

static int tap_configure(const struct tap *tap)
{
	_cleanup_nl_ struct nl_sock *sk = NULL;
	struct link l = { 0 };
	int err = nl_open(NETLINK_ROUTE, &sk);

	if (err == 0)
		err = link_find(sk, tap->name, 0, &l);
	if (err == 0)
		err = link_set_mtu(sk, l.index, tap->mtu);
	/* Without IPv6 in the kernel there is nothing to be switched off. */
	if (err == 0)
		err = sysctl_set("ipv6", tap->name, "accept_ra", 0);
	if (err == -ENOENT)
		err = 0;
	if (err == 0)
		err = link_start(sk, l.index, NULL);
	for (unsigned int i = 0; err == 0 && i < tap->n; i++)
		err = tap_address(sk, l.index, tap, i);
	if (err)
		return log_errno(err, "cannot set up the device %s",
				 tap->name);
	return 0;
}

static int tap_inside(void *ctx)
{
	const struct tap *tap = ctx;
	_cleanup_close_ int fd = -1;
	int err = ns_loopback_up();

	if (err)
		return log_errno(err, "cannot bring lo up");
	fd = tap_open(tap);
	if (fd < 0)
		return fd;
	err = tap_configure(tap);
	return err ? err : TAKE_FD(fd);
}

int tap_make(const struct inside *where, const struct tap *tap)
{
	return inside_run(where, tap_inside, (void *)tap);
}
