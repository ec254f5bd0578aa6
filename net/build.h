/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.h - one network: made, mended, taken away
 */
#ifndef RUNNS_NET_BUILD_H
#define RUNNS_NET_BUILD_H

#include "net/conf.h"
#include "net/fw.h"
#include "net/link_kind.h"
#include "net/nl.h"
#include "net/outer.h"
#include "net/record.h"
#include "net/route.h"
#include "net/step.h"
#include "net/sysctl.h"

/**
 * struct build - a network in work
 * @h:		the host, or what stands for it; the lock "net.NAME" must be held
 * @outer:	where the network hangs, entered; its host is @h
 * @conf:	where pool and firewall are configured
 * @plan:	what it is to be
 * @record:	what it is, or becomes
 * @progress:	who wants to know
 *
 * The rest is the builder's own.
 */
struct build {
	const struct host *h;
	struct outer *outer;
	const struct conf *conf;
	struct plan plan;
	struct record record;
	struct step_progress progress;

	const struct link_kind *kind;
	const struct fw_backend *fw;
	struct nl_sock *out;
	struct nl_sock *in;
	struct sysctl_inherited inherited;
	struct route_steer steer;
	struct link device;
	uint32_t from;
	int ns;
	int link;
	bool name_taken;
	bool published;
};

/**
 * build_begin() - open what building needs; build_end() in any case
 * @stands:	@b->record is of one that is to be mended
 *
 * Return: 0 or -errno, logged.
 */
int build_begin(struct build *b, bool stands) _must_check_;
void build_end(struct build *b);

/**
 * build_make() - make the network
 *
 * All or nothing: the name is published last; killed before that, the kernel
 * removes the devices by itself, since nothing but this process holds them.
 *
 * Return: 0 or -errno, logged, everything undone.
 */
int build_make(struct build *b) _must_check_;

/**
 * build_mend() - put back whatever of it was lost or changed
 * @ns:		its namespace, stays the caller's
 *
 * What only a new network can take over from the configuration is left as
 * @b->record says.
 *
 * Return: 0 or -errno, logged.
 */
int build_mend(struct build *b, int ns) _must_check_;

/** build_print_steps() - say what build_make() would do */
void build_print_steps(const struct build *b);

/**
 * build_is_ours() - is @ns the namespace that @r speaks of?
 *
 * Return: 1, 0 or -errno.
 */
int build_is_ours(const struct record *r, int ns) _must_check_;

/**
 * build_remove() - take away what is left of a network
 *
 * All but its name and its devices, which go with its namespace: waiting for
 * those would cost 30 ms.
 *
 * Return: 0 or -errno, logged.
 */
int build_remove(const struct host *h, const struct record *r) _must_check_;

/**
 * build_find_lost() - a network of ours whose record was deleted
 * @name:	what a device's alias has to say
 * @ns:		the namespace of that name
 * @out:	what can be told from the device
 *
 * Return: 0; -ENOENT if no device says so; -EBUSY, logged, if a device inside
 * would be lost with it; -errno.
 */
int build_find_lost(const struct host *h, const char *name, int ns,
		    struct record *out) _must_check_;

/**
 * build_inside() - run @fn in the namespace @ns and come back
 *
 * Return: what @fn returned, or -errno.  If the way back is barred the
 * process ends: everything after would happen in the wrong place.
 */
int build_inside(const struct host *h, int ns, int (*fn)(void *ctx), void *ctx)
	_must_check_;

#endif
