/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn_state.h - how the VPNs of a network are doing, as their supervisor tells
 *
 * /run/runns/net/NAME/vpn, "KEY VALUE" in each line: state, since (seconds of
 * CLOCK_REALTIME), restarts and error of the network, and the same of each
 * tunnel, with kind and server, behind "tunN.".
 */
#ifndef RUNNS_NET_VPN_STATE_H
#define RUNNS_NET_VPN_STATE_H

#include "lib/base/jsonw.h"
#include "net/vpn.h"

#define VPN_STATE_FILE "vpn"

/** vpn_state_name() - "starting", "up", "reconnecting", "dead" */
const char *vpn_state_name(enum vpn_state state);

/** vpn_state_write() - replace the file; failures are logged */
void vpn_state_write(const struct vpn *v);

/** vpn_state_forget() - nobody shall believe what a killed supervisor told */
int vpn_state_forget(const struct host *h, const char *name) _must_check_;

/**
 * struct vpn_seen - of the network as a whole
 * @state:	"" if the supervisor has not said anything yet
 * @server:	address of the first that is known
 * @since:	CLOCK_REALTIME, seconds
 */
struct vpn_seen {
	char state[16];
	char server[VPN_SERVER_SIZE];
	char error[VPN_ERROR_SIZE];
	long long since;
	unsigned int restarts;
};

/** vpn_state_json() - an object with all of it */
void vpn_state_json(struct jsonw *j, const char *key,
		    const struct vpn_seen *seen);

/** vpn_state_read() - 0; -ENOENT if there is no VPN; -errno */
int vpn_state_read(const struct host *h, const char *name,
		   struct vpn_seen *out) _must_check_;

#endif
