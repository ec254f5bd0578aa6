/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_iptc_rule.h - one rule of a legacy table, as the kernel wants it
 */
#ifndef RUNNS_NET_FW_IPTC_RULE_H
#define RUNNS_NET_FW_IPTC_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/base.h"
#include "lib/policy/profile.h"
#include "net/fw_iptc_lib.h"
#include "net/pool.h"

/* All devices that have no name of their own. */
#define IPTC_ALL POOL_LINK_PREFIX "+"

/* A byte of the mark that says "to be masqueraded", and where it is. */
enum { IPTC_MARK = 0x72 };

enum iptc_place { IPTC_TAIL, IPTC_HEAD, IPTC_SECOND };

enum iptc_match {
	IPTC_ANY,
	IPTC_ANSWER,	/* belongs to a connection */
	IPTC_ICMP,	/* of IPv6 only a request for an echo */
	IPTC_SPOOFED,	/* its source is not reached by where it came in */
	IPTC_MARKED,
	IPTC_TRANSLATED, /* belongs to a connection, or its target was changed */
	IPTC_CROWDED,	/* its source has more connections than it may */
	IPTC_LOCAL,	/* to an address of the host's, but lo's own */
};

/**
 * struct iptc_rule - one rule
 * @in, @out:	device, or NULL; a last '+' stands for anything
 * @target:	ACCEPT, DROP, RETURN, REJECT, MASQUERADE, MARK, DNAT or a chain
 *		of ours; REJECT resets where @allow names a port of TCP
 * @mark:	what MARK sets
 * @allow:	destination that packets are for; NULL: any
 * @not_mac:	NULL, or a hardware address that it does not come from
 * @not_from:	NULL, or an IPv4 address that it does not come from
 * @door:	of DNAT, also a condition: the host's address and port
 * @inside:	of DNAT: the address that it leads to; without @door at the
 *		port that was asked for
 * @owner:	device that the rule goes with; NULL: as @in or @out say
 * @leave:	do not come back from the chain (goto)
 */
struct iptc_rule {
	const char *table;
	const char *chain;
	enum iptc_place place;
	const char *in;
	const char *out;
	enum iptc_match match;
	const char *target;
	uint8_t mark;
	bool leave;
	const struct allow *allow;
	const uint8_t *not_mac;
	const struct addr *not_from;
	const struct profile_forward *door;
	const struct addr *inside;
	const char *owner;
};

/** iptc_rule_add() - add it to the table in memory; 1 or -errno */
int iptc_rule_add(const struct iptc *t, const struct iptc_rule *rule)
	_must_check_;

/** iptc_rule_names() - is the device named by the rule, or its owner? */
bool iptc_rule_names(const struct iptc_head *e, const char *device);

#endif
