/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bin_state.h - what bin.c and the supervisor of a program share
 */
#ifndef RUNNS_NET_BIN_STATE_H
#define RUNNS_NET_BIN_STATE_H

#define BIN_LOCK "bin."
#define BIN_FILE "bin"		/* beside the record: what is to run */
#define BIN_STATE_FILE "bin.state" /* how it does: STATE PID STATUS SINCE */

enum {
	BIN_TERM_MS = 5000,	/* from TERM to KILL */
	BIN_KILL_MS = 2000,
};

#endif
