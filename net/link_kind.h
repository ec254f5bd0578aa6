/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link_kind.h - the ways in which a network is connected: Link= of
 * runns.conf(5)
 */
#ifndef RUNNS_NET_LINK_KIND_H
#define RUNNS_NET_LINK_KIND_H

#include "net/link.h"
#include "net/record.h"

struct build;

/**
 * struct link_kind - one of them
 * @end:	a device of ours stays outside, @record.outside
 * @routed:	and the outside routes for it: it has addresses at both ends,
 *		rules of the firewall, a way out
 * @look:	find the device of others that it needs, b->device, before
 *		anything is made; NULL: none
 * @make:	make its devices, or move one inside; NULL: has none
 * @mend:	look after one that stands; NULL: nothing to do
 * @give_back:	put back what was only lent, before the network's name goes;
 *		@ns: its namespace, or -1 if that is gone; NULL: nothing was
 *
 * The functions return 0 or -errno, logged; but @make leaves it to its caller
 * to say that the name of the host's end is taken.
 */
struct link_kind {
	bool end;
	bool routed;
	int (*look)(struct build *b);
	int (*make)(struct build *b);
	int (*mend)(struct build *b, const struct link *l);
	int (*give_back)(const struct host *h, const struct record *r, int ns);
};

/** link_kind() - the row of @link */
const struct link_kind *link_kind(enum profile_link link);

/**
 * link_kind_inside() - the device inside a network that stands
 * @ns:		its namespace
 *
 * Return: 0; -ENODEV; -errno.
 */
int link_kind_inside(const struct host *h, const struct record *r, int ns,
		     struct link *out) _must_check_;

/**
 * link_kind_outside() - the end outside of a network that stands
 * @sk:		rtnetlink in the host, for those that hang on it
 *
 * Return: 0; -ENODEV; -errno.
 */
int link_kind_outside(const struct host *h, const struct record *r,
		      struct nl_sock *sk, struct link *out) _must_check_;

/**
 * link_kind_give_back() - calls @give_back, if the network's kind has one
 *
 * Return: 0 or -errno, logged.
 */
int link_kind_give_back(const struct host *h, const struct record *r, int ns)
	_must_check_;

/* Rows that have a file of their own. */
int link_below_look(struct build *b) _must_check_;
int link_below_make(struct build *b) _must_check_;
int link_move_look(struct build *b) _must_check_;
int link_move_make(struct build *b) _must_check_;
int link_move_give_back(const struct host *h, const struct record *r, int ns)
	_must_check_;

#endif
