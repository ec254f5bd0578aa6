/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpnfd.h - the socket that a VPN's program hands to its script
 *
 * openconnect --script-tun, and OpenVPN with a patch: the variable VPNFD has
 * the number of one end of a pair of datagram sockets.
 */
#ifndef ROOTLESS_VPNFD_H
#define ROOTLESS_VPNFD_H

#include <stdbool.h>

#include "lib/base/base.h"

/**
 * vpnfd_open() - the socket that VPNFD names, and nothing else
 * @value:	of the variable, or NULL
 *
 * Return: that descriptor, which no other program gets from now on; -EINVAL,
 * logged.
 */
int vpnfd_open(const char *value) _must_check_;

/**
 * struct vpnfd_watch - asks the kernel whether the other end is closed
 * @sk:		socket in the namespace where the pair was made
 */
struct vpnfd_watch {
	struct nl_sock *sk;
	int fd;
};

/**
 * vpnfd_is_gone() - has every process closed the other end?
 * @watch:	a struct vpnfd_watch
 *
 * Return: false also where the kernel cannot tell (sock_diag(7)).
 */
bool vpnfd_is_gone(void *watch);

#endif
