/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - all forwards of one command, in one process and one loop
 */
#ifndef FORWARD_RELAY_H
#define FORWARD_RELAY_H

#include "runnsctl/forward/flow.h"
#include "runnsctl/forward/lane.h"
#include "runnsctl/forward/side.h"

struct conn;
struct datagrams;

enum { RELAY_FORWARDS_MAX = 64 };

/**
 * struct relay - what the forwards of a command share
 * @listen:	where clients come from
 * @connect:	where servers are
 * @connecting:	connections with an address left to try, oldest first
 * @connecting_last: the newest of them
 * @datagrams:	memory for those in transit, if any forward is of UDP
 * @room:	descriptors that may still be opened
 */
struct relay {
	struct loop loop;
	struct side listen;
	struct side connect;
	struct watch names_watch;
	struct watch far_watch;
	struct watch end_watch;
	struct pipes pipes;
	struct forward *forwards;
	size_t n_forwards;
	struct conn *connecting;
	struct conn *connecting_last;
	struct datagrams *datagrams;
	size_t room;
	bool verbose;
};

/** enum host_state - what is known of the host to connect to */
enum host_state {
	HOST_UNKNOWN,
	HOST_ASKED,	/* a thread is at it */
	HOST_KNOWN,
	HOST_FAILED,
};

/**
 * struct forward - one of them
 * @index:	in the relay
 * @fd:		where it listens
 * @paused:	@fd is not looked at
 * @host:	@addrs until @host_until_ms, then it is looked up again
 * @flows:	of UDP: by client
 */
struct forward {
	struct relay *relay;
	struct forward_spec spec;
	uint32_t index;
	int fd;
	struct watch watch;
	bool paused;
	enum host_state host;
	uint64_t host_until_ms;
	struct addr addrs[NAMES_ADDRS_MAX];
	size_t n_addrs;
	struct flow_table flows;
};

/**
 * relay_take() - may @n more descriptors be opened?
 *
 * If not, @f is paused until some are closed; relay_give() says so.
 */
bool relay_take(struct forward *f, size_t n);
void relay_give(struct relay *relay, size_t n);

/** relay_lost() - the far end is gone, so this one ends too */
void relay_lost(struct relay *relay);

/** relay_resume() - go on with those that need not wait any more */
void relay_resume(struct relay *relay);

/** names_ready() - an answer about a host has come */
void names_ready(struct watch *watch, uint32_t events);

/** forward_pause() - leave clients in the kernel's queue for now */
void forward_pause(struct forward *f);

/**
 * forward_host() - the addresses of the host
 *
 * If they are not known, or too old, they are asked for and @f is paused.
 *
 * Return: 1 if @f->addrs can be used, 0 if it has to wait, -EHOSTUNREACH if
 * the host has no address.
 */
int forward_host(struct forward *f) _must_check_;

/** forward_say() - a message about @f, if they are wanted */
void forward_say(const struct forward *f, const char *fmt, ...) _printf_(2, 3);

/** forward_listen() - open the socket of @f; reports; 0 or -errno */
int forward_listen(struct forward *f) _must_check_;

/* tcp.c: clients are waiting; time has passed. */
void tcp_ready(struct watch *watch, uint32_t events);
void tcp_tick(struct relay *relay);

/* udp.c: datagrams are waiting; time has passed. */
int udp_init(struct forward *f) _must_check_;
void udp_ready(struct watch *watch, uint32_t events);
void udp_tick(struct forward *f);

#endif
