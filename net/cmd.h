/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd.h - the commands of runns-net
 */
#ifndef RUNNS_NET_CMD_H
#define RUNNS_NET_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "net/conf.h"
#include "net/host.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/**
 * struct override - what a command says in place of runns.conf(5)
 * @interface_in: NULL, or the name of the host's end
 * @uplink:	NULL, or the device to leave by
 * @resolve:	NULL, or a resolv.conf(5)
 * @index:	0, or the lowest number to try
 * @stands:	the network must be there
 */
struct override {
	const char *interface_in;
	const char *uplink;
	const char *resolve;
	uint32_t index;
	bool stands;
};

/**
 * struct options - of all commands; each uses those that make sense to it
 * @conf:	configuration in place of /etc/runns.conf, or NULL
 * @section:	to be used as a pattern, or NULL
 * @login:	a login asks
 * @idle:	only look whether the network is idle
 * @daemon:	go on in the background
 * @wait:	until the VPNs are up, or nothing hangs on what goes down; at most
 *		@wait_s seconds
 * @watch:	show again and again, every @watch_s seconds
 * @dot:	as a drawing for Graphviz
 * @forward_off: turn the host's forwarding off
 */
struct options {
	const char *conf;
	const char *section;
	bool login;
	bool all;
	bool kill;
	bool idle;
	bool json;
	bool quiet;
	bool verbose;
	bool dry_run;
	bool forward_off;
	bool daemon;
	bool wait;
	unsigned int wait_s;
	bool watch;
	unsigned int watch_s;
	bool dot;
	struct override override;
};

/**
 * struct command - one command
 * @run:	returns the program's exit status
 */
struct command {
	const char *name;
	int (*run)(const struct host *h, const struct options *o, char **names,
		   int n);
	const char *args;
	const char *description;
};

int cmd_up(const struct host *h, const struct options *o, char **names, int n);
int cmd_down(const struct host *h, const struct options *o, char **names,
	     int n);
int cmd_status(const struct host *h, const struct options *o, char **names,
	       int n);
/** cmd_blocks() - one line for each chain of others that drops our packets */
int cmd_blocks(const struct host *h, const struct options *o, char **names,
	       int n);
int cmd_gc(const struct host *h, const struct options *o, char **names, int n);
int cmd_view(const struct host *h, const struct options *o, char **names,
	     int n);
int cmd_refresh(const struct host *h, const struct options *o, char **names,
		int n);

int cmd_bin(const struct host *h, const struct options *o, char **names,
	    int n);
/**
 * cmd_veth() - connect a user's own namespace, which is standard input
 * @names:	his uid
 */
int cmd_veth(const struct host *h, const struct options *o, char **names,
	     int n);
int cmd_vpn(const struct host *h, const struct options *o, char **names,
	    int n);
int cmd_reattach(const struct host *h, const struct options *o, char **names,
		 int n);
int cmd_build_net(const struct host *h, const struct options *o, char **names,
		  int n);
int cmd_clean_net(const struct host *h, const struct options *o, char **names,
		  int n);

/**
 * up_named() - build one network, or mend it
 * @conf:	read before
 *
 * Return: 0 or -errno, logged.
 */
int up_named(const struct host *h, const struct options *o,
	     const struct conf *conf, const char *name) _must_check_;

/**
 * down_one() - take one network down; the lock "net.NAME" must be held
 * @kill:	end the processes inside
 * @idle_only:	leave it alone, without a word, if it is in use
 *
 * Return: 0, also if there is none; -EBUSY; -EPERM if it is not ours; -errno;
 * logged.
 */
int down_one(const struct host *h, const char *name, bool kill, bool idle_only)
	_must_check_;

/**
 * gc_one() - clear what a killed builder left of @name
 *
 * Return: 0 or -errno, logged.
 */
int gc_one(const struct host *h, const char *name) _must_check_;

#endif
