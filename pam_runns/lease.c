/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lease.c - what an open session keeps until it is closed
 *
 * "The same process" is told by a number that the kernel never gives again
 * (proc_self_id()), not by a pid, nor by PAM_DATA_SILENT, which sudo sets
 * in the very process that opened the session.
 */
#include "pam_runns/lease.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/sys/proc.h"

#define LEASE_DATA "runns_lease"

/**
 * struct lease - one open session
 * @pid:	of the process that opened it
 * @process:	its proc_self_id(), 0 if that was not to be had
 * @ended:	the PAM handle no longer has it
 * @next:	leases of the same thread, the newest first
 *
 * A thread's list is touched by that thread only: no locks, which a fork in
 * the wrong moment would leave taken.  Whose lease it is the list tells: the
 * number of a thread is used again.
 */
struct lease {
	pid_t pid;
	uint64_t process;
	bool ended;
	struct origin origin;
	struct lease *next;
	char name[NAME_SIZE];
};

static __thread struct lease *leases;

/* Where the number is not to be had, descriptors being short, the pid is. */
static bool is_here(const struct lease *lease)
{
	uint64_t id;

	return lease->pid == getpid() &&
	       (lease->process == 0 || proc_self_id(&id) < 0 ||
		id == lease->process);
}

static void lease_free(struct lease *lease)
{
	origin_forget(&lease->origin);
	free(lease);
}

static bool list_has(const struct lease *lease)
{
	const struct lease *p = leases;

	while (p && p != lease)
		p = p->next;
	return p;
}

static void list_remove(const struct lease *lease)
{
	struct lease **p = &leases;

	while (*p && *p != lease)
		p = &(*p)->next;
	if (*p)
		*p = lease->next;
}

static bool has_ended(const struct lease *lease)
{
	return __atomic_load_n(&lease->ended, __ATOMIC_ACQUIRE);
}

/* The session that this thread opened next after @lease, if any. */
static struct lease *list_newer(const struct lease *lease)
{
	struct lease *newer = NULL;

	for (struct lease *p = leases; p && p != lease; p = p->next) {
		if (!has_ended(p) && is_here(p))
			newer = p;
	}
	return newer;
}

/* The thread stays: going back is now up to the session opened after. */
static void origin_hand_on(struct lease *from, struct lease *to)
{
	struct origin between = to->origin;

	to->origin = from->origin;
	to->origin.moved_net |= between.moved_net;
	to->origin.moved_mnt |= between.moved_mnt;
	from->origin = between;
}

/* Of the calling thread's. */
static int lease_end(struct lease *lease)
{
	struct lease *newer = list_newer(lease);

	lease->ended = true;
	list_remove(lease);
	if (!newer)
		return origin_return(&lease->origin);
	origin_hand_on(lease, newer);
	return 0;
}

/*
 * Of another thread's, which alone can go back.  It does so when it opens its
 * next session, and may free the lease as soon as it is marked.
 */
static void lease_leave(struct lease *lease)
{
	log_msg(LOG_CRIT, "the session was opened by another thread, which "
		"stays in its namespace");
	__atomic_store_n(&lease->ended, true, __ATOMIC_RELEASE);
}

/* The PAM handle lets go of its lease: here or in a forked child. */
static void lease_cleanup(pam_handle_t *pamh, void *data, int status)
{
	struct lease *lease = data;

	(void)pamh;
	(void)status;
	if (!lease)
		return;
	if (!lease->ended && is_here(lease)) {
		if (!list_has(lease)) {
			lease_leave(lease);
			return;
		}
		if (lease_end(lease) < 0)
			log_msg(LOG_CRIT, "a process stays in the namespace "
				"of a session that ended");
	}
	list_remove(lease);
	lease_free(lease);
}

int lease_settle(void)
{
	struct lease *next;

	for (struct lease *lease = leases; lease; lease = next) {
		next = lease->next;
		if (!has_ended(lease))
			continue;
		/* In a forked child nothing is to be undone. */
		if (is_here(lease) && lease_end(lease) < 0)
			log_msg(LOG_CRIT, "a thread stays in the namespace "
				"of a session that ended");
		list_remove(lease);
		lease_free(lease);
	}
	return origin_is_lost() ? -ENOTRECOVERABLE : 0;
}

static struct lease *lease_get(pam_handle_t *pamh)
{
	const void *data = NULL;

	if (pam_get_data(pamh, LEASE_DATA, &data) != PAM_SUCCESS || !data)
		return NULL;
	return is_here(data) ? (struct lease *)data : NULL;
}

static struct lease *lease_new(const struct origin *origin, const char *name)
{
	struct lease *lease = calloc(1, sizeof(*lease));

	if (!lease)
		return NULL;
	lease->process = origin->process;
	lease->pid = getpid();
	lease->origin = *origin;
	memcpy(lease->name, name, strlen(name) + 1);
	return lease;
}

int lease_keep(pam_handle_t *pamh, struct origin *origin, const char *name)
{
	struct lease *lease = lease_new(origin, name);
	int r;

	if (!lease)
		return origin_return(origin) < 0 ? -ENOTRECOVERABLE : -ENOMEM;
	lease->next = leases;
	leases = lease;
	if (pam_set_data(pamh, LEASE_DATA, lease, lease_cleanup) ==
	    PAM_SUCCESS)
		return 0;
	r = lease_end(lease);
	lease_free(lease);
	return r < 0 ? -ENOTRECOVERABLE : -ENOMEM;
}

const char *lease_find(pam_handle_t *pamh, bool *is_inside)
{
	const struct lease *lease = lease_get(pamh);

	*is_inside = lease && list_has(lease) && !list_newer(lease);
	return lease ? lease->name : NULL;
}

int lease_close(pam_handle_t *pamh)
{
	struct lease *lease = lease_get(pamh);
	int r;

	if (!lease)
		return 0;
	r = list_has(lease) ? lease_end(lease) : -EPERM;
	/* Runs lease_cleanup(), after which it is not ours to look at. */
	if (pam_set_data(pamh, LEASE_DATA, NULL, NULL) != PAM_SUCCESS)
		log_msg(LOG_ERR, "the PAM handle keeps a closed session");
	return r;
}
