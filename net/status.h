/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.h - networks as they are seen, and ways to show them
 */
#ifndef RUNNS_NET_STATUS_H
#define RUNNS_NET_STATUS_H

#include "lib/base/jsonw.h"
#include "net/bin.h"
#include "net/host.h"
#include "net/link.h"
#include "net/record.h"
#include "net/tally.h"
#include "net/vpn_state.h"
#include "net/warn.h"

enum { STATUS_DNS_SIZE = 256, STATUS_UPLINKS_MAX = 16 };

/**
 * struct status - one network
 * @state:	"up", "broken" (a part is missing), "remains" (of a killed
 *		builder), "foreign" (not made by RUNNS)
 * @known:	it has a record of ours
 * @linked:	the host's end was found
 * @names:	where look-ups go: "steered" to its name servers, "open"
 *		wherever they want, "lost": the rules that steered them are gone
 * @uplink:	the device, or "NAME" of the network, that it leaves by; "" for
 *		none
 * @vpn:	how its VPNs are doing; state "" if it has none
 * @bin:	likewise its program
 * @ns:		number of its namespace's file
 */
struct status {
	char name[NAME_SIZE];
	const char *state;
	bool known;
	bool linked;
	const char *names;
	char uplink[NAME_SIZE];
	struct vpn_seen vpn;
	struct bin_seen bin;
	struct record record;
	struct link link;
	unsigned int processes;
	unsigned int sessions;
	uint64_t ns;
	char dns[STATUS_DNS_SIZE];
};

/**
 * struct status_run - a look at all of them
 * @tally:	who is inside
 * @uplinks:	indices of devices that any network leaves by
 * @blocks:	what warn_each() keeps between two networks
 * @list:	what was found, by name
 * @bus:	why members are only routed: bus_answers()
 * @failed:	something could not be looked at, and this was said
 */
struct status_run {
	const struct host *h;
	struct nl_sock *sk;
	struct tally tally;
	unsigned int uplinks[STATUS_UPLINKS_MAX];
	size_t n_uplinks;
	struct warn_blocks blocks;
	struct status *list;
	size_t n;
	size_t size;
	const char *bus;
	bool failed;
};

/**
 * status_collect() - look at these networks, or at all
 * @names:	of @n networks; 0: all
 *
 * What cannot be looked at is said, and left out.  status_free() in any case.
 */
void status_collect(struct status_run *run, char **names, int n);

/** status_free() - what was found; @run can be used again */
void status_free(struct status_run *run);

/** status_address() - the address inside and the prefix, "" for none */
void status_address(const struct status *s, char *out, size_t size);

/** status_warnings() - call @fn for what keeps a network from working */
void status_warnings(struct status_run *run, const struct status *s,
		     int (*fn)(void *ctx, const char *text), void *ctx);

/**
 * status_lost() - call @fn for each file that is not covered any more
 *
 * Return: as views_lost().
 */
int status_lost(const struct status_run *run, const struct status *s,
		int (*fn)(void *ctx, const char *over), void *ctx)
	_must_check_;

enum { STATUS_WHYS_MAX = 8 };

/**
 * struct status_level - how far a network contains its members
 * @name:	"routed" or "sealed"
 * @why:	it is not the higher one
 */
struct status_level {
	const char *name;
	const char *why[STATUS_WHYS_MAX];
	size_t n;
};

/** status_level() - what really holds now */
void status_level(struct status_run *run, const struct status *s,
		  struct status_level *out);

/** status_json() - an array with all of them */
void status_json(struct status_run *run, struct jsonw *j);

/** status_dot() - who is inside, and who leaves by what, for dot(1) of Graphviz */
void status_dot(struct status_run *run, FILE *to);

/** status_page() - all of one network, to be read */
void status_page(struct status_run *run, const struct status *s);

/** status_table() - one row for each network, as wide as the terminal */
void status_table(const struct status_run *run);

/**
 * struct status_rate - what a network had carried a while ago
 */
struct status_rate {
	char name[NAME_SIZE];
	uint64_t rx_bytes;
	uint64_t tx_bytes;
};

/**
 * struct status_before - the last look, for rates; sorted by name
 * @ms:		how long ago
 */
struct status_before {
	struct status_rate *list;
	size_t n;
	long long ms;
};

/** status_table_rates() - the same with bytes a second since @before */
void status_table_rates(const struct status_run *run,
			const struct status_before *before);

/**
 * status_watch() - show the table again and again until a key or a signal
 *
 * Return: the exit status.
 */
int status_watch(struct status_run *run, char **names, int n,
		 unsigned int seconds);

#endif
