/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.h - what the checks of runnsctl audit have in common
 *
 * A check reports what it has seen, and says what it could not look at;
 * silence means neither.
 */
#ifndef RUNNSCTL_AUDIT_H
#define RUNNSCTL_AUDIT_H

#include "lib/base/jsonw.h"
#include "lib/session/mapfile.h"
#include "runnsctl/places.h"
#include "runnsctl/procs.h"
#include "runnsctl/runnsctl.h"
#include "runnsctl/users.h"

/**
 * struct audit - what is known, and what has been told
 * @command:	that looks
 * @with_sockets: sockets that reach outside are asked for
 * @names:	users that are asked about, @n_names of them; 0: all
 * @map_usable:	@map was read
 * @unseen:	sentences about what could not be looked at
 */
struct audit {
	const struct command *command;
	bool as_json;
	bool with_sockets;
	char **names;
	int n_names;
	struct jsonw json;
	struct places places;
	struct procs procs;
	struct users users;
	struct mapfile map;
	bool map_usable;
	unsigned int findings;
	char **unseen;
	size_t n_unseen;
};

/**
 * struct finding - what is wrong
 * @check:	a word for programs
 * @why:	why that matters
 * @mend:	what to do
 * @process:	the process that it is about, or NULL ...
 * @expected:	... and where it should be
 */
struct finding {
	const char *check;
	const char *why;
	const char *mend;
	const struct proc_row *process;
	const char *expected;
};

/** audit_report() - tell a finding; the sentence what is the format */
void audit_report(struct audit *a, const struct finding *finding,
		  const char *fmt, ...) _printf_(3, 4);

/** audit_unseen() - note what could not be looked at, and why */
void audit_unseen(struct audit *a, const char *fmt, ...) _printf_(2, 3);

/** audit_asked() - is the user one of those that are asked about? */
bool audit_asked(const struct audit *a, const char *user);

/**
 * struct audit_check - one of the looks that a command consists of
 * @look:	NULL ends a list
 */
struct audit_check {
	void (*look)(struct audit *a);
};

/**
 * audit_main() - a command that consists of checks
 * @list:	the first must be audit_map()
 *
 * Return: its exit status.
 */
int audit_main(const struct command *command, int argc, char **argv,
	       const struct audit_check *list);

/** audit_conf() - can runns.conf be used? */
void audit_conf(struct audit *a);

/** audit_sshd() - does sshd(8) ask PAM at all? */
void audit_sshd(struct audit *a);

/** doctor_installed() - the helper as it is installed */
void doctor_installed(struct audit *a);

/** doctor_kernel() - what networks need of the kernel */
void doctor_kernel(struct audit *a);

/** doctor_host() - firewalls, remains and names of the host in the way */
void doctor_host(struct audit *a);

/** doctor_managers() - programs that set up every device they see */
void doctor_managers(struct audit *a);

/** audit_map() - can the map be used, and what does it leave open? */
void audit_map(struct audit *a);

/** audit_helper() - set-user-ID copies where programs are installed */
void audit_helper(struct audit *a);

/** audit_pam() - services of PAM without our module, or with it in vain */
void audit_pam(struct audit *a);

/** audit_covers() - processes inside that see files of the host's */
void audit_covers(struct audit *a);

/** audit_sockets() - processes inside that talk with programs outside */
void audit_sockets(struct audit *a);

/** audit_processes() - processes outside of the namespaces of their users */
void audit_processes(struct audit *a);

#endif
