/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * likeness.h - a process of the service becomes like its client
 *
 * What a child of the client's would have by birth.
 */
#ifndef RUNNS_LIKENESS_H
#define RUNNS_LIKENESS_H

#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "lib/base/base.h"
#include "lib/sys/peer.h"

enum { LIKENESS_SET_SIZE = 1024, LIKENESS_NUMBER = 16 };

/**
 * struct likeness - what is read of the client
 * @cgroups:	descriptors of cgroup.procs of its control groups, other than
 *		our own
 */
struct likeness {
	struct rlimit limits[RLIM_NLIMITS];
	int nice;
	int policy;
	struct sched_param param;
	long io_priority;
	unsigned long cpus[LIKENESS_SET_SIZE / sizeof(unsigned long)];
	size_t cpus_size;
	char oom_score_adj[LIKENESS_NUMBER];
	char login_uid[LIKENESS_NUMBER];
	int cgroups[LIKENESS_NUMBER];
	size_t n_cgroups;
};

/**
 * likeness_read() - look at the client
 *
 * Return: 0; -EXDEV if its control group cannot be joined; another -errno.
 */
int likeness_read(const struct peer *peer, struct likeness *out) _must_check_;

/**
 * likeness_take() - all but user and group, as root
 *
 * Limits can be in the way of whatever follows.
 *
 * Return: 0 or -errno.
 */
int likeness_take(const struct likeness *l,
		  const struct peer *peer) _must_check_;

/**
 * likeness_become() - user, groups and capabilities, for good
 *
 * Return: 0; -errno, and then nothing of the client's may be done.
 */
int likeness_become(const struct peer *peer) _must_check_;

#endif
