/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.h - a process of ours that looks after a part of a network
 *
 * It is whoever holds the lock KIND.NAME, in whose file its number stands.
 */
#ifndef RUNNS_NET_SUPERVISOR_H
#define RUNNS_NET_SUPERVISOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "net/host.h"

/**
 * struct supervisor - a kind of them
 * @lock:	its lock without the network's name: "vpn."
 * @command:	what runns-net is started with
 * @unit:	its systemd unit without the network's name: "runns-vpn@"
 * @stop_ms:	how long it may take to end what it looks after
 */
struct supervisor {
	const char *lock;
	const char *command;
	const char *unit;
	int stop_ms;
};

/**
 * supervisor_find() - who looks after @name
 *
 * Return: pidfd that the caller closes; -ESRCH if nobody does; -errno.
 */
int supervisor_find(const struct host *h, const struct supervisor *s,
		    const char *name) _must_check_;

/** supervisor_had_any() - did one ever look after a network of that name? */
bool supervisor_had_any(const struct host *h, const struct supervisor *s,
			const char *name);

/** supervisor_pid() - its number; 0 if there is none */
pid_t supervisor_pid(const struct host *h, const struct supervisor *s,
		     const char *name);

/** supervisor_is_there() - is there one for @name? */
bool supervisor_is_there(const struct host *h, const struct supervisor *s,
			 const char *name);

/**
 * supervisor_start() - start one: as a unit where systemd is, else detached
 *
 * Return: 0 or -errno.
 */
int supervisor_start(const struct supervisor *s, const char *name)
	_must_check_;

/**
 * supervisor_stop() - end it, by TERM and then by KILL
 *
 * Return: 0, also if there is none; -errno.
 */
int supervisor_stop(const struct host *h, const struct supervisor *s,
		    const char *name) _must_check_;

/**
 * supervisor_begin() - become one
 * @lock:	host_lock() of it, held until the process ends
 * @detach:	go on in a child, and let the caller end
 * @comm:	name of the process
 * @signals:	set to a signalfd(2) of TERM, INT and HUP
 *
 * Return: 1: go on; 0: this is the caller that may end; -errno, logged.
 */
int supervisor_begin(int lock, bool detach, const char *comm, int *signals)
	_must_check_;

#endif
