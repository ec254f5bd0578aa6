/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * level.c - the level that will hold for a session in a network
 *
 * Root reads the builder's record of a network that stands.  Others may not;
 * they, and whoever asks about one that is yet to be built, read runns.conf(5).
 */
#include "runnsctl/level.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/profile_allow.h"
#include "lib/session/level.h"
#include "lib/session/paths.h"
#include "lib/sys/bus.h"
#include "lib/sys/file.h"
#include "runnsctl/sources.h"

enum { STATE_SIZE = 8192, STATE_PATH_SIZE = 128 };

/* Is "KEY=VALUE" one of the lines? */
static bool has_line(const char *state, const char *line)
{
	size_t len = strlen(line);
	const char *p;

	for (p = state; (p = strstr(p, line)); p += len) {
		if ((p == state || p[-1] == '\n') &&
		    (p[len] == '\n' || p[len] == '\0'))
			return true;
	}
	return false;
}

static void add_allow(struct level_found *found, const char *text, size_t len)
{
	size_t at = strlen(found->allow);

	if (at + len + 2 > sizeof(found->allow))
		return;
	snprintf(found->allow + at, sizeof(found->allow) - at, "%s%.*s",
		 at ? " " : "", (int)len, text);
}

static void add_allows(struct level_found *found, const char *state)
{
	static const char key[] = "allow=";
	const char *end;

	for (; *state; state = *end ? end + 1 : end) {
		end = state + strcspn(state, "\n");
		if (strncmp(state, key, sizeof(key) - 1) == 0)
			add_allow(found, state + sizeof(key) - 1,
				  (size_t)(end - state) - sizeof(key) + 1);
	}
}

/* Return: 0; -ENOENT if the network is none of ours; -errno. */
static int from_record(int host, const char *name, struct level *out,
		       struct level_found *found)
{
	char path[STATE_PATH_SIZE], state[STATE_SIZE];
	ssize_t n;

	snprintf(path, sizeof(path), PATH_RUN_NET "/%s/state", name);
	n = file_read_small(host, path, state, sizeof(state));
	if (n < 0)
		return (int)n;
	out->steers_dns = has_line(state, "steers-dns=1");
	out->isolated = has_line(state, "isolate=1") ||
			has_line(state, "link=none");
	add_allows(found, state);
	return 0;
}

/* As it is written; what "lan" means is found out when it is built. */
static void add_section(struct level_found *found, const struct profile *p)
{
	struct allow_list list;
	size_t i;

	profile_allow_list(p, &list);
	for (i = 0; i < list.n; i++) {
		char text[ALLOW_TEXT_SIZE];

		allow_format(&list.list[i], text);
		add_allow(found, text, strlen(text));
	}
}

static int from_conf(int host, const char *name, const char *section,
		     struct level *out, struct level_found *found)
{
	const char *word = section[0] ? section : name;
	struct slice slice = { word, strlen(word) };
	struct sources sources = { 0 };
	const struct profile *p = NULL;
	struct profile_conf conf;
	struct diag d = { 0 };
	int r = sources_add_installed(&sources, SOURCE_CONF, host);

	profile_conf_init(&conf, NULL, 0);
	if (r == 0)
		r = sources_conf(&sources, &conf, &d);
	if (r == 0)
		p = section[0] ? profile_find(&conf, slice) :
				 profile_find_netns(&conf, slice);
	if (p) {
		out->steers_dns = profile_strict_dns(p);
		out->isolated = profile_is_isolated(p);
		add_section(found, p);
	}
	free(conf.profiles);
	sources_free(&sources);
	return p ? 0 : r ? r : -ENOENT;
}

static int take_why(void *ctx, const char *why)
{
	snprintf(ctx, LEVEL_WHY_SIZE, "%s", why);
	return 1;
}

void level_find(int host, const struct level_session *session,
		struct level_found *out)
{
	struct level level = { .steers_dns = true, .isolated = true };
	int r = 0;

	*out = (struct level_found){ .level = NULL };
	if (session->name[0])
		r = session->exists ?
			    from_record(host, session->name, &level, out) :
			    -EACCES;
	if (r == -EACCES)
		r = from_conf(host, session->name, session->section, &level,
			      out);
	if (r < 0 && r != -ENOENT)
		return;
	if (r == -ENOENT) {
		snprintf(out->why, sizeof(out->why),
			 "it is not made from runns.conf: what it keeps from "
			 "its members is not known");
		out->level = "routed";
		return;
	}
	level.bus = bus_answers(host, session->uid);
	out->level = level_each(&level, take_why, out->why) ? "routed" :
							      "sealed";
}
