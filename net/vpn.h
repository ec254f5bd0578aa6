/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vpn.h - the VPNs of one network, and the process that looks after them
 *
 * `up' starts one supervisor for each network that has a VPN: `runns-net __vpn
 * NAME'.  It stays outside, where the VPN's own packets leave; each tunnel's
 * program is a child of its, dies with it, and is started again when it ends.
 * What differs between programs is a struct vpn_kind.
 */
#ifndef RUNNS_NET_VPN_H
#define RUNNS_NET_VPN_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/log.h"
#include "lib/policy/tunnel.h"
#include "net/conf.h"
#include "net/nl.h"
#include "net/outer.h"
#include "net/record.h"

enum {
	VPN_FDS_MAX = 4,	/* that a kind watches */
	VPN_ERROR_SIZE = 200,
	VPN_SERVER_SIZE = ADDR_TEXT_SIZE + 8,
};

enum vpn_state { VPN_STARTING, VPN_UP, VPN_RECONNECTING, VPN_DEAD };

struct vpn;

/**
 * struct vpn_tunnel - one VPN of a network, in the supervisor
 * @vpn:	whose it is
 * @kind:	what knows its program
 * @config:	value of its key, terminated: the path of a file, say
 * @number:	0 for the first of the section; the device inside is tunNUMBER,
 *		the metric of its routes is NUMBER
 * @fds:	what @kind->event waits for; fd -1: unused, closed and set to -1
 *		when the program has ended
 * @data:	@kind's own, from start to stop
 * @tunnel:	what is applied inside; NULL before the first time
 * @device:	index of its device inside; 0: none
 * @server:	address of the other end, for `status'; "" if unknown
 * @error:	what went wrong last, plain text; ""
 *
 * The rest is the supervisor's own.
 */
struct vpn_tunnel {
	struct vpn *vpn;
	const struct vpn_kind *kind;
	char *config;
	unsigned int number;
	struct pollfd fds[VPN_FDS_MAX];
	void *data;
	struct tunnel *tunnel;
	int device;
	char server[VPN_SERVER_SIZE];
	char error[VPN_ERROR_SIZE];

	enum vpn_state state;
	long long since;	/* CLOCK_REALTIME, seconds: of the state */
	unsigned int restarts;
	int backoff_ms;
	bool running;
	long long start_at;	/* file_now_ms(): when to start again */
	long long tick_at;
	long long look_at;
	long long up_at;
	pid_t pid;
	int pidfd;
	int output;
	char line[LOG_LINE_MAX];
	size_t line_len;
	long long burst_at;	/* file_now_ms(): when lines were counted from */
	unsigned int burst;	/* lines since; those beyond a limit are lost */
	char last[VPN_ERROR_SIZE];	/* line that it printed, or an error */
	bool last_is_error;
	bool told;		/* @error is of this run */
};

/**
 * struct vpn - a network in the hands of its supervisor
 * @plan:	its section
 * @record:	as `up' left it
 * @outer:	where the supervisor stands, once it has entered it: its host is @h
 * @conf:	configuration in place of runns.conf, or NULL
 * @ns:		its namespace
 * @out:	socket where the supervisor stands: the host, or the Parent
 * @in:		socket in the network's namespace
 * @uid:	whom the programs run as; @gid: likewise
 */
struct vpn {
	const struct host *h;
	struct plan plan;
	struct record record;
	struct outer outer;
	const char *conf;
	int ns;
	struct nl_sock *out;
	struct nl_sock *in;
	uid_t uid;
	gid_t gid;
	struct vpn_tunnel tunnels[PROFILE_VPN_MAX];
	size_t n;
};

/**
 * struct vpn_kind - one sort of VPN
 * @name:	of the program, as it stands in the log: "openvpn"
 * @start:	makes what it needs and calls vpn_spawn() (a kind without a
 *		program, as kernel WireGuard is, need not); 0 or -errno, logged;
 *		on failure @stop is called as well
 * @event:	one of @fds has something (revents is set); 0, or -errno to
 *		have the program ended and started again
 * @tick:	called every @tick_ms while it runs; NULL: never; as @event
 * @stop:	the program has ended: @data is freed, devices that are still
 *		outside are removed
 */
struct vpn_kind {
	const char *name;
	int (*start)(struct vpn_tunnel *t);
	int (*event)(struct vpn_tunnel *t, const struct pollfd *fd);
	int (*tick)(struct vpn_tunnel *t);
	void (*stop)(struct vpn_tunnel *t);
	int tick_ms;
};

extern const struct vpn_kind vpn_openvpn;
extern const struct vpn_kind vpn_wireguard;
extern const struct vpn_kind vpn_openconnect;

/** wireguard_sweep() - sockets of wireguard-go that was killed */
void wireguard_sweep(void);

/*
 * What a kind may call.
 */

/**
 * struct vpn_program - a program to be started
 * @argv:	argv[0] is an absolute path
 * @envp:	NULL: a PATH of system directories only
 * @keep:	descriptors that it gets under their own numbers; -1 ends them
 * @stdin_fd:	its standard input; -1: /dev/null
 * @root:	it stays root (with VpnScripts=yes); else it is the VPN's user
 *		from its first instruction on, without any capability
 * @confine:	called last before it is executed; NULL: nothing
 */
struct vpn_program {
	const char *const *argv;
	const char *const *envp;
	const int *keep;
	int stdin_fd;
	bool root;
	int (*confine)(void);
};

/**
 * vpn_spawn() - start the program of @t
 *
 * It dies with the supervisor, has no descriptor but those it is given, leads
 * a session of its own, and what it prints goes to syslog as KIND-NAME.
 *
 * Return: 0 or -errno, logged.
 */
int vpn_spawn(struct vpn_tunnel *t, const struct vpn_program *program)
	_must_check_;

/**
 * vpn_find_program() - where a program is, in the directories of the system
 * @out:	absolute path
 *
 * Return: 0; -ENOENT, logged with the name of the package @package.
 */
int vpn_find_program(const char *name, const char *package, char out[64])
	_must_check_;

/**
 * vpn_apply() - the tunnel is up: take its device in, and set it up
 * @index:	of the device where the supervisor stands; 0: it is inside
 *		already, as t->device
 * @tunnel:	copied into @t->tunnel
 *
 * Return: 0 or -errno, logged; @t->error says why.
 */
int vpn_apply(struct vpn_tunnel *t, int index, const struct tunnel *tunnel)
	_must_check_;

/** vpn_set_state() - note it, for `status' and for `up --wait' */
void vpn_set_state(struct vpn_tunnel *t, enum vpn_state state);

/** vpn_set_error() - note what went wrong, bounded and made plain; log it */
void vpn_set_error(struct vpn_tunnel *t, const char *fmt, ...) _printf_(2, 3);

/** vpn_log() - one line to syslog as KIND-NAME, made plain */
void vpn_log(const struct vpn_tunnel *t, int priority, const char *fmt, ...)
	_printf_(3, 4);

#endif
