/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tun.h - tun devices that a program without privilege may use
 */
#ifndef RUNNS_NET_TUN_H
#define RUNNS_NET_TUN_H

#include <net/if.h>
#include <stdbool.h>
#include <sys/types.h>

#include "net/nl.h"

#define TUN_PREFIX "rv-"

/** tun_name() - a name that no device ever had; 0 or -errno, logged */
int tun_name(char name[IFNAMSIZ]) _must_check_;

/**
 * tun_make() - make a device where the thread is, down and without address
 * @sk:		a socket there
 * @network:	becomes its alias
 * @owner:	who may open it, without any capability
 * @name:	set to its name, rv- and twelve digits
 *
 * It stays until it is removed, whoever opens it or ends.
 *
 * Return: its index, above 0; -errno, logged.
 */
int tun_make(struct nl_sock *sk, const char *network, uid_t owner,
	     char name[IFNAMSIZ]) _must_check_;

/**
 * tun_sweep() - remove devices that tun_make() made and nobody took inside
 * @sk:		a socket where they may be
 * @is_lost:	of the network with this name?
 *
 * Return: 0 or -errno.
 */
int tun_sweep(struct nl_sock *sk, bool (*is_lost)(void *ctx, const char *name),
	      void *ctx) _must_check_;

#endif
