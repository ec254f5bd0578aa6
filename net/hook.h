/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook.h - OnUp and OnDown of a network
 *
 * OnDown runs once OnUp was begun, whatever became of it: a note beside the
 * record says that it is owed, and goes when it has run.  Who is killed
 * meanwhile leaves the note, so that it may run twice, and never not at all.
 */
#ifndef RUNNS_NET_HOOK_H
#define RUNNS_NET_HOOK_H

#include "net/conf.h"
#include "net/record.h"

/**
 * hook_owe() - note which OnDown will have to run
 *
 * For one that stands too, since runns.conf may have another by now.
 *
 * Return: 0 or -errno, logged.
 */
int hook_owe(const struct host *h, const struct plan *plan) _must_check_;

/**
 * hook_up() - run OnUp
 * @ns:		its namespace, which has no name yet
 *
 * Return: 0, also if there is none; -ECHILD if it failed; -ETIMEDOUT; -errno;
 * logged.
 */
int hook_up(const struct host *h, const struct plan *plan,
	    const struct record *r, int ns) _must_check_;

/**
 * hook_down() - run OnDown if it is owed
 * @ns:		its namespace, -1 if it is gone
 *
 * What it says and how it ends is logged, and changes nothing.
 */
void hook_down(const struct host *h, const struct record *r, int ns);

/** hook_is_owed() - is there an OnDown to be run? */
bool hook_is_owed(const struct host *h, const char *name);

#endif
