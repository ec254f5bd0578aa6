/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_start.h - the supervisor of a network's VPNs, for `up', `down' and `gc'
 */
#ifndef RUNNS_NET_VPN_START_H
#define RUNNS_NET_VPN_START_H

#include <sys/types.h>

#include "net/conf.h"
#include "net/host.h"

/**
 * vpn_start() - have the VPNs of a network that stands looked after
 * @conf:	path of the configuration, NULL: the default one
 *
 * A supervisor that is there already is told to look after what may have
 * changed inside, or replaced if it knows other VPNs than @plan has.  None is
 * there for a plan without VPN: then it is ended.  Does not wait for a
 * connection.
 *
 * Return: 0 or -errno, logged.
 */
int vpn_start(const struct host *h, const struct plan *plan, const char *conf)
	_must_check_;

/**
 * vpn_stop() - end the supervisor of @name and all that it has outside
 *
 * Return: 0, also if there is none; -errno, logged.
 */
int vpn_stop(const struct host *h, const char *name) _must_check_;

/**
 * vpn_wait() - wait until the VPNs of @name are up
 *
 * Return: 0; -ETIMEDOUT, logged with what is in the way.
 */
int vpn_wait(const struct host *h, const char *name, int timeout_ms)
	_must_check_;

/** vpn_is_attended() - is there a supervisor for @name? */
bool vpn_is_attended(const struct host *h, const char *name);

/** vpn_supervisor() - its number; 0 if there is none */
pid_t vpn_supervisor(const struct host *h, const char *name);

/** vpn_sweep() - devices and sockets outside of networks that are gone */
int vpn_sweep(const struct host *h) _must_check_;

/**
 * vpn_start_conf() - which configuration `up' went by
 * @path:	freed by the caller; NULL: the default one
 *
 * Return: 0; -ENOENT if `up' wanted no VPN; -errno; logged.
 */
int vpn_start_conf(const struct host *h, const char *name, char **path)
	_must_check_;

#endif
