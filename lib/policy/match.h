/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match.h - does one column of a rule match one subject?
 */
#ifndef RUNNS_MATCH_H
#define RUNNS_MATCH_H

#include "lib/policy/map.h"
#include "lib/policy/name.h"
#include "lib/policy/subject.h"

/**
 * match_who() - is the subject meant by the WHO column?
 * @unknown:	on failure the word that could not be told
 *
 * uid 0 matches the word root only, and root matches uid 0.  Groups are asked
 * only when the other words leave the answer open.
 *
 * Return: 1; 0; or a negative errno when the answer cannot be had, -ENOENT
 * for a group that does not exist.  Absence of an answer is never "no".
 */
int match_who(const struct map_rule *rule, const struct subject *subject,
	      struct slice *unknown) _must_check_;

/**
 * match_narrowing() - do service=, tty= and rhost= let the rule apply?
 *
 * Return: 1; 0; or -EINVAL if the remote host is a name, and an address is
 * what the rule asks for.
 */
int match_narrowing(const struct map_rule *rule,
		    const struct subject *subject) _must_check_;

/**
 * match_expand() - make the subject's own name of a template
 * @out:	set on success only
 *
 * The primary group is asked for only if the template has %g.
 *
 * Return: as name_expand().
 */
int match_expand(char out[NAME_SIZE], struct slice template,
		 const struct subject *subject) _must_check_;

/**
 * match_also() - does the ALSO column cover @name?
 * @name:	a namespace, or "host"
 *
 * A template covers what it gives for the subject; one that gives nothing
 * covers nothing.  Wildcards cover neither "host" nor what any template of
 * the map could give.
 */
bool match_also(const struct map *map, const struct map_rule *rule,
		const struct subject *subject, struct slice name) _must_check_;

#endif
