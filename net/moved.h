/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * moved.h - a device of the host's as it was found before it was moved away
 *
 * Moved to another namespace a device is down, and has lost its addresses and
 * routes.  They lie beside the record of the network that has it, as the
 * kernel told them, and are told the kernel again.
 */
#ifndef RUNNS_NET_MOVED_H
#define RUNNS_NET_MOVED_H

#include "net/host.h"
#include "net/link.h"

/**
 * struct moved - what is noted of a device, beside addresses and routes
 * @name:	on the host
 * @kind:	as struct link has it
 */
struct moved {
	char name[IFNAMSIZ];
	char kind[LINK_KIND_SIZE];
	uint8_t mac[LINK_MAC_LEN];
	bool up;
	uint32_t mtu;
};

/**
 * moved_note() - write down how a device is
 * @network:	which has a record
 * @sk:		rtnetlink where the device is
 *
 * Return: 0; -E2BIG if it has too many addresses and routes; -errno.
 */
int moved_note(const struct host *h, const char *network, struct nl_sock *sk,
	       const struct link *l) _must_check_;

/**
 * moved_read() - read the note
 *
 * Return: 0; -ENOENT if no device was moved, or all was put back; -errno.
 */
int moved_read(const struct host *h, const char *network, struct moved *out)
	_must_check_;

/**
 * moved_restore() - give a device that is back what it had
 * @sk:		rtnetlink where the device is
 * @index:	its number there
 *
 * What the kernel does not take any more is left out, and said.
 *
 * Return: 0 or -errno.
 */
int moved_restore(const struct host *h, const char *network,
		  struct nl_sock *sk, int index) _must_check_;

/** moved_forget() - remove the note; 0, also if there is none, or -errno */
int moved_forget(const struct host *h, const char *network) _must_check_;

#endif
