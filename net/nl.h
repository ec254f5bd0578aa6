/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nl.h - talk with the kernel over netlink: exact errors, bounded waiting
 */
#ifndef RUNNS_NET_NL_H
#define RUNNS_NET_NL_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"

/**
 * nl_open() - a socket in the network namespace where the thread is now
 * @protocol:	NETLINK_ROUTE, NETLINK_NETFILTER
 * @out:	freed by nl_close(); stays in that namespace
 *
 * Return: 0 or -errno.
 */
int nl_open(int protocol, struct nl_sock **out) _must_check_;

/** nl_close() - harmless on NULL */
void nl_close(struct nl_sock *sk);

static inline void nl_closep(struct nl_sock **sk)
{
	nl_close(*sk);
}

static inline void nl_freep(struct nl_msg **msg)
{
	if (*msg)
		nlmsg_free(*msg);
}

#define _cleanup_nl_ __attribute__((cleanup(nl_closep)))
#define _cleanup_msg_ __attribute__((cleanup(nl_freep)))

/**
 * nl_new() - a message with its fixed header
 * @head:	the family's header, such as struct ifinfomsg
 *
 * Return: a message that the caller frees, or NULL.
 */
struct nl_msg *nl_new(int type, int flags, const void *head, size_t len);

/**
 * nl_talk() - send one request and read all that answers it
 * @msg:	stays the caller's
 * @fn:		gets every answer that carries data; a value other than 0 ends
 *		the reading and is returned; may be NULL
 *
 * Only messages of the kernel's that carry the request's number count.
 *
 * Return: 0; what @fn returned; -EINTR if a dump was inconsistent; -ETIMEDOUT;
 * the kernel's -errno.
 */
int nl_talk(struct nl_sock *sk, struct nl_msg *msg,
	    int (*fn)(void *ctx, struct nlmsghdr *answer), void *ctx)
	_must_check_;

/**
 * nl_ask() - send a question that has one answer
 *
 * As nl_talk(), but the answer itself is the end: half as much to read.
 */
int nl_ask(struct nl_sock *sk, struct nl_msg *msg,
	   int (*fn)(void *ctx, struct nlmsghdr *answer), void *ctx)
	_must_check_;

/**
 * nl_talk_batch() - send messages of nfnetlink as one transaction
 * @msgs:	the batch, without its beginning and end
 * @subsys:	such as NFNL_SUBSYS_NFTABLES
 *
 * Return: 0; or the first -errno, and then nothing was changed.
 */
int nl_talk_batch(struct nl_sock *sk, struct nl_msg *const *msgs, size_t n,
		  int subsys) _must_check_;

#endif
