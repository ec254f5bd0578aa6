/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tun.c - tun devices that a program without privilege may use
 *
 * Names are never used again: a program that closed its device and opens the
 * name anew must not get another network's.
 */
#include "net/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>

#include "lib/base/log.h"
#include "net/link.h"

enum { TUN_SWEEP_MAX = 64 };

static int tun_mark(struct nl_sock *sk, int index, const char *network)
{
	struct ifinfomsg head = { .ifi_index = index };
	char text[sizeof(LINK_ALIAS_PREFIX) + NAME_SIZE];
	_cleanup_msg_ struct nl_msg *msg = NULL;

	snprintf(text, sizeof(text), LINK_ALIAS_PREFIX "%s", network);
	msg = nl_new(RTM_NEWLINK, 0, &head, sizeof(head));
	if (!msg)
		return -ENOMEM;
	if (nla_put_string(msg, IFLA_IFALIAS, text) < 0)
		return -EMSGSIZE;
	return nl_talk(sk, msg, NULL, NULL);
}

static int tun_open(struct ifreq *request)
{
	_cleanup_close_ int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return log_errno(-errno, "cannot open /dev/net/tun (is the "
				 "kernel's module tun there?)");
	if (ioctl(fd, TUNSETIFF, request) < 0)
		return log_errno(-errno, "cannot make a tun device");
	return TAKE_FD(fd);
}

int tun_name(char name[IFNAMSIZ])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return log_errno(-EIO, "no random number");
	snprintf(name, IFNAMSIZ, TUN_PREFIX "%012" PRIx64, number >> 16);
	return 0;
}

int tun_make(struct nl_sock *sk, const char *network, uid_t owner,
	     char name[IFNAMSIZ])
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	_cleanup_close_ int fd = -1;
	struct link l = { 0 };
	int err = tun_name(name);

	if (err)
		return err;
	memcpy(request.ifr_name, name, IFNAMSIZ);
	fd = tun_open(&request);
	if (fd < 0)
		return fd;
	err = link_find(sk, name, 0, &l);
	/* The mark first: until it is persistent it goes with us. */
	if (err == 0)
		err = tun_mark(sk, l.index, network);
	if (err == 0 && (ioctl(fd, TUNSETOWNER, (unsigned long)owner) < 0 ||
			 ioctl(fd, TUNSETPERSIST, 1UL) < 0))
		err = -errno;
	if (err)
		return log_errno(err, "cannot prepare the device %s", name);
	return l.index;
}

struct tun_sweep {
	bool (*is_lost)(void *ctx, const char *name);
	void *ctx;
	int found[TUN_SWEEP_MAX];
	size_t n;
};

static int tun_sweep_one(void *ctx, const struct link *l)
{
	struct tun_sweep *sweep = ctx;

	if (strncmp(l->name, TUN_PREFIX, sizeof(TUN_PREFIX) - 1) == 0 &&
	    l->alias[0] && sweep->n < TUN_SWEEP_MAX &&
	    sweep->is_lost(sweep->ctx, l->alias))
		sweep->found[sweep->n++] = l->index;
	return 0;
}

int tun_sweep(struct nl_sock *sk, bool (*is_lost)(void *ctx, const char *name),
	      void *ctx)
{
	struct tun_sweep sweep = { .is_lost = is_lost, .ctx = ctx };
	int err = link_each(sk, tun_sweep_one, &sweep);
	size_t i;

	for (i = 0; err == 0 && i < sweep.n; i++) {
		err = link_delete(sk, sweep.found[i]);
		if (err == -ENODEV)
			err = 0;
	}
	return err;
}
