/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer.h - who is at the other end of a socket, and what he is confined by
 *
 * unix(7): SO_PEERCRED, SO_PEERGROUPS, SO_PEERPIDFD tell who connected; the
 * rest is read from his directory in /proc, which is held open and dies with
 * him.
 */
#ifndef RUNNS_PEER_H
#define RUNNS_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/base.h"

/**
 * struct peer - a process that has connected
 * @proc:	its directory in /proc
 * @groups:	supplementary groups, as they were when it connected
 * @has_own_ids: all its user ids are @uid, and all its group ids @gid
 * @seccomp:	mode of its filters, 0 for none
 * @bounding:	capabilities, bit N for number N
 */
struct peer {
	int pidfd;
	int proc;
	pid_t pid;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t n_groups;
	bool has_own_ids;
	bool no_new_privs;
	unsigned int seccomp;
	mode_t umask;
	uint64_t bounding;
	uint64_t permitted;
	uint64_t inheritable;
};

/**
 * peer_uid() - only the user id of who has connected
 *
 * Return: 0 or -errno.
 */
int peer_uid(int socket, uid_t *uid) _must_check_;

/**
 * peer_open() - learn all of it
 *
 * Return: 0 and peer_close() must be called; -ESRCH if the process has ended;
 * another -errno.
 */
int peer_open(int socket, struct peer *peer) _must_check_;

/** peer_close() - close and free */
void peer_close(struct peer *peer);

/**
 * peer_lives() - has what was read from @peer->proc been of that process?
 *
 * To be asked after the last reading.
 */
bool peer_lives(const struct peer *peer) _must_check_;

/**
 * peer_shares() - is it in the same namespace of that kind as we?
 * @kind:	a name below /proc/PID/ns
 *
 * Return: 1, also if the kernel has no such; 0; -errno.
 */
int peer_shares(const struct peer *peer, const char *kind) _must_check_;

/**
 * peer_same_text() - does a file of /proc/PID say the same for it and us?
 *
 * Return: 1, also if neither can be read for the same reason; 0.
 */
int peer_same_text(const struct peer *peer, const char *file) _must_check_;

#endif
