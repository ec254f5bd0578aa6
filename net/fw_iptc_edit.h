/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_edit.h - read, change and write back the legacy tables
 */
#ifndef RUNNS_NET_FW_IPTC_EDIT_H
#define RUNNS_NET_FW_IPTC_EDIT_H

#include <stdbool.h>

#include "net/fw_iptc_lib.h"

/**
 * iptc_edit() - change one table, which is replaced whole
 * @t:		with its library and name
 * @fn:		returns 1 if it changed the table, 0 if all is well, or -errno;
 *		may be called again with the table read afresh
 *
 * Takes no lock: where another was faster, it is tried again.
 *
 * Return: 0 or -errno, not logged.
 */
int iptc_edit(struct iptc *t,
	      int (*fn)(const struct iptc *t, const void *ctx),
	      const void *ctx) _must_check_;

/**
 * iptc_edit_all() - change the tables raw, filter and nat, in this order
 * @lib:	for which family
 * @fn:		as of iptc_edit()
 * @what:	for messages
 *
 * The lock that iptables(8) takes is held.
 *
 * Return: 0 or -errno, logged.
 */
int iptc_edit_all(const struct iptc_lib *lib,
		  int (*fn)(const struct iptc *t, const void *ctx),
		  const void *ctx, const char *what) _must_check_;

/* Chains in a network's own namespace; of the first, all that begin so. */
#define IPTC_BYWAY "runns-byway"
#define IPTC_NAMES "runns-names"

/** iptc_is_ours() - is that one of our chains? */
bool iptc_is_ours(const char *chain);

/**
 * iptc_unhook_from() - take the ways to our chains out of @chain
 * @is_ours:	which targets are
 *
 * Return: 1 if there was one, 0 if not, or -errno.
 */
int iptc_unhook_from(const struct iptc *t, const char *chain,
		     bool (*is_ours)(const char *target)) _must_check_;

/**
 * iptc_unhook() - take the ways to our chains out of the host's chains
 *
 * Return: 1 if there was one, 0 if not, or -errno.
 */
int iptc_unhook(const struct iptc *t) _must_check_;

#endif
