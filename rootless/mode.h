/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mode.h - what runns-rootless can be
 */
#ifndef ROOTLESS_MODE_H
#define ROOTLESS_MODE_H

enum { MODE_FAILED = 1, MODE_USAGE = 2 };

/**
 * struct mode - an engine
 * @run:	gets its name as argv[0], and what follows; its return value
 *		is the exit status
 * @args:	for the usage
 */
struct mode {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;
};

/** mode_slirp() - a network by libslirp, see slirp_options.h */
int mode_slirp(int argc, char **argv);

/** mode_vde() - a port of a virtual Ethernet; if it was built in */
int mode_vde(int argc, char **argv);

/** mode_attach() - the packets of a VPN, see attach.c */
int mode_attach(int argc, char **argv);

#endif
