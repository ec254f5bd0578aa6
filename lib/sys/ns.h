/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns.h - network and mount namespaces by descriptor
 *
 * namespaces(7), ioctl_ns(2), setns(2).
 */
#ifndef RUNNS_NS_H
#define RUNNS_NS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/base.h"

enum ns_kind { NS_NET, NS_MNT };

/**
 * ns_open_self() - the namespace that the calling thread is in
 * ns_open_host() - the namespace that pid 1 of our /proc is in
 *
 * Return: descriptor that the caller closes, or -errno.
 */
int ns_open_self(enum ns_kind kind) _must_check_;
int ns_open_host(enum ns_kind kind) _must_check_;

/**
 * ns_open_of() - the same, of the calling thread
 * @thread:	proc_open_thread(), its error included: that only takes longer
 */
int ns_open_of(int thread, enum ns_kind kind) _must_check_;

/**
 * ns_open() - open a handle and prove what it is
 * @dir:	directory, or AT_FDCWD
 * @name:	a nsfs mount, as iproute2 makes them; links are not followed
 *
 * Never blocks.  Accepted is only a namespace of that kind that is owned by
 * the initial user namespace.
 *
 * Return: descriptor that the caller closes; -ENOENT if the name is absent;
 * -EBADF if something else is there (a file whose mount was lost, a FIFO, a
 * link, another kind of namespace); -EPERM if a user owns the namespace;
 * another -errno.
 */
int ns_open(int dir, const char *name, enum ns_kind kind) _must_check_;

/** ns_verify() - the same proof for an open descriptor; 0 or as ns_open() */
int ns_verify(int fd, enum ns_kind kind) _must_check_;

/**
 * ns_verify_of_user() - prove that @fd is a network namespace of @uid's own
 *
 * One that is owned by a user namespace which he made, or which is within
 * such a one and was made by him as well; not our own user namespace, which
 * somebody owns too.  What is proved stays so for as long as @fd is open.
 *
 * Return: 0; -EBADF if it is no network namespace; -EPERM if it is not his;
 * another -errno.
 */
int ns_verify_of_user(int fd, uid_t uid) _must_check_;

/**
 * ns_open_kind() - ns_open() but for the owner
 * ns_verify_owner() - the other half of it; 0, -EPERM or another -errno
 *
 * For a name that only this package can have put there, or whose owner is
 * known by other means.
 */
int ns_open_kind(int dir, const char *name, enum ns_kind kind) _must_check_;
int ns_verify_owner(int fd) _must_check_;

/**
 * ns_same() - are both descriptors the same namespace?
 *
 * Holds only while both are open: numbers are used again.
 *
 * Return: 1, 0 or -errno.
 */
int ns_same(int a, int b) _must_check_;

/**
 * ns_cookie() - the number of the calling thread's network namespace
 *
 * Never used again until reboot (SO_NETNS_COOKIE, socket(7), Linux 5.14).
 *
 * Return: 0; -EOPNOTSUPP on an older kernel; another -errno.
 */
int ns_cookie(uint64_t *cookie) _must_check_;

/**
 * ns_cookie_at() - the same for the network namespace @fd, from anywhere
 *
 * Return: 0; -EOPNOTSUPP before Linux 6.18, which has one number for all
 * kinds of namespaces, and gives that as the cookie; another -errno.
 */
int ns_cookie_at(int fd, uint64_t *cookie) _must_check_;

/**
 * ns_cookie_of() - the same for the network namespace @fd, on any kernel
 *
 * Goes there and comes back if need be, which takes CAP_SYS_ADMIN.
 *
 * Return: as ns_cookie(); -ENOTRECOVERABLE if the way back failed.
 */
int ns_cookie_of(int fd, uint64_t *cookie) _must_check_;

/** ns_join() - setns(2) of the calling thread; 0 or -errno */
int ns_join(int fd, enum ns_kind kind) _must_check_;

/** ns_loopback_up() - bring lo up where the thread is; 0 or -errno */
int ns_loopback_up(void) _must_check_;

#endif
