/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steer_dns.h - look-ups go to the network's own name servers
 *
 * Where StrictDNS holds, packet rules inside the namespace see to it, for
 * whoever asks, whatever he has read in a resolv.conf(5): what goes to port 53
 * of a name server of the network passes, what goes to any other address is
 * sent to the first of them, and what cannot be sent there (loopback and
 * link-local addresses, a family without a server) is refused at once.
 *
 * To the first only: a resolver that asks the servers themselves goes on to
 * the next by itself, and one that asks elsewhere would see random failures if
 * those were spread over a server that is dead.
 */
#ifndef RUNNS_NET_STEER_DNS_H
#define RUNNS_NET_STEER_DNS_H

#include <stdbool.h>

#include "lib/policy/addr.h"
#include "lib/policy/profile.h"
#include "net/fw.h"
#include "net/host.h"

enum {
	STEER_DNS_PORT = 53,
	STEER_DNS_TEXT_SIZE = 160,
	STEER_DNS_NEAR = 3,
};

/* Loopback and link-local: packets to them cannot be sent elsewhere. */
extern const struct addr_net steer_dns_near[STEER_DNS_NEAR];

/**
 * struct steer_dns - the name servers of a network
 * @anew:	there are no rules yet that would have to go first
 */
struct steer_dns {
	struct addr servers[PROFILE_DNS_MAX];
	size_t n;
	bool anew;
};

/**
 * steer_dns_read() - the name servers that members of @name are shown
 *
 * Those of the administrator's /etc/netns/NAME/resolv.conf, else of the
 * generated one.  As libc does, it goes by the first three.
 *
 * Return: 0 or -errno, logged.
 */
int steer_dns_read(const struct host *h, const char *name,
		   struct steer_dns *out) _must_check_;

/**
 * steer_dns_target() - the server that gets what went elsewhere
 * @family:	4 or 6
 *
 * Return: the first of that family that packets can be sent to from anywhere
 * inside; NULL if there is none.
 */
const struct addr *steer_dns_target(const struct steer_dns *dns, int family);

/** steer_dns_text() - the servers, separated by blanks */
void steer_dns_text(const struct steer_dns *dns, char out[STEER_DNS_TEXT_SIZE]);

/**
 * steer_dns_set() - make the rules in the namespace @ns, or renew them
 * @fw:		the backend that is to do it
 *
 * Return: 0 or -errno, logged; then the rules are as they were.
 */
int steer_dns_set(const struct host *h, const struct fw_backend *fw, int ns,
		  const struct steer_dns *dns) _must_check_;

/** steer_dns_clear() - take the rules away; 0 or -errno, logged */
int steer_dns_clear(const struct host *h, const struct fw_backend *fw,
		    int ns) _must_check_;

/**
 * steer_dns_holds() - are the rules there, for these servers?
 *
 * Return: 1, 0 or -errno.
 */
int steer_dns_holds(const struct host *h, const struct fw_backend *fw, int ns,
		    const struct steer_dns *dns) _must_check_;

#endif
